"""Which operation a request may run: a trusted document by its id, or a text of one's own within limits."""

from graphql import DocumentNode

from api.documents import PreparedOperation, no_such_document, root_fields_of
from api.execute import Executor
from api.limits import Limits
from api.request import GraphQLRequest
from backend.platform.authz import Actor
from backend.platform.errors import Forbidden, Invalid

ANONYMOUS_LIMITS = Limits(max_cost=3_000)
MEMBER_LIMITS = Limits(max_cost=10_000)
# The explorer asks for all of the schema at once.
SCHEMA_LIMITS = Limits(max_cost=1_000_000, max_depth=20)
_SCHEMA_FIELDS = frozenset({"__schema", "__type"})
TOKEN_LIMITS = Limits(max_cost=50_000, max_depth=15, max_aliases=30)


def limits_of(actor: Actor) -> Limits:
    """What a text of this actor's own may ask for."""
    if actor.is_anonymous:
        return ANONYMOUS_LIMITS
    return MEMBER_LIMITS if actor.scopes is None else TOKEN_LIMITS


def trusted(executor: Executor, request: GraphQLRequest) -> PreparedOperation | None:
    """The document whose id was sent; None when none was, Invalid when there is no such document."""
    if request.document_id is None:
        return None
    found = executor.trusted.by_id.get(request.document_id)
    if found is None:
        raise no_such_document()
    return found


def ad_hoc(executor: Executor, request: GraphQLRequest, actor: Actor) -> PreparedOperation:
    """The text that was sent, ready to run.

    Raises Invalid, InvalidDocument, LimitExceeded, and Forbidden for asking a production's schema.
    """
    if request.query is None:
        raise Invalid("nothing_asked", "Forespørselen har verken «query» eller «documentId».")
    limits = limits_of(actor)

    def limits_for(document: DocumentNode) -> Limits:
        root_fields = root_fields_of(document) - {"__typename"}
        if not root_fields & _SCHEMA_FIELDS:
            return limits
        if not executor.settings.is_trial:
            raise Forbidden("introspection", "Skjemaet kan hentes som fil, ikke ved spørring.")
        # Whoever asks for anything beside the schema is bounded as ever.
        return SCHEMA_LIMITS if root_fields <= _SCHEMA_FIELDS else limits

    return executor.ad_hoc.prepare(
        request.query, request.operation_name, request.variables, limits, limits_for
    )
