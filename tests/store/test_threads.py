"""The id one member cites, as the other member knows it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from relay.model import PairState, Side
from relay.states import OVER
from relay.store import LetterKey, RouteLookup, Store, StoreError

MENTOR, MENTEE = Side.MENTOR, Side.MENTEE
WRITES = {MENTOR: ("ingrid.maier@work.example", "quiet-river"), MENTEE: ("tomas@home.example", "amber-heron")}


async def known_ids(store: Store, pair: str, side: Side, cited: list[str]) -> dict[str, str]:
    """What the other member of ``pair`` calls the letters that the one on ``side`` cites."""
    author, name = WRITES[side]
    alias = f"{name}.{pair}@relay.example"
    way = (await store.look_up(author, [alias], LetterKey((), tuple(cited), datetime(2026, 3, 1, tzinfo=UTC))))[alias]
    assert isinstance(way, RouteLookup)
    return way.known_ids


@pytest.fixture
async def talked(store: Store, make) -> Store:
    """The mentor wrote F1, which went out as R1; the mentee answered F2 → R2; a letter without an id came as R3."""
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
        (MENTEE, "R1@relay", "F1@work"),  # an answer: the mentor knows the letter by the id they gave it
        (MENTOR, "R2@relay", "F2@home"),
        (MENTOR, "F1@work", "R1@relay"),  # a second letter after one's own: the mentee knows it by ours
        (MENTEE, "F2@home", "R2@relay"),
        (MENTOR, "R1@relay", "R1@relay"),  # one's own letter by our id, from a copy
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


async def test_the_same_foreign_id_in_two_pairs_is_two_letters(talked: Store) -> None:
    assert await known_ids(talked, "second", MENTOR, ["F1@work"]) == {"F1@work": "R4@relay"}


async def test_many_ids_are_answered_at_once_and_twice_is_once(talked: Store) -> None:
    cited = ["R2@relay", "nobody@relay", "F1@work", "F1@work"]
    assert await known_ids(talked, "k7f3q2", MENTOR, cited) == {"R2@relay": "F2@home", "F1@work": "R1@relay"}


async def test_a_letter_sent_twice_under_one_id_is_the_later_one(talked: Store, make) -> None:
    await talked.accept([make.acceptance(link=make.link("F1@work", "R9@relay", MENTOR))])
    assert await known_ids(talked, "k7f3q2", MENTOR, ["F1@work"]) == {"F1@work": "R9@relay"}


async def test_a_foreign_id_that_is_no_text_comes_back_as_it_was(talked: Store, make) -> None:
    await talked.accept([make.acceptance(link=make.link("bad\udcff@work", "R8@relay", MENTOR))])
    assert await known_ids(talked, "k7f3q2", MENTEE, ["R8@relay"]) == {"R8@relay": "bad\udcff@work"}


@pytest.mark.parametrize("state", list(PairState))
async def test_a_letter_to_a_pair_that_is_over_meanwhile_leaves_no_link(state: PairState, paired: Store, make) -> None:
    await paired._writer.run(lambda db: db.execute("UPDATE pair SET state = ?", (state.value,)))
    letter = make.acceptance(link=make.link("F1@work", "R1@relay", MENTOR))
    if state in OVER:
        with pytest.raises(StoreError, match="ended meanwhile"):
            await paired.accept([letter])
    else:
        await paired.accept([letter])
