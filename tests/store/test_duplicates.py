"""A letter is accepted once, unless it failed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from relay.model import Side
from relay.outcomes import Failed, Sent
from relay.store import Acceptance, CameBack, LetterKey, RouteLookup, Settlement, Store


def written(make, words: str = "abc", **given: object) -> Acceptance:
    return replace(make.acceptance(entry=make.entry(**given)), written=(words,))


async def before(store: Store, words: str, now: datetime) -> str | None:
    """The id of an earlier letter of the mentor's with these words."""
    alias = "quiet-river.k7f3q2@relay.example"
    way = (await store.look_up("ingrid.maier@work.example", [alias], LetterKey((words,), (), now)))[alias]
    assert isinstance(way, RouteLookup)
    return way.before


async def test_a_duplicate_gets_the_id_of_the_first_letter(paired: Store, make) -> None:
    assert (await paired.accept([written(make, id="one")])).before == {}
    assert await before(paired, "abc", make.later(days=29)) == "one"
    assert (await paired.accept([written(make, id="two", accepted_at=make.later(days=29))])).before == {"two": "one"}
    assert [entry.id for entry in await paired.journal.list()] == ["one"]
    assert len(await paired.queue.rows()) == 1


async def test_a_duplicate_makes_its_other_fingerprints_known_as_those_of_the_first_letter(paired: Store, make) -> None:
    await paired.accept([written(make, id="one")])
    again = replace(make.acceptance(entry=make.entry(id="two")), written=("new", "abc", "newer"))
    assert (await paired.accept([again])).before == {"two": "one"}
    assert [await before(paired, words, make.noon) for words in ("abc", "new", "newer")] == ["one"] * 3


@pytest.mark.parametrize("other", [{"side": Side.MENTEE}, {"pair_id": "other2"}])
async def test_the_same_fingerprint_of_another_author_is_no_duplicate(
    paired: Store, make, other: dict[str, object]
) -> None:
    await paired.directory.add_pairs([make.pair("other2", ("a@x.example",), ("b@x.example",))])
    await paired.accept([written(make, id="one")])
    assert (await paired.accept([written(make, id="two", **other)])).before == {}


async def test_another_fingerprint_or_none_is_no_duplicate(paired: Store, make) -> None:
    await paired.accept([written(make), make.acceptance(), make.acceptance()])
    assert (await paired.accept([written(make, "abd"), make.acceptance()])).before == {}


async def test_a_fingerprint_is_deleted_after_a_month(paired: Store, make, look) -> None:
    await paired.accept([written(make)])
    assert await before(paired, "abc", make.later(days=31)) is None
    for number in range(200):
        assert (await paired.accept([written(make, f"new{number}", accepted_at=make.later(days=31))])).before == {}
    assert look("SELECT count(*) FROM seen") == [(200,)]


async def test_a_letter_that_failed_may_be_sent_again(paired: Store, make) -> None:
    first = written(make, id="one")
    await paired.accept([first])
    await paired.queue.settle([Settlement(first.deliveries[0].id, Failed("550 5.2.2"), None, make.noon)])
    assert await before(paired, "abc", make.noon) is None
    assert (await paired.accept([written(make, id="two")])).before == {}
    assert await before(paired, "abc", make.noon) == "two"


async def test_a_report_changes_a_delivered_letter_to_failed_once(paired: Store, make) -> None:
    letter = make.acceptance(id="d1", return_path="b-3f9ac23f9ac23f9ac23f9ac2@relay.example")
    await paired.accept([letter])
    await paired.queue.settle([Settlement("d1", Sent(), None, make.noon)])
    assert await paired.queue.returned("3F9AC23F9AC23F9AC23F9AC2") == letter.entry.id
    for news in (True, False):
        notice = make.acceptance(entry=make.entry(kind="notice"), notice=True, return_path="")
        report = make.entry(kind="automatic", pair_id=None, side=None)
        assert await paired.queue.came_back(CameBack(letter.entry.id, "returned 5.1.1", report, notice)) is news
    shown = await paired.journal.show(letter.entry.id)
    assert shown is not None
    assert (shown[0].outcome, shown[0].reason) == ("failed", "returned 5.1.1")
    assert [entry.kind for entry in await paired.journal.list()] == ["letter", "automatic", "notice", "automatic"]
    assert len(await paired.queue.rows()) == 1


async def test_a_report_that_precedes_the_settlement_is_not_overwritten(paired: Store, make) -> None:
    letter = make.acceptance(id="d1")
    await paired.accept([letter])
    report = make.entry(kind="automatic", pair_id=None, side=None)
    await paired.queue.came_back(CameBack(letter.entry.id, "returned 5.1.1", report))
    await paired.queue.settle([Settlement("d1", Sent(), None, make.noon)])
    shown = await paired.journal.show(letter.entry.id)
    assert shown is not None
    assert shown[0].outcome == "failed"
