"""How much of earlier letters an answer carries again, over a real store: two turns and three."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from relay.home import Home
from relay.message.read.parse import parse
from relay.model import Side
from relay.operations.retention import forget_old
from relay.outcomes import Failed, Sent
from relay.settings import ProgrammeSettings, StoreSettings
from relay.store import Settlement

from .conftest import DOMAIN, NOW, Inbound, opened

JANE, OMAR = "jane@real.example", "omar@home.example"
TO_OMAR, TO_JANE = f"quiet-river.p1@{DOMAIN}", f"amber-heron.p1@{DOMAIN}"
FIRST = "Good morning,\r\n\r\nI read your draft twice on the train, and liked the end of it best."
SECOND = "Good evening,\r\n\r\nthank you, and the middle of it is what I doubt.\r\n"
ANSWERS = ("In-Reply-To: <before@home.example>",)
PLACES = ("\n> Good morning", "\n> Good evening", "\n>> Good morning")
Open = Callable[..., AbstractAsyncContextManager[Inbound]]


def quote(text: str) -> str:
    return "".join(f"> {line}\r\n" for line in text.rstrip().splitlines()).replace("> >", ">>")


class Talk:
    """Letters of one pair, each arriving before the next is written."""

    def __init__(self, inbound: Inbound) -> None:
        self.inbound = inbound
        self.count = 0

    async def writes(self, author: str, words: str, quoted: str = "", *, fails: bool = False) -> str:
        """Hand over a letter, with what is quoted below it; its text as it arrives."""
        self.count += 1
        to = TO_OMAR if author == JANE else TO_JANE
        marked = quote(quoted)
        below = f"\r\n\r\nOn 3 Feb 2026 at 18:02, X <{to}> wrote:\r\n\r\n{marked}" if quoted else ""
        fields = ANSWERS if quoted else ()
        reply = await self.inbound.send(
            author, to, body=words + below, fields=fields, message_id=f"m{self.count}@x.example"
        )
        assert reply.startswith("250"), reply
        (owed,) = await self.inbound.due()
        outcome = Failed("550") if fails else Sent()
        await self.inbound.store.queue.settle([Settlement(owed.id, outcome, None, NOW)])
        return parse(owed.content).text or ""


@pytest.fixture
async def talking(home: Home) -> AsyncIterator[Open]:
    yield partial(opened, home)


async def talk(inbound: Inbound) -> Talk:
    await inbound.pair("p1", JANE, OMAR, ("Amber Heron", "Quiet River"))
    return Talk(inbound)


@pytest.mark.parametrize(
    ("history", "letters"),
    [
        ("all", [PLACES[1], PLACES[2]]),
        ("one", [PLACES[1]]),
        ("none", []),
    ],
)
async def test_a_third_letter_carries_of_two_earlier_ones_what_the_programme_says(
    history: str, letters: list[str], talking: Open
) -> None:
    async with talking(programme=ProgrammeSettings(history=history)) as inbound:
        pair = await talk(inbound)
        first = await pair.writes(JANE, FIRST)
        second = await pair.writes(OMAR, SECOND, first)
        assert (PLACES[0] in second) == (history != "none")
        both = f"{SECOND}\r\nQuiet River wrote:\r\n\r\n{quote(first)}"
        third = await pair.writes(JANE, "Then let us cut it.", both)
        assert [place for place in PLACES if place in third] == letters
        assert third.startswith("Then let us cut it.")
        left_out = sum(entry.removed.get("history", 0) for entry in await inbound.entries())
        assert left_out == {"all": 0, "one": 1, "none": 2}[history]


async def test_answers_between_quoted_lines_keep_them(talking: Open) -> None:
    async with talking(programme=ProgrammeSettings(history="none")) as inbound:
        pair = await talk(inbound)
        first = await pair.writes(JANE, FIRST)
        lines = f"On 3 Feb 2026 at 18:02, X <{TO_JANE}> wrote:\r\n\r\n> {first.splitlines()[2]}\r\n\r\nI am glad."
        answer = await pair.writes(OMAR, lines)
        assert "> I read your draft twice" in answer
        assert answer.endswith("I am glad.\n")


async def test_a_letter_that_never_arrived_is_not_taken_for_known(talking: Open) -> None:
    async with talking(programme=ProgrammeSettings(history="none")) as inbound:
        pair = await talk(inbound)
        await pair.writes(JANE, FIRST, fails=True)
        own = f"Did you get this?\r\n\r\nOn 3 Feb 2026 at 18:02, X <{JANE}> wrote:\r\n\r\n"
        body = own + "".join(f"> {line}\r\n" for line in FIRST.splitlines())
        await inbound.send(JANE, TO_OMAR, body=body, fields=ANSWERS, message_id="again@x.example")
        owed = next(one for one in await inbound.due(OMAR))
        assert "I read your draft twice" in (parse(owed.content).text or "")


async def test_words_of_another_pair_are_not_known(talking: Open) -> None:
    async with talking(programme=ProgrammeSettings(history="none")) as inbound:
        pair = await talk(inbound)
        await inbound.pair("p2", JANE, "ines@home.example", ("Tall Pine", "Still Water"))
        first = await pair.writes(JANE, FIRST)
        body = f"Look.\r\n\r\nOn 3 Feb 2026 at 18:02, X <{JANE}> wrote:\r\n\r\n> {first.splitlines()[2]}"
        await inbound.send(JANE, f"still-water.p2@{DOMAIN}", body=body, fields=ANSWERS, message_id="other@x.example")
        (owed,) = await inbound.due("ines@home.example")
        assert "I read your draft twice" in (parse(owed.content).text or "")


NOT_STORED = {"programme": ProgrammeSettings(history="one"), "store": StoreSettings(content="none")}


@pytest.mark.parametrize("settings", [NOT_STORED, {"programme": ProgrammeSettings(history="all")}])
async def test_nothing_is_remembered_where_letters_are_not_stored_or_all_is_quoted(
    settings: dict[str, Any], talking: Open
) -> None:
    async with talking(**settings) as inbound:
        pair = await talk(inbound)
        await pair.writes(JANE, FIRST)
        assert (await inbound.store.relayed_words.of("p1", Side.MENTEE, "one")).past == ()


async def test_what_is_remembered_is_sealed_and_deleted_with_letters_of_its_age(talking: Open) -> None:
    async with talking(programme=ProgrammeSettings(history="one")) as inbound:
        pair = await talk(inbound)
        await pair.writes(JANE, FIRST)
        known = await inbound.store.relayed_words.of("p1", Side.MENTEE, "one")
        ((key, hashes),) = known.past
        assert (key, len(hashes) % 8, len(hashes) > 80) == (known.key, 0, True)
        sealed = await inbound.store._reader.run(lambda db: db.execute("SELECT sealed FROM relayed_words").fetchall())
        assert hashes[:8] not in sealed[0][0]
        late = NOW + timedelta(seconds=inbound.settings.retention.letters + 60)
        assert (await forget_old(inbound.store, inbound.settings, late)).relayed_words == 1
        assert (await inbound.store.relayed_words.of("p1", Side.MENTEE, "one")).past == ()
