"""The platform as a whole: for administrators."""

from tests.api.matrix.case import Slice, table

_TABLE = """
Query.adminLog
    -  some: admin | barred | role_missing: *
    answers  some: admin | barred | role_missing: *
Query.platformHealth
    -  ok: admin | barred | role_missing: *
Query.platformSettings
    -  ok: admin | barred | role_missing: *
"""
_ARGUMENTS = {"Query.adminLog (answers)": "kind: ANSWERED"}
_PLAIN = {
    "AdminLogEntry": "at kind actor subjectType subject subjectLabel detail topic",
    "PlatformHealth": (
        "parts waitingJobs oldestJobSeconds failedJobs lastRecountAt lastRecountDifferences lastGoodRecountAt migration"
    ),
    "HealthPart": "name isOk isVital detail",
    "PlatformSettings": "settings",
    "PlatformSetting": "name value",
}
SLICE = Slice(table(_TABLE), _ARGUMENTS, _PLAIN, {})
