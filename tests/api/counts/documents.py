"""Which documents ask for lists, and documents that ask for everything of one list."""

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLUnionType,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_list_type,
    is_required_argument,
    visit,
)

from api.schema import schema

SCHEMA = schema._schema
# Refused for more than a few things of a list, as test_figures.py of proposals and test_marks.py of moderation prove.
# The proposals of topics are a page of their own in test_query_counts.py, and of many topics in test_topic_lists.py.
APART = {"Proposal.similar", "ModerationCase.marks", "Topic.proposals"}


def asks_for_a_list(document: DocumentNode) -> bool:
    """Whether there are lists of things among its fields."""
    found = _Lists(TypeInfo(SCHEMA))
    visit(document, TypeInfoVisitor(found.types, found))
    return found.any


class _Lists(Visitor):
    def __init__(self, types: TypeInfo) -> None:
        super().__init__()
        self.types = types
        self.any = False

    def enter_field(self, node: FieldNode, *_where: object) -> None:
        field = self.types.get_field_def()
        # What else is wrong with a form comes with its first problem, and asks the database nothing.
        if node.name.value != "alsoInvalid":
            self.any = self.any or (field is not None and _is_list(field))


def _is_list(field: GraphQLField) -> bool:
    return is_list_type(get_nullable_type(field.type)) and is_composite_type(get_named_type(field.type))


def page_fields() -> set[str]:
    """Every field that answers with a page, as "Type.field"."""
    return {
        f"{name}.{field_name}"
        for name, each in SCHEMA.type_map.items()
        if isinstance(each, GraphQLObjectType)
        for field_name, field in each.fields.items()
        if page_of(field) is not None
    }


def page_of(field: GraphQLField) -> GraphQLObjectType | None:
    """The connection that a field answers with, by itself or as a member of a union."""
    answer = get_named_type(field.type)
    members = answer.types if isinstance(answer, GraphQLUnionType) else (answer,)
    found = [m for m in members if isinstance(m, GraphQLObjectType) and m.name.endswith("Connection")]
    return found[0] if found else None


def everything_of(field_name: str, around: str, first: int, ids: dict[str, str], *, depth: int) -> str:
    """A document that asks for a page with all its things' fields, and theirs `depth` levels down.

    `around` has `@` where the field goes, `(n)` for how many there are around it, and `$name` for ids.
    """
    owner, name = field_name.split(".")
    page = page_of(SCHEMA.type_map[owner].fields[name])  # type: ignore[attr-defined]
    assert page is not None
    node = get_named_type(page.fields["nodes"].type)
    arguments = (
        f"(first: {first}, activeOnly: false)" if field_name == "Query.roleGrants" else f"(first: {first})"
    )
    answer = get_named_type(SCHEMA.type_map[owner].fields[name].type)  # type: ignore[attr-defined]
    refused = "... on Problem { code }" if isinstance(answer, GraphQLUnionType) else ""
    nodes = f"nodes {_all(node, depth)} edges {{ cursor }} pageInfo {{ endCursor }}"
    chosen = f"{name}{arguments} {{ ... on {page.name} {{ {nodes} }} {refused} }}"
    text = f"query {{ {around.replace('@', chosen).replace('(n)', f'(first: {first})')} }}"
    for known, value in ids.items():
        text = text.replace(f"${known}", value)
    return text


def _all(kind: object, depth: int) -> str:
    """All fields of a type that need no arguments, `depth` levels down; of pages, one thing."""
    if isinstance(kind, GraphQLUnionType):
        return "{ __typename " + " ".join(f"... on {m.name} {_all(m, depth)}" for m in kind.types) + " }"
    assert isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)
    fields = (_one(kind.name, name, field, depth) for name, field in kind.fields.items())
    return "{ __typename " + " ".join(filter(None, fields)) + " }"


def _one(owner: str, name: str, field: GraphQLField, depth: int) -> str:
    if any(is_required_argument(argument) for argument in field.args.values()) or f"{owner}.{name}" in APART:
        return ""
    answer = get_named_type(field.type)
    # Two members of a union may call different things alike.
    label = f"{owner}_{name}: {name}"
    if not is_composite_type(answer):
        return label
    if depth == 0:
        return ""
    page = page_of(field)
    if page is None:
        return f"{label} {_all(answer, depth - 1)}"
    node = get_named_type(page.fields["nodes"].type)
    return f"{label}(first: 2) {{ ... on {page.name} {{ nodes {_all(node, depth - 1)} }} }}"
