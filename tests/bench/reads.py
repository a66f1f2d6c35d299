"""(a) 20 proposals of a topic with author, topic and counts: by hand, by free query, by trusted document."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from api.documents import trusted_documents
from api.node_ids import to_global_id
from api.pagination import encode_cursor
from api.schema import schema
from tests.bench.figures import Figure
from tests.bench.load import Shot, rate
from tests.bench.stage import HOURS_APART, Stage, free_port, running, web

_LIST = trusted_documents(schema._schema).by_name["ProposalList"]


def _shot(variables: dict[str, object]) -> Shot:
    written = quote(json.dumps(variables, separators=(",", ":")))
    return Shot(f"/graphql?documentId={_LIST.id}&variables={written}")


def trusted(stage: Stage, after: str) -> Shot:
    """The document for a topic of the stage, from a place in its list on."""
    return _shot({"filter": {"topic": to_global_id("Topic", stage.topic_id)}, "after": after})


@contextmanager
def reference(stage: Stage) -> Iterator[int]:
    """The endpoints that others are compared with; yields their port."""
    port = free_port()
    options = ("--port", str(port), "--no-access-log", "--log-level", "warning")
    with running(stage, "uvicorn", "tests.bench.reference:app", *options, port=port, path="/constant"):
        yield port


def cursor(number: int) -> str:
    """Further and further down the list, past different proposals."""
    return encode_cursor(datetime.now(UTC) - timedelta(hours=5 * HOURS_APART * number), 1)


def measure(stage: Stage) -> list[Figure]:
    """Every way is measured twice, in turn, and the better run counts: other work on the machine only slows."""
    variables: dict[str, object] = {"filter": {"topic": to_global_id("Topic", stage.topic_id)}}
    free = [Shot("/graphql", json.dumps({"query": _LIST.text, "variables": variables}))]
    # Answers to the same question asked at once are made once; different ones are what a busy site is asked.
    different = [_shot({**variables, "after": cursor(n)}) for n in range(2_000)]
    same = [_shot(variables)]
    by_hand, constant = [Shot(f"/by-hand?topic={stage.topic_id}")], [Shot("/constant")]
    with ExitStack() as processes:
        compared = [processes.enter_context(reference(stage)) for _ in range(stage.size.processes)]
        plain = [
            processes.enter_context(web(stage, SAMSKAP_ANSWER_CACHE_SECONDS="0"))
            for _ in range(stage.size.processes)
        ]
        cached = [processes.enter_context(web(stage)) for _ in range(stage.size.processes)]
        ways = {
            "constant": (compared, constant),
            "by hand": (compared, by_hand),
            "free": (plain, free),
            "uncached": (plain, different),
            "joined": (plain, same),
            "cached": (cached, same),
        }
        best = dict.fromkeys(ways, 0.0)
        for _ in range(2):
            for name, (ports, shots) in ways.items():
                best[name] = max(best[name], rate(ports, shots, seconds=stage.size.seconds(5)))
    hand, top = best["by hand"], best["constant"]
    return [
        Figure("constant response", top, "req/s"),
        Figure("hand-written endpoint", hand, "req/s", "constant", hand / top),
        Figure("free query", best["free"], "req/s", "hand-written", best["free"] / hand),
        Figure(
            "trusted document, uncached",
            best["uncached"],
            "req/s",
            "hand-written",
            best["uncached"] / hand,
            0.25,
        ),
        Figure(
            "trusted document, uncached, all alike",
            best["joined"],
            "req/s",
            "hand-written",
            best["joined"] / hand,
        ),
        Figure("trusted document, cached", best["cached"], "req/s", "constant", best["cached"] / top, 0.5),
    ]
