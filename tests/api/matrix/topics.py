"""Topics and places."""

from tests.api.matrix.case import Slice, table

_CONTENT = (
    '{texts: [{language: "nb", title: "Et nytt tema", summary: "To setninger om temaet. Her er den andre.",'
    ' body: "Hele teksten om temaet, med det som trengs."}]}'
)
_FRAME = '{goals: [1], opensAt: "2026-01-01T00:00:00Z", answerDays: 30, moderationMode: HOLD_RISKY}'
_PLACE = (
    '{slug: "et-nytt-sted", names: [{language: "nb", name: "Et sted"}], kind: TOWN, geometry: {type: "Polygon",'
    " coordinates: [[[10, 59], [11, 59], [11, 60], [10, 59]]]}}"
)
_TABLE = """
Query.topics
    -  some: everybody
Query.topic
    -  ok: everybody
    no such  null: everybody
Query.figures
    -  ok: everybody
Query.goals
    -  rows_4: everybody
Query.previewTopicBody
    -  ok: planner planner_elsewhere admin | barred | role_missing: *
Query.places
    -  some: everybody
Query.node
    topic, place  ok: everybody
Mutation.createTopic
    -  ok: admin | barred | role_missing: *
Mutation.updateTopic
    content  ok: planner admin | barred | topic_not_yours: *
    frame  ok: admin | barred | role_missing: *
    no such  scope_missing: tokens | id_not_valid: *
Mutation.createPlace
    -  ok: admin | barred | role_missing: *
Mutation.updatePlace
    -  ok: admin | barred | role_missing: *
    no such  id_not_valid: admin | barred | role_missing: *
Place.viewerCanAdminister
    place  ok: admin | barred | role_missing: *
Topic.viewerCanManage
    topic  ok: planner admin | barred | topic_not_yours: *
Topic.viewerCanAdminister
    topic  ok: admin | barred | role_missing: *
Topic.viewerCanPropose
    topic  residents_only: outsider | too_young: minor | barred | ok: *
    topic_elsewhere  barred | ok: *
Topic.proposals
    topic  rows_8: everybody
Topic.proposalSearch
    topic  ok: everybody
Topic.proposalMap
    topic  ok: everybody
Topic.viewerIsFollowing
    topic  yes: resident read_token | no: *
"""
_ARGUMENTS = {
    "Query.previewTopicBody": 'body: "Hele teksten om temaet, med det som trengs."',
    "Query.topic": 'slug: "mobilitetsstrategi"',
    "Query.node": 'id: "$on"',
    "Topic.proposalSearch": 'filter: {search: "benker"}',
    "Topic.proposalMap": "filter: {}",
    "Mutation.createTopic": f'slug: "et-nytt-tema", content: {_CONTENT}, frame: {_FRAME}',
    "Mutation.updateTopic": f'id: "$topic", expectedVersion: $version, content: {_CONTENT}',
    "Mutation.createPlace": f"input: {_PLACE}",
    "Mutation.updatePlace": f'id: "$place", expectedVersion: 1, input: {_PLACE}',
    "Mutation.updatePlace (no such)": f'id: "nothing", expectedVersion: 1, input: {_PLACE}',
    "Query.topic (no such)": 'slug: "ingen"',
    "Mutation.updateTopic (frame)": f'id: "$topic", expectedVersion: $version, frame: {_FRAME}',
    "Mutation.updateTopic (no such)": f'id: "nothing", expectedVersion: 1, frame: {_FRAME}',
}
_PLAIN = {
    "Topic": (
        "id slug title summary body language opensAt closesAt answerDays moderationMode proposalsOpen "
        "supportsOpen commentsOpen countsImported version bodyHtml goals requirements places texts responsible figures"
    ),
    "TopicFigures": (
        "proposalCount importedCount answeredCount waitingCount overdueCount supportCount medianDaysToAnswer"
    ),
    "Figures": (
        "openTopicCount proposalCount importedCount answeredCount answeredPercent supportCount participantCount "
        "medianDaysToAnswer"
    ),
    "TopicBodyPreview": "bodyHtml",
    "Goal": "number title",
    "TopicRequirement": "action minAge residentsOnly acceptsDeclared",
    "TopicText": "language title summary body",
    "Place": "id slug name kind geometry version names",
    "PlaceName": "language name",
    "PlaceChanged": "place",
    "TopicChanged": "topic",
}
SLICE = Slice(table(_TABLE), _ARGUMENTS, _PLAIN, {})
