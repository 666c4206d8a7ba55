"""The journal: letters relayed and refused, oldest first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from relay.outcomes import Sent
from relay.store import Acceptance, Settlement, Store, StoreError


async def test_a_refusal_is_read_back_unchanged(store: Store, make) -> None:
    entry = make.entry(pair_id=None, side=None, kind="refusal", outcome="refused", reason="UnknownAlias", removed={})
    await store.journal.record(entry)
    assert await store.journal.list() == [entry]
    assert await store.journal.show(entry.id) == (entry, None)


async def test_an_entry_with_all_fields_is_read_back_unchanged(paired: Store, make) -> None:
    entry = make.entry(outcome="failed", reason="550 5.1.1", settled_at=make.later(seconds=3))
    await paired.journal.record(entry)
    assert await paired.journal.list() == [entry]


async def test_an_id_is_accepted_once(store: Store, make) -> None:
    entry = make.entry(pair_id=None)
    await store.journal.record(entry)
    with pytest.raises(StoreError):
        await store.journal.record(entry)


async def test_a_naive_time_is_an_error(store: Store, make) -> None:
    with pytest.raises(TypeError):
        await store.journal.record(make.entry(pair_id=None, accepted_at=make.noon.replace(tzinfo=None)))


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, ["a0", "b1", "a2", "b3", "a4"]),
        ({"limit": 2}, ["b3", "a4"]),
        ({"limit": 0}, []),
        ({"pair_id": "a"}, ["a0", "a2", "a4"]),
        ({"pair_id": "a", "limit": 1}, ["a4"]),
        ({"pair_id": "nobody"}, []),
        ({"since": 2}, ["a2", "b3", "a4"]),
        ({"since": 2, "pair_id": "b"}, ["b3"]),
        ({"since": 5}, []),
    ],
)
async def test_list(store: Store, make, asked: dict, expected: list[str]) -> None:
    await store.directory.add_pairs([make.pair("a"), make.pair("b")])
    for hour, pair in enumerate("ababa"):
        await store.journal.record(make.entry(id=f"{pair}{hour}", pair_id=pair, accepted_at=make.later(hours=hour)))
    if "since" in asked:
        asked = asked | {"since": make.later(hours=asked["since"])}
    assert [entry.id for entry in await store.journal.list(**asked)] == expected


async def test_entries_of_the_same_moment_stay_in_order(store: Store, make) -> None:
    for n in range(5):
        await store.journal.record(make.entry(id=f"e{n}", pair_id=None))
    assert [entry.id for entry in await store.journal.list(limit=3)] == ["e2", "e3", "e4"]


@pytest.mark.parametrize("keep", [True, False])
async def test_a_letter_is_shown_after_delivery_only_when_it_is_kept(paired: Store, make, keep: bool) -> None:
    acceptance = make.acceptance(keep=keep, content=b"the letter")
    await paired.accept([acceptance])
    await paired.queue.settle([Settlement(acceptance.deliveries[0].id, Sent(), None, make.later(seconds=1))])
    delivered = replace(acceptance.entry, outcome="delivered", settled_at=make.later(seconds=1))
    assert await paired.journal.show(acceptance.entry.id) == (delivered, b"the letter" if keep else None)


async def test_a_letter_that_is_not_kept_is_not_shown_while_it_is_queued(paired: Store, make) -> None:
    acceptance = make.acceptance(keep=False)
    await paired.accept([acceptance])
    assert await paired.journal.show(acceptance.entry.id) == (acceptance.entry, None)


async def test_an_unknown_id_is_none(store: Store) -> None:
    assert await store.journal.show("nothing") is None


async def test_all_entries_are_read_in_order_with_their_letters(paired: Store, make) -> None:
    kept = [make.acceptance(keep=True, content=f"letter {n}".encode()) for n in range(3)]
    refused = make.entry(pair_id=None, side=None, kind="refusal", outcome="refused")
    await paired.accept(kept)
    await paired.journal.record(refused)
    expected = [(a.entry, a.deliveries[0].content) for a in kept] + [(refused, None)]
    assert [shown async for shown in paired.journal.all()] == expected


@pytest.mark.parametrize(("count", "octets"), [(1203, 10), (12, 2_000_000)])
async def test_more_than_one_page_is_read_completely(paired: Store, make, count: int, octets: int) -> None:
    await paired.accept([make.acceptance(keep=True, content=b"x" * octets) for _ in range(count)])
    sizes = [len(content or b"") async for _, content in paired.journal.all()]
    assert sizes == [octets] * count


async def test_a_letter_to_two_recipients_is_stored_once(paired: Store, make, look) -> None:
    entry = make.entry()
    both = (make.delivery(entry), make.delivery(entry, recipient="other@home.example"))
    await paired.accept([Acceptance(entry, None, both, keep=True)])
    assert look("SELECT count(*) FROM letter") == [(1,)]


async def test_accepting_is_all_or_nothing(paired: Store, make) -> None:
    good, stray = make.acceptance(), make.acceptance(entry=make.entry(pair_id="nobody"))
    with pytest.raises(StoreError):
        await paired.accept([good, stray])
    assert await paired.journal.list() == []
    assert await paired.queue.rows() == []
