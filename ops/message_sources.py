"""Finding the texts in Python source that are said to people.

A text is the message of a refusal or the argument of a gettext marker: written there, or as a constant of the
module or a table (dict) of constants. It is also what is handed to a function of the same module that passes it
on to one of these, and every value of a table whose name ends in MESSAGES or TEXTS, for use elsewhere.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

Places = Mapping[str, tuple[int, ...]]
ERRORS = (
    "DomainError",
    "Invalid",
    "PersonalData",
    "Unauthenticated",
    "Forbidden",
    "NotFound",
    "Conflict",
    "LimitExceeded",
    "Unavailable",
    "Refusal",
)
# Where each function takes its text: one place, or singular and plural.
MARKERS: Places = {
    "_": (0,),
    "N_": (0,),
    "gettext": (0,),
    "ngettext": (0, 1),
    "translate": (1,),
}
_TABLES = ("MESSAGES", "TEXTS")


@dataclass(frozen=True, slots=True)
class Found:
    """A text at a line; `plural` for those that go by number."""

    line: int
    text: str
    plural: str | None = None


def error_places(trees: Iterable[ast.Module]) -> dict[str, tuple[int, ...]]:
    """The refusals and their subclasses in these modules: each takes its message second."""
    names = set(ERRORS)
    classes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    grown = True
    while grown:
        found = {
            c.name for c in classes if any(isinstance(b, ast.Name) and b.id in names for b in c.bases)
        } - names
        grown = bool(found)
        names |= found
    return dict.fromkeys(names, (1,))


def texts_in(tree: ast.Module, errors: Places) -> Iterator[Found]:
    """Every text in one module.

    Raises ValueError with the line when a message is put together on the spot: no catalog could hold it.
    """
    places = {**MARKERS, **errors}
    places.update(_forwarders(tree, places))
    constants = _constants(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _in_call(node, places, constants)
    for name, values in constants.items():
        if name.endswith(_TABLES):
            yield from (Found(value.lineno, str(value.value)) for value in values)


def _in_call(call: ast.Call, places: Places, constants: Mapping[str, list[ast.Constant]]) -> Iterator[Found]:
    name = _called(call)
    if name not in places:
        return
    arguments = _arguments(call, places[name])
    if any(isinstance(argument, ast.JoinedStr | ast.BinOp) for argument in arguments):
        raise ValueError(f"line {call.lineno}: the text of {name} must be a plain literal with placeholders")
    texts = [a.value for a in arguments if isinstance(a, ast.Constant) and isinstance(a.value, str)]
    if texts and len(texts) == len(places[name]):
        yield Found(call.lineno, *texts)
    for argument in arguments:
        # A constant by name, or an entry of a table of them.
        named = argument.value if isinstance(argument, ast.Subscript) else argument
        if isinstance(named, ast.Name):
            yield from (Found(value.lineno, str(value.value)) for value in constants.get(named.id, ()))


def _constants(tree: ast.Module) -> dict[str, list[ast.Constant]]:
    """The texts behind each name that the module binds to a text or to a table of texts."""
    found: dict[str, list[ast.Constant]] = {}
    for node in tree.body:
        if not isinstance(node, ast.Assign | ast.AnnAssign):
            continue
        values = node.value.values if isinstance(node.value, ast.Dict) else [node.value]
        texts = [v for v in values if isinstance(v, ast.Constant) and isinstance(v.value, str)]
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            if isinstance(target, ast.Name):
                found[target.id] = texts
    return found


def _forwarders(tree: ast.Module, places: Places) -> Places:
    """Functions of this module that hand one of their own parameters on as a text."""
    found: dict[str, tuple[int, ...]] = {}
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        parameters = [a.arg for a in function.args.posonlyargs + function.args.args]
        parameters = [name for name in parameters if name not in ("self", "cls")]
        for call in ast.walk(function):
            if not isinstance(call, ast.Call) or len(places.get(_called(call), ())) != 1:
                continue
            for argument in _arguments(call, places[_called(call)]):
                if isinstance(argument, ast.Name) and argument.id in parameters:
                    found[function.name] = (parameters.index(argument.id),)
    return found


def _arguments(call: ast.Call, positions: tuple[int, ...]) -> list[ast.expr]:
    given = [call.args[position] for position in positions if position < len(call.args)]
    return given or [keyword.value for keyword in call.keywords if keyword.arg == "message"]


def _called(call: ast.Call) -> str:
    function = call.func
    if isinstance(function, ast.Name):
        return function.id
    return function.attr if isinstance(function, ast.Attribute) else ""
