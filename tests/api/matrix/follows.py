"""Following topics and proposals."""

from tests.api.matrix.case import Slice, table

_TABLE = """
Mutation.follow
    published, topic  barred | ok: *
    draft  ok: authors | barred | not_found: *
    hidden  ok: authors in_charge | barred | not_found: *
    no such  scope_missing: tokens | id_not_valid: *
Mutation.unfollow
    published, draft, hidden, topic  barred | ok: *
Follow.thing
    the latest is hidden by now  ok: read_token | null: stranger resident | error_scope_missing: blind_token | none: *
Mutation.followProposal
    published  barred | ok: *
    draft  ok: authors | barred | not_found: *
    hidden  ok: authors in_charge | barred | not_found: *
Mutation.unfollowProposal
    published, draft, hidden  barred | ok: *
Mutation.followTopic
    topic  barred | ok: *
    no such  scope_missing: tokens | id_not_valid: *
Mutation.unfollowTopic
    topic  barred | ok: *
Viewer.follows
    -  some: resident read_token | no_viewer | none: *
Follow.topic
    -  null: stranger resident read_token | error_scope_missing: blind_token | none: *
Follow.proposal
    the latest is hidden by now  ok: read_token | null: stranger resident | error_scope_missing: blind_token | none: *
"""
_ARGUMENTS = {
    "Mutation.follow": 'id: "$on"',
    "Mutation.unfollow": 'id: "$on"',
    "Mutation.follow (no such)": 'id: "nothing"',
    "Mutation.followProposal": 'id: "$on"',
    "Mutation.unfollowProposal": 'id: "$on"',
    "Mutation.followTopic": 'id: "$on"',
    "Mutation.unfollowTopic": 'id: "$on"',
    "Mutation.followTopic (no such)": 'id: "nothing"',
}
_PLAIN = {
    "Follow": "since",
    "FollowChanged": "changed isFollowing thing",
    "ProposalFollowChanged": "changed proposal",
    "TopicFollowChanged": "changed topic",
}
SLICE = Slice(table(_TABLE), _ARGUMENTS, _PLAIN, {"Viewer": "viewer", "Follow": "viewer.follows.nodes"})
