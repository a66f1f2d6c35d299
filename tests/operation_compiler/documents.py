"""Documents that are executed both ways."""

from typing import Any

PLAIN = [
    "{ fixed }",
    "{ __typename fixed again: fixed }",
    "{ proposals { id title status tags count share open price loud data } }",
    "{ proposals(first: 8) { topic { id title colour created day __typename } } }",
    "{ proposals { author { name initials friend { name friend { name } } } maybeAuthor { id }"
    " futureAuthor { id } } }",
    '{ proposals { titled(prefix: "Nr ", times: 2) short: titled parented shouted loud:'
    ' shouted(word: "x") } }',
    "{ proposalsLater { id author { name } } }",
    '{ connection(first: 3, after: "c") { total edges { cursor node { id author { id } } } pageInfo'
    " { endCursor } } }",
    "{ nodes { id __typename ... on Named { name } ... on Proposal { title } ...T } } fragment T on"
    " Topic { title }",
    '{ node(id: "4") { id ... on Proposal { author { name } } } other: node(id: "x") { id } }',
    "{ named { name __typename ... on Node { id } ... on Author { initials } } }",
    "{ found { __typename ... on NotFound { message } ... on Node { id } ... on Topic { colour } } }",
    "{ matrix { rows holes } }",
    "{ stream }",
    "{ awaitableItems }",
    "{ proposals { path sub { path sub { path } } } connection { edges { node { path } } } }",
    "{ proposals { selected } }",
    "{ proposals { parented ofParent static ofClass } }",
    "{ extensionsSeen }",
    "{ slow(turns: 5) fast: slow(turns: 0) fixed }",
]

MERGED = [
    "{ proposals { topic { id } ...A ... on Node { id } } } fragment A on Proposal { topic { title"
    " } id topic { id } }",
    "{ ...Q proposals { id } } fragment Q on Query { proposals { title } ...R } fragment R on Query { ...Q2 }"
    " fragment Q2 on Query { proposals { count } }",
    "{ found { ... on Proposal { same: title } ... on Topic { same: title } ... on NotFound { same:"
    " message } } }",
    "{ nodes { ... on Named { name ... on Author { name } } ... { ... on Author { n: name } } } }",
    "{ proposals { sub { id } sub { title sub { id } } sub { sub { title } } } }",
]

ARGUMENTS = [
    '{ filtered(filter: {status: CLOSED, words: ["a", "b"], nested: {words: "one"}, colours:'
    " [ROED]}, ids: [1, 2]) }",
    '{ filtered(filter: {}, ids: 3, at: "2026-05-17") }',
    '{ echo a: echo(text: null) b: echo(text: "x", data: {a: [1, 2.5, true, null, E]}, up: "HEI") }',
]

FAILING = [
    "{ proposals { badSync } }",
    "{ proposals { badAsync } }",
    "{ proposals { badSyncRequired } }",
    "{ proposals { badAsyncRequired } }",
    "{ proposalsLater { id badSyncRequired } }",
    "{ proposalsLater { id badAsyncRequired } }",
    "{ proposalsLater { sub { id badAsyncRequired } title } }",
    "{ proposalsLater { sub { badAsync nullAsync } } }",
    "{ proposals { sub { nullSync } returnedError codedError forbidden } }",
    "{ proposals { topic { broken } } }",
    "{ proposals { topic { brokenLater } } fixed }",
    "{ matrix { wrong notAList } }",
    "{ matrix { tooLarge notAnEnum } }",
    "{ wrongType { id } }",
    "{ wrongNode { id } }",
    '{ found(what: "wrong") { __typename } }',
    "{ awaitableItems(fail: true) }",
    "{ stream(fail: true) }",
    "{ requiredItems fixed }",
    "{ badRequired fixed }",
    "{ slow(turns: 3) badRequired }",
    "{ proposalsLater { sub { badSyncRequired author { name } } author { name } badSync } }",
    "{ slow(turns: 4) failed: slow(turns: 1, fail: true) later: proposalsLater { author { name } } }",
    "{ connection { edges { node { badAsyncRequired author { name } } } total } fixed }",
]


VARIABLES: list[tuple[str, dict[str, Any] | None]] = [
    ("query ($n: Int!) { proposals(first: $n) { id } }", {"n": 2}),
    ("query ($n: Int!) { proposals(first: $n) { id } }", {}),
    ("query ($n: Int!) { proposals(first: $n) { id } }", {"n": "two"}),
    ("query ($n: Int = 3) { proposals(first: $n) { id } }", None),
    ("query ($n: Int = 3) { proposals(first: $n) { id } }", {"n": None}),
    ("query ($n: Int = 3) { proposalsLater(first: $n) { id } fixed }", {"n": None}),
    ("query ($t: String) { echo(text: $t) }", {}),
    ("query ($t: String) { echo(text: $t) }", {"t": None}),
    ('query ($t: String) { echo(text: $t, up: "A") }', {"t": "x"}),
    ("query ($d: Json) { echo(data: $d) b: echo(data: {inner: [$d]}) }", {"d": {"deep": [1]}}),
    ("query ($f: Filter!) { filtered(filter: $f) }", {"f": {"status": "CLOSED", "nested": {"words": ["a"]}}}),
    ("query ($f: Filter!) { filtered(filter: $f) }", {"f": {"status": "CLOSEDD", "what": 1}}),
    (
        "query ($s: Status!, $w: String!) { filtered(filter: {status: $s, words: [$w]}) }",
        {"s": "OPEN", "w": "x"},
    ),
    ("query ($s: Status!, $w: [String!]) { filtered(filter: {status: $s, words: $w}) }", {"s": "OPEN"}),
    ("query ($i: [Int!]) { filtered(filter: {}, ids: $i) }", {"i": 4}),
    ("query ($a: Date) { filtered(filter: {}, at: $a) }", {"a": "2026-01-01"}),
    ("query ($a: Date) { filtered(filter: {}, at: $a) }", {"a": "soon"}),
    ("query ($x: Boolean!) { proposals { selected(flag: $x) } }", {"x": True}),
]


SWITCHED = """
    query ($a: Boolean!, $b: Boolean = false) {
      fixed @skip(if: $a)
      proposals(first: 2) @include(if: true) {
        id @include(if: $a) @skip(if: $b)
        ... @include(if: $b) { title count @skip(if: true) }
        ...F @skip(if: $a)
        topic { id ...T @include(if: $b) }
      }
      nodes { ... on Author @include(if: $a) { name } ... on Topic @skip(if: $a) { title } }
    }
    fragment F on Proposal { open topic { title } }
    fragment T on Topic { colour }
"""


MUTATIONS = [
    'mutation { a: first(name: "a") b: atOnce(name: "b") c: first(name: "c") }',
    'mutation { a: first(name: "a", fail: true) b: atOnce(name: "b") }',
    'mutation { a: required(name: "a") { id author { name } } b: atOnce(name: "b") }',
    'mutation { a: atOnce(name: "a") b: required(name: "b", fail: true) { id } c: atOnce(name: "c") }',
    'mutation { a: required(name: "a") { badAsyncRequired } c: atOnce(name: "c") }',
    'mutation { a: required(name: "a") { badSyncRequired } c: atOnce(name: "c") }',
]
