"""Every form that makes something carries an idempotency key: sent twice, it makes one thing."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from graphql import FieldNode, OperationDefinitionNode, parse
from starlette.routing import Route

from api.schema import schema
from backend.platform.authz import Role
from backend.platform.database import fetch_value
from backend.proposals.service import create_proposal
from tests.fixtures.server import Served
from tests.proposals.support import OTHER_WORDS

ROOT = Path(__file__).parents[2]
OURS = {"sec-fetch-site": "same-origin"}
FORM = re.compile(r"<form\b[^>]*method=\"post\"[^>]*>.*?</form>", re.DOTALL)
ACTION = re.compile(r"<form\b[^>]*action=\"([^\"]+)\"")
KEY = re.compile(r'name="nokkel" value="[0-9a-f-]{32,36}"')


def _keyed_operations() -> dict[str, str]:
    """Operations by name whose mutation takes an idempotency key, and the text of each."""
    mutation = schema._schema.mutation_type
    assert mutation is not None
    taking = {name for name, field in mutation.fields.items() if "idempotencyKey" in field.args}
    found = {}
    for path in (ROOT / "graphql" / "operations").rglob("*.graphql"):
        (operation,) = parse(path.read_text()).definitions
        if isinstance(operation, OperationDefinitionNode):
            (first, *_) = operation.selection_set.selections
            if isinstance(first, FieldNode) and first.name.value in taking:
                found[path.stem] = path.read_text()
    return found


OPERATIONS = _keyed_operations()


def _calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """Calls of those operations by the pages' code: the function they stand in, and the call."""
    for function in ast.walk(ast.parse(path.read_text())):
        if isinstance(function, ast.AsyncFunctionDef):
            for call in ast.walk(function):
                if isinstance(call, ast.Call) and _operation(call) in OPERATIONS:
                    yield function.name, call


def _operation(call: ast.Call) -> Any:
    """The operation's name, of `visit.mutate(name, …)` and of `submit(visit, name, {…}, …)`."""
    return next((name for name in map(_named, call.args[:2]) if name), None)


def _keys(path: Path, function: str, call: ast.Call) -> set[Any]:
    """What the call passes on by name: its keywords, and the keys of the mappings that its function makes."""
    (whole,) = (
        node
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.AsyncFunctionDef) and node.name == function
    )
    mappings = (node for node in ast.walk(whole) if isinstance(node, ast.Dict))
    return {word.arg for word in call.keywords} | {
        _named(key) for each in mappings for key in each.keys if key
    }


def _named(argument: ast.expr) -> Any:
    return argument.value if isinstance(argument, ast.Constant) else None


def _sources() -> list[Path]:
    return [path for path in (ROOT / "web").rglob("*.py") if "static" not in path.parts]


def test_every_operation_and_every_call_passes_the_key_on() -> None:
    assert len(OPERATIONS) >= 11
    assert {n for n, text in OPERATIONS.items() if "idempotencyKey: $idempotencyKey" not in text} == set()
    called = {}
    for path in _sources():
        for function, call in _calls(path):
            called[_operation(call)] = "idempotencyKey" in _keys(path, function, call)
    assert [operation for operation, passes in called.items() if not passes] == []
    assert set(called) >= {
        "CreateProposal",
        "CreateComment",
        "ReportContent",
        "AddInternalNote",
        "AnswerProposals",
        "InviteCoAuthor",
        "CreateTopic",
        "CreatePlace",
        "StartImport",
        "CreateAccessToken",
    }


def _creating_handlers() -> set[str]:
    """Names of the functions that call those operations, and of those in the same module that call these."""
    found: set[str] = set()
    for path in _sources():
        bodies = {
            function.name: {
                call.func.id
                for call in ast.walk(function)
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
            }
            for function in ast.walk(ast.parse(path.read_text()))
            if isinstance(function, ast.AsyncFunctionDef)
        }
        creating = {name for name, _ in _calls(path)}
        # A draft is made by its module's `save`, for the pages that write.
        creating |= {"save"} if path.parent.name == "writing" else set()
        for _ in bodies:
            creating |= {name for name, called in bodies.items() if called & creating}
        found |= creating
    return found


def _creates(served: Served, action: str, creating: set[str]) -> bool:
    for route in served.app.routes:
        if isinstance(route, Route) and "POST" in (route.methods or ()) and route.path_regex.match(action):
            return route.name in creating
    return False


@pytest.fixture
async def pages(served: Served, published: int, person: Any, session_cookie: Any, topic_id: Any) -> list[str]:
    """Pages with forms, as somebody sees them who is author and staff."""
    someone = await person(name="Viktig Person", role=Role.ADMIN)
    for role in (Role.PLANNER, Role.MODERATOR):
        await fetch_value(
            "INSERT INTO role_grant (municipality_id, account_id, role) VALUES ($1, $2, $3) RETURNING id",
            served.settings.municipality,
            someone.account_id,
            role.value,
        )
    own = await create_proposal(someone, await topic_id(), OTHER_WORDS, submit=False)
    served.http.cookies.update(await session_cookie(someone))
    comment = await served.http.post(
        f"/nb/forslag/{published}/kommentarer", data={"tekst": "Godt forslag, dette."}, headers=OURS
    )
    assert comment.status_code == 303
    await fetch_value("UPDATE comment SET state = 'published' RETURNING id")
    number = await fetch_value("SELECT id FROM comment")
    return [
        "/forslag/nytt",
        f"/forslag/{own}/rediger?steg=1",
        f"/forslag/{own}/medforfattere",
        f"/forslag/{published}",
        f"/forslag/{published}/meld",
        f"/kommentar/{number}",
        f"/saksbehandling/forslag/{published}",
        f"/saksbehandling/svar?ids={published}",
        "/administrasjon/temaer/nytt",
        "/administrasjon/steder/nytt",
        "/min-side/nokler",
    ]


async def test_every_form_that_makes_something_has_a_key(served: Served, pages: list[str]) -> None:
    creating = _creating_handlers()
    checked, missing = set(), []
    for page in pages:
        shown = await served.http.get(f"/nb{page}")
        assert shown.status_code == 200, page
        for form in FORM.findall(shown.text):
            action = ACTION.search(form)
            assert action, form[:200]
            if _creates(served, action[1], creating):
                checked.add(action[1])
                if not KEY.search(form) and "/rediger" not in action[1]:
                    missing.append((page, action[1]))
    assert missing == []
    assert len(checked) >= 9, checked


async def test_back_and_send_again_makes_one_comment(
    served: Served, pages: list[str], published: int
) -> None:
    path = f"/nb/forslag/{published}/kommentarer"
    for key in ("a" * 32, "b" * 32):
        sent = await served.http.post(path, data={"tekst": "Ja takk!", "nokkel": key}, headers=OURS)
        assert sent.status_code == 303
    assert await fetch_value("SELECT count(*) FROM comment WHERE body = 'Ja takk!'") == 1
    note = f"/nb/saksbehandling/forslag/{published}/notat"
    for key in ("a" * 32, "b" * 32):
        sent = await served.http.post(note, data={"notat": "Ring driften.", "nokkel": key}, headers=OURS)
        assert sent.status_code == 303
    assert await fetch_value("SELECT count(*) FROM proposal_note") == 1
    invite = pages[2]
    for status in (200, 400):
        sent = await served.http.post(f"/nb{invite}", data={"nokkel": "c" * 32}, headers=OURS)
        assert sent.status_code == status
    assert "vises bare én gang" in sent.text
    assert await fetch_value("SELECT count(*) FROM proposal_invitation") == 1
