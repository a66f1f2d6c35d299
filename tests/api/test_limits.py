"""Bounds on a request hold before anything of it is executed, however it is dressed up."""

import time

import pytest
from graphql import GraphQLError, GraphQLSyntaxError, build_schema, execute_sync, parse

from api.limits import Limits, check, read, validate_quietly, without_suggestion
from backend.platform.errors import LimitExceeded

SCHEMA = build_schema("""
    interface Node { id: ID! }
    type Query {
      topics: [Topic!]!
      topic(id: ID!): Topic
      proposals(first: Int = 20, last: Int, after: String): ProposalConnection!
      latest(first: Int): [Proposal!]!
      node(id: ID!): Node
      kind(of: Kind): Kind
    }
    type Mutation { support(id: ID!): Proposal }
    enum Kind { PROPOSAL PETITION }
    type Topic implements Node { id: ID! name: String! proposals(first: Int!): ProposalConnection! }
    type ProposalConnection { edges: [ProposalEdge!]! nodes: [Proposal!]! pageInfo: PageInfo! total: Int! }
    type ProposalEdge { cursor: String! node: Proposal! }
    type PageInfo { hasNextPage: Boolean! endCursor: String }
    type Proposal implements Node {
      id: ID! title: String! topic: Topic! tags: [String!]! similar: [Proposal!]!
    }
""")
WIDE = Limits(
    max_depth=10**6,
    max_aliases=10**6,
    max_directives=10**6,
    max_fragments=10**6,
    max_repeats=10**6,
    max_list=10**6,
    max_tokens=10**6,
    max_characters=10**7,
    max_cost=0,
)


def cost(text: str, variables: dict[str, object] | None = None, **limits: object) -> int:
    given = {name: getattr(WIDE, name) for name in WIDE.__slots__} | limits
    problems = check(text, SCHEMA, variables, Limits(**given))
    return next(problem.params["figure"] for problem in problems if problem.code == "limit_cost")


def codes(
    text: str, variables: dict[str, object] | None = None, limits: Limits | None = None
) -> dict[str, int]:
    problems = check(text, SCHEMA, variables, limits or Limits())
    return {problem.code: problem.params["figure"] for problem in problems}


def test_an_ordinary_request_passes() -> None:
    text = "query Page($n: Int = 20) { proposals(first: $n) { edges { node { id title topic { name } } } } }"
    assert check(text, SCHEMA, {"n": 50}, Limits()) == []
    assert check(parse(text), SCHEMA, None, Limits()) == []


@pytest.mark.parametrize(
    ("text", "variables", "expected"),
    [
        ("{ topic(id: 1) { id name } }", None, 3),
        ("{ __typename }", None, 1),
        ("{ topics { id } }", None, 1 + 10 * 1),
        ("{ latest(first: 7) { id title } }", None, 1 + 7 * 2),
        ("{ latest { id } }", None, 1 + 10**6),
        ("{ latest(first: null) { id } }", None, 1 + 10**6),
        ("{ latest(first: -3) { id } }", None, 1),
        ("{ proposals { nodes { id } } }", None, 1 + 1 + 20 * 1),
        ("{ proposals(last: 40, first: 5) { nodes { id } } }", None, 1 + 1 + 40),
        ("{ proposals(first: 5) { edges { cursor node { id } } pageInfo { endCursor } total } }", None, 20),
        ("query ($n: Int) { latest(first: $n) { id } }", {"n": 3}, 4),
        ("query ($n: Int = 6) { latest(first: $n) { id } }", None, 7),
        ("query ($n: Int = 6) { latest(first: $n) { id } }", {"n": 2}, 3),
        ("query ($n: Int) { latest(first: $n) { id } }", {"n": "many"}, 1 + 10**6),
        ("{ proposals(first: 2) { ...Page } } fragment Page on ProposalConnection { nodes { id } }", None, 4),
        ("{ proposals(first: 2) { ... { nodes { tags } } } }", None, 1 + 1 + 2 * 1),
        ("{ topics { proposals(first: 4) { nodes { id } } } }", None, 1 + 10 * (2 + 4)),
        ("{ unknown { deeper } topics { unknown } }", None, 2 + 11),
        ("{ ...Missing } ", None, 0),
        ("query A { topics { id } } query B { __typename }", None, 11),
        ("mutation { support(id: 1) { id } }", None, 2),
        ("subscription { nothing }", None, 1),
    ],
)
def test_cost_is_what_would_be_resolved(
    text: str, variables: dict[str, object] | None, expected: int
) -> None:
    if expected == 0:
        assert check(text, SCHEMA, variables, WIDE) == []
    else:
        assert cost(text, variables) == expected


