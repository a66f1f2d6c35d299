"""Whether a request keeps within its bounds."""

from collections.abc import Iterator, Mapping
from typing import Any

from graphql import DocumentNode, GraphQLSchema, GraphQLSyntaxError, parse

from api.limits.bounds import Limits
from api.limits.measure import Measure
from api.limits.walk import Walk
from backend.platform.errors import LimitExceeded


def read(text: str, limits: Limits) -> DocumentNode:
    """Parse a query text that is neither too long nor of too many tokens.

    Raises LimitExceeded for either, and GraphQLSyntaxError for what is not GraphQL. Reading stops at the
    bound, so the figure of tokens is the first one too many.
    """
    if len(text) > limits.max_characters:
        raise LimitExceeded(
            "limit_characters",
            "Spørringen er {figure} tegn lang. Den kan være på høyst {limit} tegn.",
            limit=limits.max_characters,
            figure=len(text),
        )
    try:
        # Not max_lexical_tokens: comments cost memory too, and this count includes them.
        return parse(text, max_tokens=limits.max_tokens)
    except GraphQLSyntaxError as error:
        if f"more than {limits.max_tokens} tokens" not in error.description:
            raise
    raise LimitExceeded(
        "limit_tokens",
        "Spørringen har minst {figure} ord og tegn. Den kan ha høyst {limit}.",
        limit=limits.max_tokens,
        figure=limits.max_tokens + 1,
    )


def check(
    source: str | DocumentNode,
    schema: GraphQLSchema,
    variables: Mapping[str, Any] | None,
    limits: Limits,
) -> list[LimitExceeded]:
    """Every bound that a request passes, before any of it is executed; none when it may run.

    A text is read first, and when it is too long for that, this is the only problem; a text that is not
    GraphQL raises GraphQLSyntaxError. The document need not be valid. Run this before validation, whose own
    work these bounds also keep small. Each problem's `params` hold `limit` and `figure`, the figure at most a
    thousand million.
    """
    try:
        document = read(source, limits) if isinstance(source, str) else source
    except LimitExceeded as problem:
        return [problem]
    walk = Walk(document, schema, variables or {}, limits)
    whole, dearest = Measure(), 0
    for measure in walk.measures():
        whole = whole.beside(measure)
        dearest = max(dearest, measure.alone)
    return [
        *_shape_problems(whole, limits),
        *_size_problems(whole.page, dearest, limits),
        *_document_problems(walk, limits),
    ]


def _shape_problems(whole: Measure, limits: Limits) -> Iterator[LimitExceeded]:
    if whole.depth > limits.max_depth:
        yield LimitExceeded(
            "limit_depth",
            "Spørringen går {figure} nivåer ned. Den kan gå høyst {limit} nivåer ned.",
            limit=limits.max_depth,
            figure=whole.depth,
        )
    if whole.aliases > limits.max_aliases:
        yield LimitExceeded(
            "limit_aliases",
            "Spørringen har {figure} aliaser. Den kan ha høyst {limit}.",
            limit=limits.max_aliases,
            figure=whole.aliases,
        )
    if whole.directives > limits.max_directives:
        yield LimitExceeded(
            "limit_directives",
            "Spørringen har {figure} direktiver. Den kan ha høyst {limit}.",
            limit=limits.max_directives,
            figure=whole.directives,
        )


def _size_problems(page: int, cost: int, limits: Limits) -> Iterator[LimitExceeded]:
    if page > limits.max_list:
        yield LimitExceeded(
            "limit_list",
            "Spørringen ber om {figure} på en side. Den kan be om høyst {limit}.",
            limit=limits.max_list,
            figure=page,
        )
    if cost > limits.max_cost:
        yield LimitExceeded(
            "limit_cost",
            "Spørringen kan gi {figure} felter. Den kan gi høyst {limit}. Be om færre om gangen.",
            limit=limits.max_cost,
            figure=cost,
        )


def _document_problems(walk: Walk, limits: Limits) -> Iterator[LimitExceeded]:
    if len(walk.fragments) > limits.max_fragments:
        yield LimitExceeded(
            "limit_fragments",
            "Spørringen har {figure} fragmenter. Den kan ha høyst {limit}.",
            limit=limits.max_fragments,
            figure=len(walk.fragments),
        )
    repeats = max(walk.repeats.values(), default=0)
    if repeats > limits.max_repeats:
        yield LimitExceeded(
            "limit_repeats",
            "Spørringen gjentar det samme feltet {figure} ganger. Den kan gjenta det høyst {limit} ganger.",
            limit=limits.max_repeats,
            figure=repeats,
        )
    comparisons = sum(times * times for times in walk.fields.values())
    if comparisons > limits.max_comparisons:
        yield LimitExceeded(
            "limit_comparisons",
            "Spørringen gjentar de samme feltene så ofte at {figure} sammenligninger trengs. "
            "Den kan trenge høyst {limit}.",
            limit=limits.max_comparisons,
            figure=comparisons,
        )
