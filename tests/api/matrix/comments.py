"""Comments and replies."""

from tests.api.matrix.case import Slice, table

_WRITTEN = '{body: "Dette er en ny kommentar om saken."}'


def _reply_to(parent: str) -> str:
    return f'subject: "$published", input: {{body: "Et svar på det.", parent: "${parent}"}}'


_TABLE = """
Query.node
    comment, reply, comment_hidden, comment_withdrawn, comment_gone  ok: everybody
    comment_on_hidden  ok: authors in_charge read_token | null: *
    comment_submitted, comment_rejected  ok: author moderator read_token | null: *
Mutation.createComment
    published  too_young: minor | barred | ok: *
    draft  not_commentable: authors | barred | not_found: *
    done  barred | not_commentable: *
    hidden  not_commentable: authors in_charge | barred | not_found: *
    a reply to comment  too_young: minor | barred | ok: *
    a reply to reply  too_young: minor | barred | reply_too_deep: *
    a reply to comment_hidden  too_young: minor | barred | comment_not_open: *
    a reply to comment_submitted  comment_not_open: author moderator | too_young: minor | barred | not_found: *
Mutation.withdrawComment
    comment  ok: author | barred | author_only: *
    comment_submitted  ok: author | author_only: moderator | scope_missing: tokens | not_found: *
    comment_hidden  not_withdrawable: author | barred | author_only: *
    comment_rejected  author_only: moderator | not_withdrawable: author | scope_missing: tokens | not_found: *
    comment_gone  not_withdrawable: author | barred | author_only: *
    comment_on_hidden  ok: author | author_only: co_author in_charge | scope_missing: tokens | not_found: *
Comment.body
    comment  ok: everybody
    comment_hidden  ok: author moderator read_token | null: *
    comment_withdrawn  ok: moderator read_token | null: *
    comment_submitted, comment_rejected  ok: author moderator read_token | null: *
Comment.bodyHtml
    comment  ok: everybody
    comment_hidden  ok: author moderator read_token | null: *
    comment_withdrawn  ok: moderator read_token | null: *
    comment_submitted, comment_rejected  ok: author moderator read_token | null: *
Comment.author
    comment  ok: everybody
    comment_hidden  ok: author moderator read_token | null: *
    comment_withdrawn  ok: moderator read_token | null: *
    comment_submitted, comment_rejected  ok: author moderator read_token | null: *
Comment.moderationReason
    comment  null: everybody
    comment_hidden  ok: author moderator read_token | null: *
    comment_withdrawn, comment_submitted  null: everybody
    comment_rejected  ok: author moderator read_token | null: *
Comment.viewerIsAuthor
    comment, comment_hidden  yes: author | no: *
    comment_submitted  yes: author | no: moderator read_token | null: *
Comment.viewerCanReply
    comment  too_young: minor | barred | ok: *
    comment_hidden  scope_missing: tokens | comment_not_open: *
    comment_submitted  comment_not_open: author moderator | scope_missing: read_token | null: *
Comment.viewerCanWithdraw
    comment  ok: author | barred | author_only: *
    comment_hidden  not_withdrawable: author | barred | author_only: *
    comment_submitted  ok: author | author_only: moderator | scope_missing: read_token | null: *
Comment.viewerCanReport
    comment  own_content: author | barred | ok: *
    comment_hidden  own_content: author | barred | comment_not_open: *
    comment_submitted  comment_not_open: moderator | own_content: author | scope_missing: read_token | null: *
Comment.viewerCanRestore
    comment  not_hidden: moderator | barred | role_missing: *
    comment_hidden  ok: moderator | barred | role_missing: *
    comment_submitted  not_hidden: moderator | role_missing: author | scope_missing: read_token | null: *
Comment.proposal
    comment  ok: everybody
    comment_on_hidden  ok: authors in_charge read_token | null: *
Comment.subject
    comment  ok: everybody
    comment_on_hidden  ok: authors in_charge read_token | null: *
Comment.parent
    reply  ok: everybody
    comment  null: everybody
Comment.replies
    comment, comment_hidden  rows_1: everybody
"""
_ARGUMENTS = {
    "Query.node": 'id: "$on"',
    "Mutation.createComment": f'subject: "$on", input: {_WRITTEN}',
    "Mutation.withdrawComment": 'id: "$on"',
    "Mutation.createComment (a reply to comment)": _reply_to("comment"),
    "Mutation.createComment (a reply to reply)": _reply_to("reply"),
    "Mutation.createComment (a reply to comment_hidden)": _reply_to("comment_hidden"),
    "Mutation.createComment (a reply to comment_submitted)": _reply_to("comment_submitted"),
}
_PLAIN = {
    "Comment": "id stance language state isStaff isDemo createdAt publishedAt parentId",
    "CommentChanged": "comment",
}
SLICE = Slice(table(_TABLE), _ARGUMENTS, _PLAIN, {})
