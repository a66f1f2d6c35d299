"""Notifications, and which are enabled."""

from tests.api.matrix.case import Slice, table

_TABLE = """
Mutation.markNotificationsRead
    the author's  some: author | barred | none: *
    up to the author's  some: resident moderator authors | barred | none: *
Mutation.setNotificationPreference
    -  barred | ok: *
Mutation.setNotificationPreferences
    -  barred | ok: *
Mutation.muteProposal
    published  barred | ok: *
    draft  ok: authors | barred | not_found: *
    hidden  ok: authors in_charge | barred | not_found: *
Mutation.unmuteProposal
    published, draft, hidden  barred | ok: *
Mutation.useNotificationWayOut
    the author's  scope_missing: tokens | ok: *
    no such  scope_missing: tokens | not_found: *
Query.notificationWayOut
    the author's  scope_missing: blind_token | ok: *
    no such  scope_missing: blind_token | not_found: *
Subscription.notificationArrived
    -  read_barred | ok: *
Viewer.notifications
    -  some: resident authors moderator read_token | no_viewer | none: *
Viewer.unreadCount
    -  some: resident authors moderator read_token | no_viewer | none: *
Viewer.notificationPreferences
    -  no_viewer | some: *
Viewer.notificationCausePreferences
    -  no_viewer | some: *
Notification.path
    the latest  ok: resident authors moderator read_token | no_viewer | none: *
Notification.proposal
    the latest  ok: resident authors moderator read_token | no_viewer | none: *
"""
_ARGUMENTS = {
    "Mutation.markNotificationsRead": 'ids: ["$notification"]',
    "Mutation.setNotificationPreference": "kind: ANSWERED, channel: EMAIL, enabled: false",
    "Mutation.setNotificationPreferences": "choices: [{kind: ANSWERED, channel: EMAIL, enabled: false}]",
    "Mutation.muteProposal": 'id: "$on"',
    "Mutation.unmuteProposal": 'id: "$on"',
    "Mutation.useNotificationWayOut": 'token: "$way_out"',
    "Mutation.useNotificationWayOut (no such)": 'token: "nothing"',
    "Query.notificationWayOut": 'token: "$way_out"',
    "Query.notificationWayOut (no such)": 'token: "nothing"',
    "Mutation.markNotificationsRead (up to the author's)": 'upTo: "$notification"',
}
_PLAIN = {
    "Notification": "id kind cause subject text reasons action createdAt readAt contentId commentId topic",
    "NotificationPreference": "kind channel label enabled wanted isRequired",
    "NotificationsRead": "changed unreadCount",
    "NotificationCausePreference": "cause channel label enabled",
    "NotificationPreferencesChanged": "preferences causes",
    "ProposalMuteChanged": "changed proposal",
    "NotificationWayOut": "kind cause choices proposal",
    "NotificationWayOutChoice": "scope label enabled",
    "InboxState": "unreadCount newest",
}
SLICE = Slice(
    table(_TABLE), _ARGUMENTS, _PLAIN, {"Viewer": "viewer", "Notification": "viewer.notifications.nodes"}
)
