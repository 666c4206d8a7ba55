"""Kept letters of a pair, with what decides who may have a copy: delivered, waiting, proven."""

from __future__ import annotations

from dataclasses import replace

import pytest

from relay.model import Side
from relay.outcomes import Failed, Sent
from relay.store import UNPROVEN, Acceptance, ConfirmationRequest, Decided, Decider, HoldDecision, Settlement, Store

from .conftest import Make


async def accept(store: Store, make: Make, id: str, *, returned: bool = False, **given: object) -> Acceptance:
    letter = make.acceptance(entry=make.entry(id=id, side=Side.MENTOR), keep=True, id=f"d-{id}", **given)
    await store.accept([replace(letter, subject_returned=returned)])
    return letter


async def seen(store: Store) -> dict[str, tuple[bool, bool, bool]]:
    """Id → delivered, waiting, proven."""
    return {one.id: (one.delivered, one.waiting, one.proven) for one in await store.kept_letters.of_pair("k7f3q2")}


async def test_a_letter_is_delivered_when_its_last_delivery_is_and_it_did_not_fail(paired: Store, make: Make) -> None:
    for id in ("sent", "failed", "waits"):
        await accept(paired, make, id)
    await paired.queue.settle([Settlement("d-sent", Sent(), None, make.noon)])
    await paired.queue.settle([Settlement("d-failed", Failed("550 5.1.1"), None, make.noon)])
    assert await seen(paired) == {
        "sent": (True, False, True),
        "failed": (False, False, True),
        "waits": (False, True, True),
    }


async def test_a_letter_that_was_never_proven_is_nobodys(paired: Store, make: Make) -> None:
    for id in ("open", "released"):
        letter = make.acceptance(entry=make.entry(id=id), keep=True, id=f"d-{id}", held=UNPROVEN)
        question = ConfirmationRequest(f"token-{id}", f"d-{id}", None)
        await paired.accept([replace(letter, question=question)])
    await paired.holds.decide(Decided("d-released", HoldDecision.RELEASED, Decider.AUTHOR, make.noon))
    assert await seen(paired) == {"open": (False, True, False), "released": (False, True, True)}


@pytest.mark.parametrize("octets", [10, 300_000])
async def test_its_octets_are_read_from_table_or_file_and_none_are_left_when_it_is_gone(
    paired: Store, make: Make, octets: int
) -> None:
    content = b"Subject: x\r\n\r\n" + b"a" * octets
    await accept(paired, make, "one", returned=True, content=content)
    (letter,) = await paired.kept_letters.of_pair("k7f3q2")
    assert letter.subject_returned is True
    assert await paired.kept_letters.content(letter) == content
    await paired._writer.run(lambda db: db.execute("DELETE FROM delivery"))
    await paired._writer.run(lambda db: db.execute("DELETE FROM letter"))
    assert await paired.kept_letters.content(letter) is None
    assert await paired.kept_letters.of_pair("k7f3q2") == []


async def test_events_of_pairs_come_with_those_of_no_pair_and_no_others(store: Store, make: Make) -> None:
    await store.directory.add_pairs([make.pair(), make.pair("p2", mentor=("vera@x.example",))])
    found = await store.events.of_pairs(["p2"])
    assert {one.pair_id for one in found} == {"p2"}
