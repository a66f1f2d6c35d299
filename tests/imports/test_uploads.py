"""Files that planners send in: whole or not at all, bounded, and forgotten."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from backend.imports.retention import settle_imports
from backend.imports.uploads import (
    MAX_BYTES,
    MOST_STORED,
    delete_upload,
    own_upload,
    receive_upload,
    upload_part,
)
from backend.platform.authz import Actor, Role
from backend.platform.database import execute, fetch_value
from backend.platform.errors import DomainError, Forbidden, Invalid, LimitExceeded, NotFound, Unauthenticated
from tests.fixtures.people import MakePerson
from tests.fixtures.waiting import until


async def parts(*contents: bytes) -> AsyncIterator[bytes]:
    for content in contents:
        yield content


async def left() -> tuple[int, int]:
    return (
        await fetch_value("SELECT count(*) FROM import_upload"),
        await fetch_value("SELECT count(*) FROM import_upload_chunk"),
    )


async def test_a_file_is_preserved_as_it_was_sent(person: MakePerson) -> None:
    planner = await person(role=Role.PLANNER)
    content = bytes(range(256)) * 3_000
    found = await own_upload(
        planner, await receive_upload(planner, "C:\\liste\\Forslag.CSV", parts(content[:5], content[5:]))
    )
    assert (found.file_name, found.size) == ("Forslag.CSV", len(content))
    stored = [await upload_part(planner.municipality_id, found.id, number) for number in range(4)]
    assert b"".join(stored) == content
    assert [len(part) for part in stored] == [262_144, 262_144, 243_712, 0]
    await delete_upload(planner.municipality_id, found.id)
    assert await left() == (0, 0)


async def test_only_planners_send_files_and_see_their_own(person: MakePerson) -> None:
    for actor, error in (
        (Actor(3201), Unauthenticated),
        (await person(), Forbidden),
        (await person(role=Role.ADMIN), Forbidden),
        (await person(role=Role.MODERATOR), Forbidden),
    ):
        with pytest.raises(error):
            await receive_upload(actor, "f.csv", parts(b"key,title\n"))
    planner, other = await person(role=Role.PLANNER), await person(role=Role.PLANNER)
    upload_id = await receive_upload(planner, "f.csv", parts(b"key,title\n"))
    with pytest.raises(NotFound):
        await own_upload(other, upload_id)


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("f.csv", (b"x" * 1_000_000,) * 21, LimitExceeded),
        ("f.csv", (), Invalid),
        ("f.csv", (b"", b""), Invalid),
        ("f.exe", (b"x",), Invalid),
        ("csv", (b"x",), Invalid),
        ("", (b"x",), Invalid),
    ],
)
async def test_what_cannot_be_preserved_leaves_nothing(
    person: MakePerson, name: str, content: tuple[bytes, ...], error: type[DomainError]
) -> None:
    with pytest.raises(error):
        await receive_upload(await person(role=Role.PLANNER), name, parts(*content))
    assert await left() == (0, 0)
    assert MAX_BYTES == 20_000_000


async def test_a_sender_who_leaves_leaves_nothing(person: MakePerson) -> None:
    async def stalled() -> AsyncIterator[bytes]:
        yield b"x" * 300_000
        await asyncio.sleep(60)

    sending = asyncio.create_task(receive_upload(await person(role=Role.PLANNER), "f.csv", stalled()))

    async def one_part_is_stored() -> bool:
        return await left() == (1, 1)

    await until(one_part_is_stored)
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    assert await left() == (0, 0)


async def test_one_person_keeps_a_few_files_also_when_sent_at_once(person: MakePerson) -> None:
    planner = await person(role=Role.PLANNER)
    sent = await asyncio.gather(
        *(receive_upload(planner, "f.csv", parts(b"x")) for _ in range(MOST_STORED + 5)),
        return_exceptions=True,
    )
    assert sum(isinstance(each, LimitExceeded) for each in sent) == 5
    assert (await left())[0] == MOST_STORED


async def test_yesterdays_files_are_forgotten(person: MakePerson) -> None:
    planner = await person(role=Role.PLANNER)
    old, new = [await receive_upload(planner, "f.csv", parts(b"x")) for _ in range(2)]
    await execute("UPDATE import_upload SET created_at = now() - interval '25 hours' WHERE id = $1", old)
    await settle_imports(planner.municipality_id)
    assert (await own_upload(planner, new)).id == new
    with pytest.raises(NotFound):
        await own_upload(planner, old)
