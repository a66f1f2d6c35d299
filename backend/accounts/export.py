"""Everything about one person as a ZIP: a JSON file for each kind of row, and a page that explains them."""

import io
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable

from backend.platform.database import fetch
from backend.platform.personal_tables import PersonalTable
from backend.platform.slices import contributions

Progress = Callable[[int], Awaitable[None]]
"""Called with how far a job has come, 0 to 100."""

_BATCH = 1000
_README = """Dette er alt plattformen har lagret om deg.

Hver fil er en liste over rader av ett slag, i JSON. Tidspunkter er i UTC.

Fødselsnummeret ditt er ikke lagret, bare en nøklet kontrollverdi som kjenner deg igjen ved innlogging. Den,
og kontrollverdiene for øktene og nøklene dine, står ikke her: de sier ingenting om deg og kunne misbrukes.
"""


async def export_zip(municipality_id: int, account_id: int, progress: Progress) -> bytes:
    """The ZIP of one account's rows in every table that is listed as personal."""
    tables = [personal for personal in contributions("personal_tables") if personal.exported]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("LESMEG.txt", _README)
        for number, personal in enumerate(tables, start=1):
            rows = [row async for row in _rows(personal, municipality_id, account_id)]
            archive.writestr(f"{personal.file_name}.json", "[" + ",\n".join(rows) + "]\n")
            await progress(number * 99 // len(tables))
    return buffer.getvalue()


async def _rows(personal: PersonalTable, municipality_id: int, account_id: int) -> AsyncIterator[str]:
    """Each row as JSON text, by id, in batches."""
    values = [*((name, name) for name in personal.exported), *personal.derived]
    columns = ", ".join(f"'{name}', to_jsonb({value})" for name, value in values)
    last = 0
    while True:
        rows = await fetch(
            f"""SELECT id, jsonb_build_object({columns})::text AS row FROM {personal.table}
                WHERE municipality_id = $1 AND {personal.where} AND id > $3 ORDER BY id LIMIT {_BATCH}""",
            municipality_id,
            account_id,
            last,
        )
        for row in rows:
            yield row["row"]
        if len(rows) < _BATCH:
            return
        last = rows[-1]["id"]
