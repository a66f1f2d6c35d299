"""The manifest of trusted documents: name to id, kept beside them for clients that send the id alone."""

import orjson
from graphql import GraphQLSchema

from api.documents import OPERATIONS, TrustedDocuments

MANIFEST = OPERATIONS / "manifest.json"


def manifest_text(schema: GraphQLSchema) -> str:
    """The manifest as it is kept: JSON with sorted names. Raises DocumentError for a document that is not valid."""
    manifest = TrustedDocuments(schema).manifest()
    return orjson.dumps(manifest, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()
