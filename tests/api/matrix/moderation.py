"""Reports, cases and decisions."""

from tests.api.matrix.case import Slice, table

_TABLE = """
Query.moderationQueue
    -  rows_0: moderator_elsewhere | rows_5: moderator | barred | role_missing: *
    of another topic  rows_0: moderator moderator_elsewhere | barred | role_missing: *
Query.moderationDecisions
    -  rows_0: moderator_elsewhere | rows_4: moderator | barred | role_missing: *
    of another topic  rows_0: moderator moderator_elsewhere | barred | role_missing: *
Query.moderationQueueState
    -  ok: moderator moderator_elsewhere | barred | role_missing: *
Query.moderationGrounds
    -  some: everybody
Query.moderationCase
    case, case_decided  ok: moderator | not_found: moderator_elsewhere | barred | role_missing: *
    case_own  not_found: moderator_elsewhere | own_content: moderator | barred | role_missing: *
    case_reported, case_comment  ok: moderator | not_found: moderator_elsewhere | barred | role_missing: *
    no such  id_not_valid: everybody
Query.nextModerationCase
    case, case_own  ok: moderator moderator_elsewhere | barred | role_missing: *
    no such  id_not_valid: everybody
Query.node
    case, case_decided  ok: moderator | null: *
    case_own  null: everybody
    case_reported, case_comment  ok: moderator | null: *
Mutation.reportContent
    reported  already_reported: resident | own_content: authors | barred | ok: *
    published  own_content: authors | barred | ok: *
    draft, submitted  own_content: authors | barred | not_found: *
    withdrawn  own_content: authors | barred | ok: *
    hidden  own_content: authors | barred | not_found: *
    own_of_moderator  own_content: moderator | barred | not_found: *
    comment  own_content: author | barred | ok: *
    comment_submitted, comment_hidden  own_content: author | barred | not_found: *
    comment_on_hidden  ok: co_author in_charge | own_content: author | barred | not_found: *
Mutation.claimCase
    case  ok: moderator | not_found: moderator_elsewhere | barred | role_missing: *
    case_decided  already_decided: moderator | not_found: moderator_elsewhere | barred | role_missing: *
    case_own  not_found: moderator_elsewhere | own_content: moderator | barred | role_missing: *
Mutation.releaseCase
    case  not_claimed: moderator | not_found: moderator_elsewhere | barred | role_missing: *
    case_decided  already_decided: moderator | not_found: moderator_elsewhere | barred | role_missing: *
    case_own  not_found: moderator_elsewhere | own_content: moderator | barred | role_missing: *
Mutation.decideCase
    case, case_comment  ok: moderator | not_found: moderator_elsewhere | barred | role_missing: *
    case_decided  already_decided: moderator | not_found: moderator_elsewhere | barred | role_missing: *
    case_own  not_found: moderator_elsewhere | own_content: moderator | barred | role_missing: *
Mutation.restoreContent
    hidden, comment_hidden  ok: moderator | not_found: moderator_elsewhere | barred | role_missing: *
    published  not_found: moderator_elsewhere | not_hidden: moderator | barred | role_missing: *
    draft, withdrawn_unseen  not_found: moderator moderator_elsewhere | barred | role_missing: *
Subscription.moderationQueueChanged
    -  ok: moderator moderator_elsewhere | barred | role_missing: *
ModerationCase.viewerCanClaim
    case  ok: moderator | null: *
    case_decided  already_decided: moderator | null: *
ModerationCase.viewerHasClaimed
    case  no: moderator | null: *
ModerationCase.subject
    case, case_edit  ok: moderator | null: *
ModerationCase.pendingVersion
    case_edit  ok: moderator | null: *
    case  null: everybody
"""
_ARGUMENTS = {
    "Query.moderationCase": 'id: "$on"',
    "Query.node": 'id: "$on"',
    "Query.nextModerationCase": 'id: "$on"',
    "Query.nextModerationCase (no such)": 'id: "nothing"',
    "Mutation.reportContent": 'subject: "$on", reasonCode: OTHER, text: "Se på dette."',
    "Mutation.claimCase": 'id: "$on"',
    "Mutation.releaseCase": 'id: "$on"',
    "Mutation.decideCase": 'id: "$on", decision: APPROVE, expectedVersion: 1',
    "Mutation.restoreContent": 'subject: "$on"',
    "Query.moderationQueue (of another topic)": 'filter: {topic: "$topic_elsewhere"}',
    "Query.moderationDecisions (of another topic)": 'filter: {topic: "$topic_elsewhere"}',
    "Query.moderationCase (no such)": 'id: "nothing"',
}
_PLAIN = {
    "ModerationCase": (
        "id subjectType origin state createdAt reportCount contentVersion decision decidedAt reasonText "
        "topic holdReasons ground choices claimedBy claimedUntil decidedBy signals reports earlierCases "
        "authorNames authorCases marks preview"
    ),
    "HoldReason": "code message",
    "ModerationGround": "code text",
    "ModerationSignal": "name version score details",
    "ModerationMark": "field signal start end",
    "PastDecision": "caseId subjectType decision decidedAt ground",
    "DecisionPreview": "subject text reasons reasonHtml",
    "SignalDetail": "name value",
    "ContentReport": "ground text at reporter",
    "ModerationReason": "decision code ground text textHtml at",
    "ModerationQueueState": "count topicCounts topics",
    "ModerationQueueCount": "count topic",
    "ModerationLoad": "count topic",
    "ContentReported": "subject",
    "CaseChanged": "case next",
    "NextModerationCase": "case",
}
SLICE = Slice(table(_TABLE), _ARGUMENTS, _PLAIN, {})
