"""Files that planners have taken in."""

from tests.api.matrix.case import Slice, table

_TABLE = """
Query.importRun
    -  ok: planner admin read_token | read_barred | not_found: *
    no such  scope_missing: blind_token | id_not_valid: *
Query.importUpload
    -  ok: planner | barred | not_found: planner_elsewhere | planners_only: *
Mutation.startImport
    -  ok: planner | barred | not_found: planner_elsewhere | planners_only: *
    elsewhere  topic_not_planned: planner | barred | not_found: planner_elsewhere | planners_only: *
Viewer.importRuns
    -  some: planner | no_viewer | none: *
"""
_ARGUMENTS = {
    "Query.importRun": 'id: "$run"',
    "Query.importRun (no such)": 'id: "nothing"',
    "Query.importUpload": 'id: "$upload"',
    "Mutation.startImport": 'upload: "$upload", dryRun: true',
    "Mutation.startImport (elsewhere)": 'upload: "$upload", dryRun: true, topic: "$topic_elsewhere"',
}
_PLAIN = {
    "ImportRun": (
        "id state progress fileName source isDryRun skipsBad rowsRead rowsBad newCount changedCount unchangedCount "
        "maskedCount createdAt startedAt finishedAt upload problemCode problemMessage topic startedBy mapping "
        "errors"
    ),
    "ImportRowError": "line column value code message isWarning",
    "ImportStarted": "run",
    "ImportUpload": "id fileName mapping source encoding delimiter columns rows fields key",
    "ImportPreviewRow": "cells",
    "ImportMapping": "name source key columns states delimiter decimal encoding language state",
    "ImportColumn": "field column",
    "ImportStateWord": "word state outcome",
}
SLICE = Slice(table(_TABLE), _ARGUMENTS, _PLAIN, {})
