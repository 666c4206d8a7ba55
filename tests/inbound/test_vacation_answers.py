"""When a member's mailbox answers a letter by itself, the partner may hear that they are away; never what it says."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from relay.authentication.verdict import Verdict
from relay.message.read.parse import parse
from relay.model import PairState, Side

from .conftest import DOMAIN, JANE, OMAR, Inbound

SUBJECT = "Automatic reply: Words"
TEXT = "I am out of the office until 9 April 2026 and will reply when I return. Jane Doe, Acme, jane@real.example"
MARKED = ("Auto-Submitted: auto-replied",)


async def letter_of_omar(inbound: Inbound, number: int = 1) -> str:
    """The Message-ID of a letter of Omar's as Jane has it."""
    to = f"amber-heron.p1@{DOMAIN}"
    await inbound.send(OMAR, to, body=f"How are you? {number}", message_id=f"o{number}@home.example")
    (got,) = [one for one in await inbound.due() if one.recipient == JANE and b"How are you" in one.content]
    found = re.search(rb"^Message-ID: (<[^>]+>)", got.content, re.MULTILINE)
    assert found
    return found[1].decode()


async def vacation(inbound: Inbound, cited: str, *, subject: str = SUBJECT, text: str = TEXT, **given: Any) -> str:
    fields = (*given.pop("fields", MARKED), *((f"In-Reply-To: {cited}",) if cited else ()))
    number = len(await inbound.entries())
    to = f"quiet-river.p1@{DOMAIN}"
    given = {"author": JANE, "message_id": f"v{number}@real.example", **given}
    return await inbound.send(given.pop("author"), to, body=text, subject=subject, fields=fields, **given)


async def told(inbound: Inbound) -> list[str]:
    """What Omar is told meanwhile."""
    due = [one for one in await inbound.due() if one.recipient == OMAR]
    return [" ".join((parse(one.content).text or "").split()) for one in due]


async def allowed(inbound: Inbound, *, allowed: bool = True) -> None:
    member = await inbound.store.members.on("p1", Side.MENTOR)
    assert member is not None
    await inbound.store.absences.allow(member.number, inbound.now, allowed=allowed)


@pytest.fixture
async def cited(inbound: Inbound) -> str:
    await inbound.pair("p1", JANE, OMAR, ("Amber Heron", "Quiet River"))
    return await letter_of_omar(inbound)


async def test_without_permission_it_is_absorbed_as_always(inbound: Inbound, cited: str) -> None:
    assert (await vacation(inbound, cited)).startswith("250 ")
    assert await told(inbound) == []
    await allowed(inbound)
    await allowed(inbound, allowed=False)
    await vacation(inbound, cited)
    assert await told(inbound) == []


@pytest.mark.parametrize("return_path", [JANE, ""])
async def test_with_permission_the_partner_hears_that_they_are_away_and_nothing_else(
    inbound: Inbound, cited: str, return_path: str
) -> None:
    await allowed(inbound)
    assert (await vacation(inbound, cited, return_path=return_path)).startswith("250 ")
    (text,) = await told(inbound)
    assert "Amber Heron is away until 9 April 2026. You can go on writing." in text
    assert not any(word in text for word in ("Jane", "Acme", "office", JANE))
    assert [one.kind for one in await inbound.entries()].count("automatic") == 1


async def test_without_a_day_that_is_understood_they_are_away_at_the_moment(inbound: Inbound, cited: str) -> None:
    await allowed(inbound)
    await vacation(inbound, cited, text="I am out of the office until 4/5/2026, and then until 9 June. Jane")
    (text,) = await told(inbound)
    assert "Amber Heron is away at the moment. You can go on writing." in text


async def test_it_is_told_once_in_thirty_days(inbound: Inbound, cited: str) -> None:
    await allowed(inbound)
    await vacation(inbound, cited)
    assert len(await told(inbound)) == 1
    later = await letter_of_omar(inbound, 2)
    await vacation(inbound, later)
    assert await told(inbound) == []
    inbound.now += timedelta(days=31)
    await vacation(inbound, await letter_of_omar(inbound, 3))
    assert len([text for text in await told(inbound) if "is away" in text]) >= 1


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({"subject": "Ticket 4711", "text": "Ticket 4711"}, id="a ticket"),
        pytest.param({"fields": ("X-Other: x",)}, id="not marked"),
        pytest.param({"return_path": "", "fields": ("Auto-Submitted: auto-generated",)}, id="a report"),
        pytest.param({"author": "eve@evil.example"}, id="a stranger's"),
        pytest.param({"author": "eve@evil.example", "return_path": ""}, id="a stranger's without return path"),
    ],
)  # fmt: skip
async def test_only_a_marked_absence_message_of_the_member_counts(
    inbound: Inbound, cited: str, given: dict[str, Any]
) -> None:
    await allowed(inbound)
    await vacation(inbound, cited, **given)
    assert [text for text in await told(inbound) if "away" in text] == []


@pytest.mark.parametrize("return_path", [JANE, ""])
async def test_only_an_answer_to_a_letter_counts_and_a_proven_one(
    inbound: Inbound, cited: str, return_path: str
) -> None:
    await allowed(inbound)
    await vacation(inbound, "", return_path=return_path)
    await vacation(inbound, "<other@real.example>", return_path=return_path)
    inbound.verdicts[JANE] = Verdict.UNPROVEN
    await vacation(inbound, cited, return_path=return_path)
    await inbound.quarantine.drain(5)
    assert await told(inbound) == []


async def test_nobody_is_told_while_the_member_is_away_by_their_own_word_or_the_pair_rests(
    inbound: Inbound, cited: str
) -> None:
    await allowed(inbound)
    await inbound.send(JANE, f"away@{DOMAIN}", body="2026-04-09", message_id="a1@real.example")
    assert len(await told(inbound)) == 1
    await vacation(inbound, cited)
    assert await told(inbound) == []
    await inbound.send(JANE, f"resume@{DOMAIN}", body="", message_id="a2@real.example")
    await inbound.store.directory.set_state("p1", PairState.PAUSED, inbound.now)
    await vacation(inbound, cited)
    assert await told(inbound) == []


@pytest.mark.parametrize(("line", "tells"), [("away auto", True), ("absence auto non", False), ("غياب تلقائي", True)])
async def test_the_member_allows_it_by_mail(inbound: Inbound, cited: str, line: str, tells: bool) -> None:
    await inbound.send(JANE, f"help@{DOMAIN}", body=line, message_id="a1@real.example")
    member = await inbound.store.members.on("p1", Side.MENTOR)
    assert member is not None and member.tells_vacation is tells
    assert member.away_until is None
