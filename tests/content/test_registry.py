"""Kinds of content are found by name, and what cuts across knows no others."""

import pytest

from backend.comments.content_kind import COMMENT
from backend.content.kinds import ContentKind, ContentRef, RootKind
from backend.content.registry import kind_of, kinds, load_content
from backend.moderation.part import current_sql, has_part_sql
from backend.notifications.audience import audience_of
from backend.notifications.events import EventKind
from backend.notifications.kinds import KINDS, Cause
from backend.notifications.wording import wording_of
from backend.platform.database import fetch
from tests.comments.support import commented
from tests.proposals.support import published


def test_every_kind_is_one_and_can_be_moderated() -> None:
    assert all(isinstance(kind, ContentKind) for kind in kinds().values())
    assert {kind.of for kind in kinds().values()} <= set(kinds())
    assert all(Cause(kind.author_cause) for kind in kinds().values())


async def test_an_unknown_kind_is_an_error(fresh) -> None:
    with pytest.raises(LookupError, match="poem"):
        kind_of("poem")
    with pytest.raises(LookupError, match="poem"):
        await load_content(fresh.municipality, "poem", 1)


def test_two_of_one_name_are_refused(monkeypatch) -> None:
    monkeypatch.setattr("backend.content.registry.contributions", lambda _what: (COMMENT, COMMENT))
    kinds.cache_clear()
    try:
        with pytest.raises(ValueError, match="two kinds"):
            kinds()
    finally:
        kinds.cache_clear()


def test_every_notification_has_its_words() -> None:
    """Of each kind: what becomes of one's own words; of roots: what happens to them, and comments below them."""
    roots = [kind for kind in kinds().values() if isinstance(kind, RootKind)]
    assert roots
    own = {EventKind.PUBLISHED, EventKind.HELD, EventKind.REJECTED, EventKind.CONTENT_HIDDEN}
    discussing = {EventKind.COMMENT_ON_YOURS, EventKind.NEW_ON_PROPOSAL}
    for kind in kinds().values():
        for event in own - ({EventKind.CONTENT_HIDDEN} if kind.name == "edit" else set()):
            assert wording_of(
                ContentRef(kind.name, 1), ContentRef("proposal", 1), event, Cause(kind.author_cause)
            )
    for root in roots:
        for event in set(EventKind) - own:
            subject = ContentRef("comment" if event in discussing else root.name, 1)
            for relation in KINDS[event].recipients:
                found = audience_of(relation, subject.kind, root.name)
                assert found is None or wording_of(subject, ContentRef(root.name, 1), event, found.cause)
        assert set(root.why) == {cause.value for cause in Cause}


async def test_every_kind_finds_its_content_and_nothing_where_there_is_none(fresh) -> None:
    for kind in kinds().values():
        assert await kind.load(fresh.municipality, 10**9) is None
    rows = await fetch(
        f"""SELECT c.subject_type, {has_part_sql("c", "$2")} AS has_part, s.state FROM
            (SELECT 1::bigint AS id, kind AS subject_type, 10::bigint AS subject_id, NULL::bigint AS author_id
             FROM unnest($3::text[]) AS kind) c LEFT JOIN LATERAL ({current_sql("c")}) s ON true""",
        fresh.municipality,
        [1],
        [*kinds(), "poem"],
    )
    assert [(row["subject_type"], row["has_part"], row["state"]) for row in rows] == [
        (name, False, None) for name in (*kinds(), "poem")
    ]


async def test_who_has_a_part_is_the_same_by_rows_and_by_content(fresh, person, topic_id) -> None:
    """The queue asks the database of cases, restoring asks the kind: they agree."""
    author, writer, stranger = await person(), await person(), await person()
    proposal_id = await published(author, await topic_id())
    comment_id = await commented(writer, proposal_id)
    for name, content_id, with_part in (
        ("proposal", proposal_id, [author]),
        ("comment", comment_id, [author, writer]),
    ):
        content = await load_content(fresh.municipality, name, content_id)
        assert content is not None
        for somebody in (author, writer, stranger):
            (row,) = await fetch(
                f"""SELECT {has_part_sql("c", "$2")} AS found
                    FROM (SELECT $3::text AS subject_type, $4::bigint AS subject_id, $5::bigint AS author_id) c""",
                fresh.municipality,
                somebody.person_account_ids,
                name,
                content_id,
                content.author_id,
            )
            assert row["found"] is await content.kind.has_part(somebody, content) is (somebody in with_part)
