"""Message-IDs in References are mapped to those that the other member's mail program knows."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from relay.model import PairState, Side
from relay.states import OVER
from relay.store import LetterKey, RouteLookup, Store, StoreError

MENTOR, MENTEE = Side.MENTOR, Side.MENTEE
WRITES = {MENTOR: ("ingrid.maier@work.example", "quiet-river"), MENTEE: ("tomas@home.example", "amber-heron")}


async def known_ids(store: Store, pair: str, side: Side, cited: list[str]) -> dict[str, str]:
    """The ids at the other member of ``pair`` for the ids that the one on ``side`` cites."""
    author, name = WRITES[side]
    alias = f"{name}.{pair}@relay.example"
    way = (await store.look_up(author, [alias], LetterKey((), tuple(cited), datetime(2026, 3, 1, tzinfo=UTC))))[alias]
    assert isinstance(way, RouteLookup)
    return way.known_ids


@pytest.fixture
async def talked(store: Store, make) -> Store:
    """The mentor wrote F1, sent as R1; the mentee answered F2, sent as R2; a letter without Message-ID was sent as
    R3."""
    await store.directory.add_pairs([make.pair(), make.pair("second", mentee=("other@home.example",))])
    await store.accept(
        [
            make.acceptance(link=make.link("F1@work", "R1@relay", MENTOR)),
            make.acceptance(link=make.link("F2@home", "R2@relay", MENTEE)),
            make.acceptance(link=make.link(None, "R3@relay", MENTOR)),
            make.acceptance(link=make.link("F1@work", "R4@relay", MENTOR, "second")),
        ]
    )
    return store


@pytest.mark.parametrize(
    ("side", "cited", "known"),
    [
        (MENTEE, "R1@relay", "F1@work"),  # an answer: the mentor's program knows the letter by its own id
        (MENTOR, "R2@relay", "F2@home"),
        (MENTOR, "F1@work", "R1@relay"),  # a reply to one's own letter: the mentee's program knows it by relay's id
        (MENTEE, "F2@home", "R2@relay"),
        (MENTOR, "R1@relay", "R1@relay"),  # one's own letter by relay's id, from a copy
        (MENTEE, "R3@relay", "R3@relay"),  # the letter had no id of its own
        (MENTEE, "F1@work", None),  # the mentor's own id never reached the mentee
        (MENTOR, "F2@home", None),
        (MENTEE, "R4@relay", None),  # another pair's letter
        (MENTOR, "nobody@relay", None),
        (MENTOR, "", None),
        (MENTOR, "bad\udcff@relay", None),
    ],
)
async def test_known(talked: Store, side: Side, cited: str, known: str | None) -> None:
    assert await known_ids(talked, "k7f3q2", side, [cited]) == ({} if known is None else {cited: known})


async def test_one_message_id_in_two_pairs_means_two_letters(talked: Store) -> None:
    assert await known_ids(talked, "second", MENTOR, ["F1@work"]) == {"F1@work": "R4@relay"}


async def test_many_ids_are_mapped_at_once_and_repeated_ones_once(talked: Store) -> None:
    cited = ["R2@relay", "nobody@relay", "F1@work", "F1@work"]
    assert await known_ids(talked, "k7f3q2", MENTOR, cited) == {"R2@relay": "F2@home", "F1@work": "R1@relay"}


async def test_of_two_letters_with_one_message_id_the_later_one_is_found(talked: Store, make) -> None:
    await talked.accept([make.acceptance(link=make.link("F1@work", "R9@relay", MENTOR))])
    assert await known_ids(talked, "k7f3q2", MENTOR, ["F1@work"]) == {"F1@work": "R9@relay"}


async def test_a_message_id_that_is_not_utf_8_is_read_back_unchanged(talked: Store, make) -> None:
    await talked.accept([make.acceptance(link=make.link("bad\udcff@work", "R8@relay", MENTOR))])
    assert await known_ids(talked, "k7f3q2", MENTEE, ["R8@relay"]) == {"R8@relay": "bad\udcff@work"}


@pytest.mark.parametrize("state", list(PairState))
async def test_no_letter_of_a_pair_that_is_over_or_reported_is_accepted(state: PairState, paired: Store, make) -> None:
    await paired._writer.run(lambda db: db.execute("UPDATE pair SET state = ?", (state.value,)))
    letter = make.acceptance(link=make.link("F1@work", "R1@relay", MENTOR))
    if state in (*OVER, PairState.REPORTED):
        with pytest.raises(StoreError, match="ended meanwhile"):
            await paired.accept([letter])
    else:
        await paired.accept([letter])
