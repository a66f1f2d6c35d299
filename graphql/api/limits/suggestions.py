"""Error messages without hints at what the schema holds."""

from collections.abc import Collection

from graphql import ASTValidationRule, DocumentNode, GraphQLError, GraphQLSchema, validate

_HINT = " Did you mean "


def validate_quietly(
    schema: GraphQLSchema,
    document: DocumentNode,
    rules: Collection[type[ASTValidationRule]] | None = None,
) -> list[GraphQLError]:
    """Validate without ever suggesting a name: whoever guesses must not be told that they are close.

    `rules` are those of the GraphQL specification unless given.
    """
    errors = validate(schema, document, rules, hide_suggestions=True)
    return [without_suggestion(error) for error in errors]


def without_suggestion(error: GraphQLError) -> GraphQLError:
    """The error with its hint cut off its message; for errors that were made elsewhere."""
    message, hint, rest = error.message.rpartition(_HINT)
    if hint and rest.endswith("?"):
        error.message = message
    return error
