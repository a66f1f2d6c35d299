"""Notifications, and which are wanted."""

from tests.api.matrix.case import Slice, table

_TABLE = """
Mutation.markNotificationsRead
    the author's  some: author | barred | none: *
    up to the author's  some: resident moderator authors | barred | none: *
Mutation.setNotificationPreference
    -  barred | ok: *
Mutation.setNotificationPreferences
    -  barred | ok: *
Subscription.notificationArrived
    -  read_barred | ok: *
Viewer.notifications
    -  some: resident authors moderator read_token | no_viewer | none: *
Viewer.unreadCount
    -  some: resident authors moderator read_token | no_viewer | none: *
Viewer.notificationPreferences
    -  no_viewer | some: *
Notification.proposal
    the latest  ok: resident authors moderator read_token | no_viewer | none: *
"""
_ARGUMENTS = {
    "Mutation.markNotificationsRead": 'ids: ["$notification"]',
    "Mutation.setNotificationPreference": "kind: ANSWERED, channel: EMAIL, wanted: false",
    "Mutation.setNotificationPreferences": "choices: [{kind: ANSWERED, channel: EMAIL, wanted: false}]",
    "Mutation.markNotificationsRead (up to the author's)": 'upTo: "$notification"',
}
_PLAIN = {
    "Notification": "id kind cause subject text reasons createdAt readAt commentId topic",
    "NotificationPreference": "kind channel label wanted isRequired",
    "NotificationsRead": "changed unreadCount",
    "NotificationPreferencesChanged": "preferences",
    "InboxState": "unreadCount newest",
}
SLICE = Slice(
    table(_TABLE), _ARGUMENTS, _PLAIN, {"Viewer": "viewer", "Notification": "viewer.notifications.nodes"}
)
