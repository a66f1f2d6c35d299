"""What is the same in all slices."""

from tests.api.matrix.case import Slice

_PLAIN = {
    "InvalidProblem": "code message field",
    "PersonalDataProblem": "code message field kind start end",
    "LoginProblem": "code message",
    "NotAllowedProblem": "code message",
    "NotFoundProblem": "code message field",
    "ConflictProblem": "code message",
    "LimitProblem": "code message limit figure",
    "UnavailableProblem": "code message",
    "Permission": "allowed code message",
    "PageInfo": "hasNextPage hasPreviousPage startCursor endCursor",
}
SLICE = Slice([], {}, _PLAIN, {})
