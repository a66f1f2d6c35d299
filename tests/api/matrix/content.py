"""Finding content of whatever kind."""

from tests.api.matrix.case import Slice, table

_TABLE = """
Query.matchingContent
    words of what is hidden  none: everybody
    words of what is public  some: everybody
Query.similarContent
    like a draft  none: everybody
    like a public one  some: everybody
"""
_ARGUMENTS = {
    "Query.matchingContent": 'words: "rotter"',
    "Query.similarContent": 'title: "Gatelys ved holdeplassen", body: "Det er bekmørkt der bussen stopper."',
    "Query.matchingContent (words of what is public)": 'words: "benker parken"',
    "Query.similarContent (like a public one)": (
        'title: "Flere benker i parken", body: "Eldre som går tur trenger steder der de kan hvile beina."'
    ),
}
SLICE = Slice(table(_TABLE), _ARGUMENTS, {}, {})