def test_costs_and_sizes_can_be_declared() -> None:
    text = "{ topic(id: 1) { proposals(first: 3) { nodes { similar { id } } } } }"
    assert cost(text) == 1 + 1 + 1 + 3 * (1 + 10)
    assert cost(text, sizes={"Proposal.similar": 2}) == 1 + 1 + 1 + 3 * (1 + 2)
    assert cost(text, sizes={"ProposalConnection.nodes": 1}) == 1 + 1 + 1 + 1 * (1 + 10)
    assert cost(text, costs={"Proposal.similar": 5}) == 1 + 1 + 1 + 3 * (5 + 10)


def test_three_nested_lists_in_a_few_bytes_are_refused() -> None:
    text = "{ latest(first: 100) { similar { similar { similar { id } } } } }"
    problems = check(text, SCHEMA, None, Limits())
    assert [problem.code for problem in problems] == ["limit_cost"]
    assert problems[0].params == {"limit": 10_000, "figure": 1 + 100 * (1 + 10 * (1 + 10 * (1 + 10)))}
    assert isinstance(problems[0], LimitExceeded)
    assert "10000" in str(problems[0])


def test_introspection_costs_like_any_other_field() -> None:
    assert cost("{ __schema { types { fields { name } } } }") == 1 + 1 + 10 * (1 + 10)


def test_a_page_may_not_be_larger_than_the_maximum_however_it_is_requested() -> None:
    assert codes("{ proposals(first: 101) { total } }") == {"limit_list": 101}
    assert codes("query ($n: Int) { proposals(last: $n) { total } }", {"n": 500}) == {"limit_list": 500}
    assert codes("query ($n: Int = 200) { proposals(first: $n) { total } }") == {"limit_list": 200}
    assert codes("{ ...P } fragment P on Query { proposals(first: 300) { total } }") == {"limit_list": 300}
    assert codes("{ proposals(first: " + "9" * 5000 + ") { total } }")["limit_list"] == 10**9
    assert codes("query ($n: Int) { proposals(first: $n) { total } }", {"n": 10**5000})["limit_list"] == 10**9
    assert codes("{ proposals(first: 100) { total } }") == {}


def test_depth_counts_through_fragments() -> None:
    deep = "{ topic(id: 1) { ...A } } fragment A on Topic { proposals(first: 1) { ...B } }"
    deep += " fragment B on ProposalConnection { nodes { ... on Node { id } } }"
    assert codes(deep, limits=Limits(max_depth=4)) == {}
    assert codes(deep, limits=Limits(max_depth=3)) == {"limit_depth": 4}


def test_depth_counts_in_a_fragment_that_nobody_uses() -> None:
    unused = "{ __typename } fragment U on Proposal { topic { name } }"
    assert codes(unused, limits=Limits(max_depth=1)) == {"limit_depth": 2}


def test_aliases_count_through_fragments_and_several_operations() -> None:
    fragment = "fragment Q on Query { a: __typename b: __typename }"
    text = "query One { x: __typename ...Q } query Two { y: __typename ...Q } " + fragment
    assert codes(text, limits=Limits(max_aliases=6)) == {}
    assert codes(text, limits=Limits(max_aliases=5)) == {"limit_aliases": 6}


def test_two_thousand_aliases_are_refused() -> None:
    wide = "{ " + " ".join(f"a{index}: kind" for index in range(600)) + " }"
    assert codes(wide) == {"limit_aliases": 600}


def test_directives_count_wherever_they_stand_known_or_not() -> None:
    text = """
        query Q($a: Boolean! @x) @y { __typename @include(if: $a) @z ... @w { __typename } ...F @v }
        fragment F on Query @u { __typename @t }
    """
    assert codes(text, limits=Limits(max_directives=8)) == {}
    assert codes(text, limits=Limits(max_directives=7)) == {"limit_directives": 8}
    assert codes("{ __typename " + "@no " * 200 + "}") == {"limit_directives": 200}


def test_tokens_stop_the_lexer_and_comments_count() -> None:
    problem = check("{ " + "kind " * 3000 + "}", SCHEMA, None, Limits())
    assert [(found.code, found.params) for found in problem] == [
        ("limit_tokens", {"limit": 2000, "figure": 2001})
    ]
    assert set(codes("#\n" * 3000 + "{ kind }")) == {"limit_tokens"}
    with pytest.raises(LimitExceeded):
        read("{ a b c }", Limits(max_tokens=4))


def test_characters_are_counted_before_anything_is_read() -> None:
    assert codes("{ kind }" + " " * 30_000) == {"limit_characters": 30_008}


