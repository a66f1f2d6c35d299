"""Proposals, their authors' invitations and what planners do."""

from tests.api.matrix.case import Slice, table

_WORDS = (
    '{title: "Et helt nytt forslag", body: "Noe som ingen har skrevet om før, med nok ord.", language: "nb"}'
)
_ANSWER = '{outcome: ACCEPTED, reason: "Vi gjør dette neste år, fordi mange har bedt om det."}'
_TABLE = """
Query.node
    draft, withdrawn_unseen  ok: authors | null: *
    submitted, rejected  ok: authors in_charge read_token | null: *
    published, assessment, answered, under_way, done, withdrawn, reported  ok: everybody
    hidden  ok: authors in_charge read_token | null: *
    own_of_moderator  ok: read_token in_charge | null: *
    note  ok: read_token in_charge | null: *
Query.proposal
    draft, withdrawn_unseen  ok: authors | null: *
    submitted, rejected  ok: authors in_charge read_token | null: *
    published, assessment, answered, under_way, done, withdrawn, reported  ok: everybody
    hidden  ok: authors in_charge read_token | null: *
    own_of_moderator  ok: read_token in_charge | null: *
Query.proposals
    all, those of the author  rows_8: everybody
    in states that are not public, with words of what is hidden  rows_0: everybody
Query.proposalMap
    all  ok: everybody
Query.proposalSearch
    with words of what is hidden  ok: everybody
Query.similarProposals
    like a draft  none: everybody
    like a public one  some: everybody
Query.coAuthorInvitations
    draft, published, hidden  ok: author | first_author_only: co_author | read_barred | not_found: *
Query.answerAudience
    assessment  ok: planner read_token | read_barred | role_missing: *
    draft  role_missing: authors | read_barred | not_found: *
    answered  already_answered: planner read_token | read_barred | role_missing: *
    hidden  not_answerable: planner read_token | role_missing: moderator authors | read_barred | not_found: *
Query.previewAnswer
    -  ok: planner planner_elsewhere | barred | planners_only: *
Query.checkText
    -  barred | ok: *
Query.coAuthorInvitation
    -  read_barred | ok: *
    a wrong secret  read_barred | not_found: *
Subscription.proposalUpdated
    draft  ok: authors | null: *
    published  ok: everybody
    hidden  ok: authors in_charge read_token | null: *
Mutation.createProposal
    a draft, handed in  residents_only: outsider | too_young: minor | barred | ok: *
Mutation.editProposal
    draft  ok: authors | scope_missing: tokens | not_found: *
    submitted  ok: authors | authors_only: in_charge | scope_missing: tokens | not_found: *
    published  ok: authors | barred | authors_only: *
    answered  not_editable: authors | barred | authors_only: *
    hidden  authors_only: in_charge | not_editable: authors | scope_missing: tokens | not_found: *
Mutation.submitProposal
    draft  ok: authors | scope_missing: tokens | not_found: *
    rejected  ok: authors | authors_only: in_charge | scope_missing: tokens | not_found: *
    published  already_submitted: authors | barred | authors_only: *
    hidden  already_submitted: authors | authors_only: in_charge | scope_missing: tokens | not_found: *
Mutation.withdrawProposal
    draft  ok: authors | scope_missing: tokens | not_found: *
    published  ok: authors | barred | authors_only: *
    answered  not_withdrawable: authors | barred | authors_only: *
    hidden  authors_only: in_charge | not_withdrawable: authors | scope_missing: tokens | not_found: *
Mutation.withdrawEdit
    edited  ok: authors | barred | authors_only: *
    published  not_found: authors | barred | authors_only: *
    draft  scope_missing: tokens | not_found: *
Mutation.supportProposal
    supportable  own_proposal: authors | residents_only: outsider | too_young: minor | barred | ok: *
    draft  not_supportable: authors | scope_missing: tokens | not_found: *
    answered  scope_missing: tokens | not_supportable: *
    hidden  not_supportable: authors in_charge | scope_missing: tokens | not_found: *
Mutation.withdrawSupport
    supportable  barred | ok: *
    draft  not_supportable: authors | scope_missing: tokens | not_found: *
    answered  scope_missing: tokens | not_supportable: *
    hidden  not_supportable: authors in_charge | scope_missing: tokens | not_found: *
Mutation.startAssessment
    published  ok: planner | barred | role_missing: *
    draft  role_missing: authors | scope_missing: tokens | not_found: *
    submitted  role_missing: authors moderator | step_not_permitted: planner | scope_missing: tokens | not_found: *
    hidden  role_missing: authors moderator | step_not_permitted: planner | scope_missing: tokens | not_found: *
Mutation.answerProposal
    assessment  ok: planner | barred | role_missing: *
    draft  role_missing: authors | barred | not_found: *
    answered  already_answered: planner | barred | role_missing: *
    hidden  role_missing: moderator authors | step_not_permitted: planner | barred | not_found: *
Mutation.answerProposals
    assessment  ok: planner | barred | role_missing: *
    draft  role_missing: authors | barred | not_found: *
    hidden  role_missing: moderator authors | step_not_permitted: planner | barred | not_found: *
Mutation.startAssessments
    published  ok: planner | barred | role_missing: *
    draft  role_missing: authors | barred | not_found: *
    answered  already_answered: planner | barred | role_missing: *
    hidden  role_missing: moderator authors | step_not_permitted: planner | barred | not_found: *
Mutation.changeStatus
    assessment  ok: planner | barred | role_missing: *
    draft  role_missing: authors | scope_missing: tokens | not_found: *
    hidden  role_missing: moderator authors | scope_missing: tokens | step_not_permitted: planner | not_found: *
Mutation.addInternalNote
    published  ok: in_charge | barred | role_missing: *
    draft  role_missing: authors | barred | not_found: *
    hidden  ok: in_charge | role_missing: authors | barred | not_found: *
    own_of_moderator  ok: planner | own_proposal_notes: moderator | barred | not_found: *
Mutation.withdrawInternalNote
    -  ok: planner | writer_only: moderator | barred | not_found: *
Mutation.inviteCoAuthor
    draft  ok: author | first_author_only: co_author | scope_missing: tokens | not_found: *
    published  ok: author | first_author_only: co_author | barred | authors_only: *
    answered  not_editable: authors | barred | authors_only: *
    hidden  authors_only: in_charge | not_editable: authors | scope_missing: tokens | not_found: *
Mutation.acceptInvitation
    -  own_invitation: author | residents_only: outsider | too_young: minor | barred | ok: *
    a wrong secret  barred | not_found: *
Mutation.revokeInvitation
    -  ok: author | first_author_only: co_author | barred | not_found: *
Mutation.leaveProposal
    draft, published, hidden  ok: co_author | barred | not_found: *
Proposal.viewerHasSupported
    published  yes: resident read_token | no: *
    hidden  no: authors in_charge read_token | null: *
Proposal.viewerIsAuthor
    published  yes: authors | no: *
    hidden  yes: authors | no: read_token in_charge | null: *
Proposal.viewerEditIsAmendment
    published  yes: authors | no: *
    hidden  no: authors read_token in_charge | null: *
Proposal.viewerEditAmends
    published  yes: authors | no: *
    hidden  no: authors read_token in_charge | null: *
Proposal.viewerIsFollowing
    published  yes: resident read_token | no: *
    hidden  yes: read_token | no: authors in_charge | null: *
Proposal.updatedAt
    published  ok: *
    draft  ok: authors | null: *
Proposal.viewerHasMuted
    published  no: *
    hidden  no: authors in_charge read_token | null: *
Proposal.viewerNotificationCauses
    published  some: authors resident read_token | none: *
    hidden  some: authors read_token | none: in_charge | null: *
Proposal.viewerCanSupport
    draft  not_supportable: authors | null: *
    supportable  own_proposal: authors | residents_only: outsider | too_young: minor | barred | ok: *
    answered  scope_missing: tokens | not_supportable: *
    hidden  not_supportable: authors in_charge | scope_missing: read_token | null: *
Proposal.viewerCanWithdrawSupport
    draft  not_supportable: authors | null: *
    supportable  barred | ok: *
    answered  scope_missing: tokens | not_supportable: *
    hidden  not_supportable: authors in_charge | scope_missing: read_token | null: *
Proposal.viewerCanComment
    draft  not_commentable: authors | null: *
    published, answered  too_young: minor | barred | ok: *
    hidden  not_commentable: authors in_charge | scope_missing: read_token | null: *
Proposal.viewerCanEdit
    draft  ok: authors | null: *
    published  ok: authors | barred | authors_only: *
    answered  not_editable: authors | barred | authors_only: *
    hidden  authors_only: in_charge | not_editable: authors | scope_missing: read_token | null: *
Proposal.viewerCanSubmit
    draft  ok: authors | null: *
    published, answered  already_submitted: authors | barred | authors_only: *
    hidden  already_submitted: authors | authors_only: in_charge | scope_missing: read_token | null: *
Proposal.viewerCanWithdraw
    draft  ok: authors | null: *
    published  ok: authors | barred | authors_only: *
    answered  not_withdrawable: authors | barred | authors_only: *
    hidden  authors_only: in_charge | not_withdrawable: authors | scope_missing: read_token | null: *
Proposal.viewerCanInvite
    draft  ok: author | first_author_only: co_author | null: *
    published  ok: author | first_author_only: co_author | barred | authors_only: *
    answered  not_editable: authors | barred | authors_only: *
    hidden  authors_only: in_charge | not_editable: authors | scope_missing: read_token | null: *
Proposal.viewerCanAssess
    draft  role_missing: authors | null: *
    published, answered  ok: planner | barred | role_missing: *
    hidden  ok: planner | role_missing: moderator authors | scope_missing: read_token | null: *
Proposal.viewerCanNote
    published  ok: in_charge | barred | role_missing: *
    draft  role_missing: authors | null: *
    hidden  ok: in_charge | role_missing: authors | scope_missing: read_token | null: *
    own_of_moderator  ok: planner | own_proposal_notes: moderator | scope_missing: read_token | null: *
Proposal.internalNotes
    published  rows_1: in_charge read_token | read_barred | role_missing: *
    draft  role_missing: authors | null: *
    hidden  none: in_charge read_token | role_missing: authors | null: *
    own_of_moderator  none: planner read_token | own_proposal_notes: moderator | null: *
Proposal.viewerNextStates
    published, assessment, answered  some: planner | none: *
    draft  none: authors | null: *
    hidden  none: in_charge authors read_token | null: *
InternalNote.viewerIsAuthor
    note  yes: planner | no: moderator read_token | null: *
Proposal.viewerCanReport
    draft  own_content: authors | null: *
    published, answered  own_content: authors | barred | ok: *
    hidden  not_public: in_charge | own_content: authors | scope_missing: read_token | null: *
Proposal.viewerCanRestore
    draft  role_missing: authors | null: *
    published, answered  not_hidden: moderator | barred | role_missing: *
    hidden  ok: moderator | role_missing: planner authors | scope_missing: read_token | null: *
Proposal.viewerPendingComments
    published  rows_3: author | rows_0: *
Proposal.viewerCommentsAside
    published  rows_3: author | rows_0: *
Proposal.comments
    published  rows_4: everybody
Proposal.versions
    edited  rows_2: authors | rows_1: *
Proposal.pendingVersion
    edited  ok: authors in_charge read_token | null: *
    published  null: everybody
Proposal.moderationReason
    rejected, hidden  ok: authors moderator read_token | null: *
    published  null: everybody
"""
_ARGUMENTS = {
    "Query.node": 'id: "$on"',
    "Query.proposal": 'id: "$on"',
    "Query.proposalSearch": 'filter: {search: "rotter"}',
    "Query.similarProposals": 'title: "Gatelys ved holdeplassen", body: "Det er bekmørkt der bussen stopper."',
    "Query.coAuthorInvitations": 'proposal: "$on"',
    "Query.answerAudience": 'ids: ["$on"]',
    "Query.coAuthorInvitation": 'secret: "$secret"',
    "Query.coAuthorInvitation (a wrong secret)": 'secret: "wrong"',
    "Subscription.proposalUpdated": 'id: "$on"',
    "Mutation.createProposal": f'topic: "$topic", input: {_WORDS}',
    "Mutation.editProposal": f'id: "$on", input: {_WORDS}, expectedVersion: 1',
    "Mutation.submitProposal": 'id: "$on"',
    "Mutation.withdrawProposal": 'id: "$on"',
    "Mutation.withdrawEdit": 'id: "$on", expectedVersion: 3',
    "Mutation.supportProposal": 'id: "$on"',
    "Mutation.withdrawSupport": 'id: "$on"',
    "Mutation.startAssessment": 'id: "$on"',
    "Mutation.answerProposal": f'id: "$on", input: {_ANSWER}',
    "Mutation.answerProposals": f'ids: ["$on"], input: {_ANSWER}',
    "Mutation.startAssessments": 'ids: ["$on"]',
    "Query.previewAnswer": f"input: {_ANSWER}",
    "Mutation.changeStatus": 'id: "$on", status: PUBLISHED',
    "Query.checkText": 'title: "Ring meg", body: "Mitt nummer er 913 45 678."',
    "Mutation.addInternalNote": 'proposal: "$on", body: "Dette er alt med i planen."',
    "Mutation.withdrawInternalNote": 'id: "$note"',
    "Mutation.inviteCoAuthor": 'proposal: "$on"',
    "Mutation.acceptInvitation": 'secret: "$secret"',
    "Mutation.revokeInvitation": 'id: "$invitation"',
    "Mutation.leaveProposal": 'id: "$on"',
    "Query.proposals (those of the author)": 'filter: {author: "$author"}',
    "Query.proposals (in states that are not public)": (
        "filter: {states: [DRAFT, SUBMITTED, REJECTED, WITHDRAWN, HIDDEN]}"
    ),
    "Query.proposals (with words of what is hidden)": 'filter: {search: "rotter"}',
    "Query.similarProposals (like a public one)": (
        'title: "Flere benker i parken", body: "Eldre som går tur trenger steder der de kan hvile beina."'
    ),
    "Mutation.createProposal (handed in)": f'topic: "$topic", input: {_WORDS}, submit: true',
    "Mutation.acceptInvitation (a wrong secret)": 'secret: "wrong"',
}
_PLAIN = {
    "ProposalMap": "features shown total",
    "ProposalSearch": "count isMore corrected isPartial",
    "Proposal": (
        "id title body language state outcome supportCount commentCount version versionCount createdAt submittedAt "
        "publishedAt answeredAt activeAt source isDemo bodyHtml position topic place author coAuthors "
        "timeline answer answerDueAt links similar"
    ),
    "TimelineStep": "number source target part reason at actor",
    "Answer": "outcome reason language at reasonHtml planner",
    "ProposalVersion": "number publicNumber title body isAmendment at editor",
    "PendingVersion": "number state title body bodyHtml language position place at editor moderationReason",
    "ProposalLink": "kind target details",
    "LinkDetail": "name value",
    "CoAuthorInvitations": "invitations",
    "CoAuthorInvitation": "id createdAt expiresAt acceptedAt acceptedBy",
    "ProposalChanged": "proposal",
    "SupportChanged": "changed proposal",
    "ProposalsAnswered": "results",
    "AnswerResult": "id proposal problem",
    "AnswerPreview": "outcome language reasonHtml",
    "AssessmentsStarted": "results",
    "AssessmentResult": "id proposal problem",
    "InternalNote": "id body createdAt withdrawnAt author",
    "InternalNoteChanged": "note",
    "TextChecked": "findings",
    "PersonalDataFinding": "field kind start end message",
    "AnswerAudience": "people results",
    "ProposalAudience": "id people causes problem proposal",
    "AudienceCause": "cause count",
    "CoAuthorInvited": "id secret expiresAt",
    "ProposalLeft": "proposal",
    "InvitedTo": "title language expiresAt invitedBy",
}
SLICE = Slice(table(_TABLE), _ARGUMENTS, _PLAIN, {})
