"""Following over the API."""

from api.node_ids import to_global_id
from backend.platform.authz import Actor
from backend.platform.database import execute
from tests.fixtures.counting import count_queries
from tests.fixtures.operations import ask, ask_freely
from tests.proposals.support import draft, published


async def test_following_and_ceasing(fresh, person, topic_id) -> None:
    resident, topic = await person(), await topic_id()
    proposal = to_global_id("Proposal", await published(await person(), topic))
    for thing, fragment in ((proposal, "Proposal"), (to_global_id("Topic", topic), "Topic")):
        for mutation, changed, follows in (
            ("follow", True, True),
            ("follow", False, True),
            ("unfollow", True, False),
            ("unfollow", False, False),
        ):
            answer = await ask(fresh, resident, mutation.capitalize(), id=thing)
            assert (answer["changed"], answer["isFollowing"], answer["thing"]) == (
                changed,
                follows,
                {"id": thing},
            )
            # What clients of the version before use still works, and says the same.
            older = f"{mutation}{fragment}"
            (answer,) = (
                await ask_freely(
                    fresh,
                    resident,
                    f"mutation($id: ID!) {{ {older}(id: $id) {{ ... on {fragment}FollowChanged {{ changed "
                    f"{fragment.lower()} {{ viewerIsFollowing }} }} }} }}",
                    id=thing,
                )
            ).values()
            assert answer == {"changed": False, fragment.lower(): {"viewerIsFollowing": follows}}


async def test_refusals_are_problems(fresh, person, topic_id) -> None:
    topic = await topic_id()
    hidden = to_global_id("Proposal", await draft(await person(), topic))
    assert (await ask(fresh, await person(), "Follow", id=hidden))["__typename"] == "NotFoundProblem"
    stranger = Actor(municipality_id=3201)
    for operation in ("Follow", "Unfollow"):
        answer = await ask(fresh, stranger, operation, id=to_global_id("Topic", topic))
        assert answer["__typename"] == "LoginProblem"
    for wrong in (to_global_id("Place", 1), to_global_id("Comment", 1), "", "tull"):
        answer = await ask(fresh, await person(), "Follow", id=wrong)
        assert answer["__typename"] == "InvalidProblem"


async def test_what_one_follows_takes_the_same_statements_however_much(fresh, person, topic_id) -> None:
    resident, author, topic = await person(), await person(), await topic_id()
    await ask(fresh, resident, "Follow", id=to_global_id("Topic", topic))
    counts = set()
    for more in (1, 98):
        await execute(
            """WITH added AS (
                   INSERT INTO proposal (municipality_id, topic_id, author_id, state, language, title, body, search,
                                         grams, published_at)
                   SELECT 3201, $1, $2, 'published', 'nb', 'Forslag ' || n, 'Tekst', to_tsvector('simple', ''), '{}',
                          now() FROM generate_series(1, $4::int) n RETURNING id),
               stepped AS (
                   INSERT INTO proposal_transition (municipality_id, proposal_id, ordinal, from_state, to_state,
                                                    actor_role)
                   SELECT 3201, id, 1, 'none', 'published', 'import' FROM added)
               INSERT INTO follow (municipality_id, account_id, proposal_id) SELECT 3201, $3, id FROM added""",
            topic,
            author.account_id,
            resident.account_id,
            more,
        )
        await ask(fresh, resident, "MyFollows", first=100)
        async with count_queries() as statements:
            page = await ask(fresh, resident, "MyFollows", first=100)
        counts.add(statements.count)
    assert len(page["follows"]["nodes"]) == 100
    assert len(counts) == 1, counts