def test_what_is_not_graphql_raises_its_syntax_error() -> None:
    with pytest.raises(GraphQLSyntaxError):
        check("{ kind", SCHEMA, None, Limits())
    with pytest.raises(GraphQLSyntaxError, match="nested too deeply"):
        check("{ a " * 300 + "}" * 300, SCHEMA, None, Limits())


def test_fragments_are_counted() -> None:
    many = "{ __typename } " + " ".join(f"fragment F{index} on Query {{ __typename }}" for index in range(51))
    assert codes(many) == {"limit_fragments": 51}


def test_one_field_repeated_with_a_selection_is_refused_before_validation_compares_all_pairs() -> None:
    text = "{ " + "topics { id } " * 300 + "}"
    assert codes(text, limits=Limits(max_cost=10**6)) == {
        "limit_repeats": 300,
        "limit_comparisons": 300**2 + 300**2,
    }


def test_a_fragment_bomb_is_measured_in_linear_time() -> None:
    levels = 300
    text = "{ ...F0 } " + " ".join(
        f"fragment F{level} on Query {{ a: kind ...F{level + 1} ...F{level + 1} }}" for level in range(levels)
    )
    text += f" fragment F{levels} on Query {{ kind }}"
    started = time.thread_time()
    found = codes(text, limits=Limits(max_tokens=10_000, max_characters=10**6))
    assert time.thread_time() - started < 1
    assert found == {
        "limit_aliases": 10**9,
        "limit_cost": 10**9,
        "limit_fragments": 301,
        "limit_comparisons": 300**2 + 1,
    }


def test_a_long_chain_of_nested_fragments_does_not_exhaust_the_stack() -> None:
    levels = 1500
    links = (
        f"fragment F{level} on Proposal {{ similar {{ ...F{level + 1} }} }}"
        for level in reversed(range(levels))
    )
    text = "{ latest(first: 1) { ...F0 } } " + " ".join(links) + f" fragment F{levels} on Proposal {{ id }}"
    found = codes(text, limits=Limits(max_tokens=10**5, max_characters=10**6))
    assert found["limit_depth"] == levels + 2
    assert found["limit_cost"] == 10**9


@pytest.mark.parametrize(
    "text",
    [
        "{ ...A } fragment A on Query { kind ...A }",
        "{ ...A } fragment A on Query { topics { ...B } } fragment B on Topic { id ...C } "
        "fragment C on Topic { ...B }",
    ],
)
def test_a_circle_of_fragments_ends_and_is_left_to_validation(text: str) -> None:
    assert check(text, SCHEMA, None, Limits()) == []
    assert any("Cannot spread fragment" in error.message for error in validate_quietly(SCHEMA, parse(text)))


@pytest.mark.parametrize(
    "text",
    [
        "{ topicz { id } }",
        "{ topic(idd: 1) { id } }",
        "{ kind(of: PROPOSALS) }",
        "{ topic(id: 1) { ... on Topik { id } } }",
        "{ node(id: 1) { title } }",
        "{ kind @includ(if: true) }",
    ],
)
def test_no_message_suggests_a_name(text: str) -> None:
    errors = validate_quietly(SCHEMA, parse(text))
    assert errors
    assert not any("Did you mean" in error.message for error in errors)


def test_hints_of_messages_made_elsewhere_are_cut_off() -> None:
    document = parse("query ($k: Kind) { kind(of: $k) }")
    result = execute_sync(SCHEMA, document, variable_values={"k": "PROPOSALS"})
    assert result.errors
    assert "Did you mean" in result.errors[0].message
    assert "Did you mean" not in without_suggestion(result.errors[0]).message
    assert without_suggestion(GraphQLError("Did you mean it")).message == "Did you mean it"


def test_equal_leaves_in_many_fragments_are_too_many_to_compare() -> None:
    """The rule that merges fields compares each with each of its name."""
    spread = " ".join(f"...F{n}" for n in range(50))
    same = " ".join(f"fragment F{n} on Topic {{ {'id ' * 30} }}" for n in range(50))
    dear = Limits(max_cost=10**6)
    found = codes(f"{{ topics {{ {spread} }} }} {same}", limits=dear)
    assert found == {"limit_comparisons": (50 * 30) ** 2 + 1}
    mixed = " ".join(
        f"fragment F{n} on Topic {{ {' '.join(f'leaf{leaf}' for leaf in range(30))} }}" for n in range(50)
    )
    found = codes(f"{{ topics {{ {spread} }} }} {mixed}", limits=dear)
    assert found == {"limit_comparisons": 30 * 50**2 + 1}
    assert codes("{ topics { " + "id " * 150 + "} }") == {}
