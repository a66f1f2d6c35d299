"""What is the same in all slices."""

from tests.api.matrix.case import Slice

_PLAIN = {
    "InvalidProblem": "code message alsoInvalid field",
    "PersonalDataProblem": "code message alsoInvalid field kind start end quote",
    "LoginProblem": "code message alsoInvalid",
    "NotAllowedProblem": "code message alsoInvalid",
    "NotFoundProblem": "code message alsoInvalid field",
    "ConflictProblem": "code message alsoInvalid",
    "LimitProblem": "code message alsoInvalid limit figure",
    "UnavailableProblem": "code message alsoInvalid",
    "Permission": "allowed code message",
    "PageInfo": "hasNextPage hasPreviousPage startCursor endCursor",
}
SLICE = Slice([], {}, _PLAIN, {})
