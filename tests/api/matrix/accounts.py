"""The viewer, roles, sessions, keys and requests about one's data."""

from tests.api.matrix.case import Slice, table

_TABLE = """
Query.viewer
    -  no_viewer | ok: *
Query.account
    -  ok: admin | barred | role_missing: *
    no such  id_not_valid: everybody
Query.accounts
    -  some: admin | barred | role_missing: *
Query.roleGrants
    -  some: admin | barred | role_missing: *
Query.nameHistory
    of the author  ok: author moderator | no_case_about_author: moderator_elsewhere | barred | role_missing: *
Mutation.updateProfile
    -  barred | ok: *
Mutation.confirmEmail
    no such  barred | not_found: *
Mutation.confirmEmailAddress
    no such  scope_missing: tokens | not_found: *
Mutation.grantRole
    -  ok: admin | barred | role_missing: *
Mutation.endRole
    -  ok: admin | barred | role_missing: *
Mutation.endAccountSessions
    -  ok: admin | barred | role_missing: *
Mutation.endAccountTokens
    -  ok: admin | barred | role_missing: *
Mutation.suspendAccount
    -  ok: admin | barred | role_missing: *
Mutation.reinstateAccount
    -  not_suspended: admin | barred | role_missing: *
Mutation.revokeSession
    the author's  ok: author | barred | not_found: *
Mutation.revokeOtherSessions
    -  barred | ok: *
Mutation.createAccessToken
    -  ok: staff | no_browser | staff_only: *
Mutation.revokeAccessToken
    the planner's  ok: planner | no_browser | not_found: *
Mutation.requestMyData
    -  no_browser | ok: *
Mutation.requestDeletion
    -  no_browser | ok: *
Viewer.email
    -  null: stranger minor outsider | error_scope_missing: blind_token | masked: read_token | ok: *
Viewer.pendingEmail
    -  no_viewer | null: *
Viewer.hasNationalNumber
    -  no_viewer | yes: *
Viewer.accountBinding
    -  no_viewer | null: *
Viewer.roles
    -  no_viewer | none: resident minor outsider authors | some: *
Viewer.proposals
    -  some: moderator authors | no_viewer | none: *
Viewer.supportedProposals
    -  some: resident read_token | no_viewer | none: *
Viewer.answeredProposals
    -  some: authors | no_viewer | none: *
Viewer.comments
    -  some: resident author | no_viewer | none: *
Viewer.sessions
    -  no_viewer | some: *
Viewer.accessTokens
    -  some: planner | null: stranger | browser_needed: read_token | error_scope_missing: blind_token | none: *
Viewer.viewerCanCreateAccessTokens
    -  ok: staff | null: stranger | browser_needed: read_token | error_scope_missing: blind_token | staff_only: *
Viewer.dataRequests
    -  some: author | null: stranger | browser_needed: read_token | error_scope_missing: blind_token | none: *
Viewer.planner
    -  ok: planner planner_elsewhere read_token | error_scope_missing: blind_token | null: *
PlannerDesk.topics
    -  rows_1: planner planner_elsewhere | some: read_token | error_scope_missing: blind_token | null: *
PlannerDesk.proposals
    -  some: planner read_token | none: planner_elsewhere | error_scope_missing: blind_token | null: *
PlannerDesk.proposalSearch
    -  ok: planner read_token planner_elsewhere | error_scope_missing: blind_token | null: *
Viewer.viewerCanAdminister
    -  ok: admin | null: stranger | scope_missing: read_token | error_scope_missing: blind_token | role_missing: *
Viewer.homePlace
    -  error_scope_missing: blind_token | null: *
Session.isCurrent
    the latest used  no_viewer | no: author read_token | yes: *
"""
_ARGUMENTS = {
    "PlannerDesk.proposalSearch": 'filter: {search: "benker"}',
    "Query.account": 'id: "$author"',
    "Query.nameHistory": 'author: "$author"',
    "Mutation.updateProfile": 'input: {language: "nn"}',
    "Mutation.confirmEmail": 'secret: "nothing"',
    "Mutation.confirmEmailAddress": 'secret: "nothing"',
    "Mutation.grantRole": 'account: "$resident", role: PLANNER',
    "Mutation.endAccountSessions": 'account: "$resident", reason: "Sluttet."',
    "Mutation.endAccountTokens": 'account: "$resident", reason: "Sluttet."',
    "Mutation.suspendAccount": 'account: "$resident", reason: "Sluttet."',
    "Mutation.reinstateAccount": 'account: "$resident", reason: "Sluttet."',
    "Mutation.endRole": 'id: "$grant"',
    "Mutation.revokeSession": 'id: "$session"',
    "Mutation.createAccessToken": 'name: "Script", scopes: ["read"]',
    "Mutation.revokeAccessToken": 'id: "$token"',
    "Mutation.requestDeletion": "keepContent: true",
    "Query.account (no such)": 'id: "nothing"',
}
_PLAIN = {
    "Author": "id displayName hasLeft isStaff",
    "Viewer": "id displayName nameKind language birthYear homeMunicipality isNew isStaff createdAt residenceSource",
    "PlannerDesk": "waitingCount overdueCount",
    "RoleGrant": "id role fromProvider createdAt endedAt holder topic grantedBy endedBy",
    "Session": "id provider device createdAt lastSeenAt expiresAt",
    "AccessToken": "id name scopes createdAt expiresAt lastUsedAt",
    "DataRequest": ("id kind keepContent state progress createdAt finishedAt expiresAt canFetch downloadUrl"),
    "Account": "person isMachine createdAt roles roleGrants standing acts",
    "AccountAct": "kind reason createdAt actor",
    "AccountStanding": "suspendedAt sessionCount accessTokenCount lastLoginAt",
    "AccountSupervised": "id standing",
    "AccountBinding": "since isEmployee",
    "NameHistory": "names",
    "UsedName": "displayName kind since",
    "ProfileChanged": "viewer",
    "EmailConfirmed": "email",
    "RoleChanged": "grant",
    "SessionsRevoked": "count",
    "AccessTokenCreated": "id secret expiresAt",
    "AccessTokenRevoked": "id",
    "DataRequested": "request",
}
SLICE = Slice(
    table(_TABLE),
    _ARGUMENTS,
    _PLAIN,
    {"Viewer": "viewer", "Session": "viewer.sessions.nodes", "PlannerDesk": "viewer.planner"},
)
