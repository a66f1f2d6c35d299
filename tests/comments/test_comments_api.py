"""The discussion over the API: what each viewer sees, and how many statements a page takes."""

from api.node_ids import to_global_id
from backend.comments.service import withdraw_comment
from backend.moderation.service import screen_content
from backend.platform.authz import Actor, Role
from backend.platform.database import execute, fetch_value
from tests.comments.support import SENTENCES, commented, handed_in, many_comments
from tests.fixtures.counting import count_queries
from tests.fixtures.operations import ask
from tests.proposals.support import published

STRANGER = Actor(municipality_id=3201)


def _proposal(number: int) -> str:
    return to_global_id("Proposal", number)


async def test_a_comment_from_writing_to_reading(fresh, person, topic_id) -> None:
    resident = await person(name="Kari Kommentar")
    proposal_id = await published(await person(), await topic_id())
    words = {"body": "Dette *trenger* vi. <script>alert(1)</script>", "stance": "FOR"}
    made = await ask(fresh, resident, "CreateComment", subject=_proposal(proposal_id), input=words)
    assert made["__typename"] == "CommentChanged"
    comment = made["comment"]
    assert (comment["state"], comment["stance"], comment["publishedAt"]) == ("SUBMITTED", "FOR", None)
    assert "<script" not in comment["bodyHtml"]
    assert "<em>trenger</em>" in comment["bodyHtml"]
    mine = await ask(fresh, resident, "CommentsViewer", id=_proposal(proposal_id))
    assert [aside["id"] for aside in mine["viewerPendingComments"]] == [comment["id"]]
    assert (await ask(fresh, STRANGER, "ProposalComments", id=_proposal(proposal_id)))["comments"][
        "nodes"
    ] == []
    await screen_content(3201, "comment", await fetch_value("SELECT max(id) FROM comment"), 1)
    page = await ask(fresh, STRANGER, "ProposalComments", id=_proposal(proposal_id))
    (node,) = page["comments"]["nodes"]
    assert (node["author"]["displayName"], node["isStaff"]) == ("Kari Kommentar", False)
    assert node["replies"] == {"nodes": [], "pageInfo": {"hasNextPage": False, "endCursor": None}}


async def test_refusals_are_problems(fresh, person, topic_id) -> None:
    resident = await person()
    proposal_id = await published(await person(), await topic_id())
    comment_id = await commented(resident, proposal_id)
    reply_id = await commented(resident, proposal_id, SENTENCES[1], comment_id)

    async def tried(actor: Actor, **words: str) -> tuple[str, str]:
        answer = await ask(fresh, actor, "CreateComment", subject=_proposal(proposal_id), input=words)
        return answer["__typename"], answer["code"]

    assert await tried(STRANGER, body="Hei") == ("LoginProblem", "login_required")
    assert await tried(resident, body="") == ("InvalidProblem", "text_length")
    assert await tried(resident, body="Ring 412 34 567") == ("PersonalDataProblem", "personal_data")
    deep = to_global_id("Comment", reply_id)
    assert await tried(resident, body="Hei", parent=deep) == ("NotAllowedProblem", "reply_too_deep")
    assert await tried(resident, body="Hei", parent=_proposal(1)) == ("InvalidProblem", "id_not_valid")
    reader = Actor(3201, resident.account_id, scopes=frozenset({"read"}))
    assert await tried(reader, body="Hei") == ("NotAllowedProblem", "scope_missing")
    other = await ask(fresh, await person(), "WithdrawComment", id=to_global_id("Comment", comment_id))
    assert (other["__typename"], other["code"]) == ("NotAllowedProblem", "author_only")


async def test_what_was_withdrawn_shows_neither_words_nor_name(fresh, person, topic_id) -> None:
    resident, moderator = await person(), await person(role=Role.MODERATOR)
    proposal_id = await published(await person(), await topic_id())
    comment_id = await commented(resident, proposal_id)
    await commented(await person(), proposal_id, SENTENCES[1], comment_id)
    await withdraw_comment(resident, comment_id)
    for reader in (STRANGER, resident):
        (node,) = (await ask(fresh, reader, "ProposalComments", id=_proposal(proposal_id)))["comments"][
            "nodes"
        ]
        assert (node["state"], node["bodyHtml"], node["author"]) == ("WITHDRAWN", None, None)
        assert len(node["replies"]["nodes"]) == 1
    (node,) = (await ask(fresh, moderator, "ProposalComments", id=_proposal(proposal_id)))["comments"][
        "nodes"
    ]
    assert SENTENCES[0] in node["bodyHtml"]


async def test_what_waits_is_no_node_to_others(fresh, person, topic_id) -> None:
    resident = await person()
    proposal_id = await published(await person(), await topic_id())
    node_id = to_global_id("Comment", await handed_in(resident, proposal_id))
    assert await ask(fresh, STRANGER, "CommentReplies", id=node_id) is None
    assert (await ask(fresh, resident, "CommentReplies", id=node_id))["state"] == "SUBMITTED"


async def test_replies_go_on_where_a_page_ended(fresh, person, topic_id) -> None:
    resident = await person()
    proposal_id = await published(await person(), await topic_id())
    comment_id = await commented(resident, proposal_id)
    ids = [
        to_global_id("Comment", number)
        for number in await many_comments(resident, proposal_id, 7, comment_id)
    ]
    page = await ask(fresh, STRANGER, "ProposalComments", id=_proposal(proposal_id))
    replies = page["comments"]["nodes"][0]["replies"]
    seen = [node["id"] for node in replies["nodes"]]
    rest = await ask(
        fresh,
        STRANGER,
        "CommentReplies",
        id=to_global_id("Comment", comment_id),
        after=replies["pageInfo"]["endCursor"],
    )
    assert seen + [node["id"] for node in rest["replies"]["nodes"]] == ids


async def test_a_page_takes_the_same_statements_however_long(fresh, person, topic_id) -> None:
    proposal_id = await published(await person(), await topic_id())
    viewer = await person()
    counts: dict[str, set[int]] = {"ProposalComments": set(), "CommentsViewer": set()}
    for more in (1, 99):
        for number in await many_comments(await person(name=f"Person {more}"), proposal_id, more):
            await many_comments(viewer, proposal_id, 1, number)
        await handed_in(viewer, proposal_id, f"Denne venter, nummer {more}")
        for operation, found in counts.items():
            await ask(fresh, viewer, operation, id=_proposal(proposal_id))
            async with count_queries() as statements:
                page = await ask(fresh, viewer, operation, id=_proposal(proposal_id), first=100)
            found.add(statements.count)
        assert len(page["comments"]["nodes"]) == (1 if more == 1 else 100)
    assert all(len(found) == 1 for found in counts.values()), counts
    assert max(counts["ProposalComments"]) <= 5
    assert max(counts["CommentsViewer"]) <= 9


async def test_demo_and_staff_are_shown(fresh, person, topic_id) -> None:
    topic = await topic_id()
    proposal_id = await published(await person(), topic)
    await commented(await person(role=Role.PLANNER, topic_id=topic), proposal_id)
    await execute("UPDATE comment SET is_demo = true")
    (node,) = (await ask(fresh, STRANGER, "ProposalComments", id=_proposal(proposal_id)))["comments"]["nodes"]
    assert (node["isStaff"], node["isDemo"]) == (True, True)
