"""An author whose words may have gone with a signature is told so; whose signature went is not."""

from __future__ import annotations

import quopri
from typing import Any

import pytest

from relay.model import Envelope

from .conftest import DOMAIN, Inbound

pytestmark = pytest.mark.usefixtures("at_once")

JANE, OMAR = "jane@real.example", "omar@home.example"
ALIAS = f"quiet-river.p1@{DOMAIN}"


async def sent(inbound: Inbound, text: str) -> tuple[list[Any], list[Any]]:
    """What the author and the reader get after a letter of the author's."""
    head = f"From: <{JANE}>\r\nTo: <{ALIAS}>\r\nSubject: Words\r\nMessage-ID: <1@real.example>\r\n\r\n"
    content = f"{head}{text}".replace("\n", "\r\n").replace("\r\r\n", "\r\n").encode()
    reply = await inbound.envelope(Envelope(JANE, (ALIAS,), content, "192.0.2.1"))
    assert reply.startswith("250 ")
    due = await inbound.due()
    return [one for one in due if one.recipient == JANE], [one for one in due if one.recipient == OMAR]


def words(delivery: Any) -> str:
    return quopri.decodestring(delivery.content).decode("utf-8", "replace")


@pytest.fixture
async def pair(inbound: Inbound) -> Inbound:
    await inbound.pair("p1", JANE, OMAR, ("Amber Heron", "Quiet River"))
    return inbound


async def test_the_author_of_lines_that_may_have_been_words_is_told(pair: Inbound) -> None:
    (notice,), (letter,) = await sent(pair, "Hello.\n\n-- \nNordquell plc\nThe sea is calm today.\n")
    assert "Subject: Some lines of your letter were left out" in words(notice)
    assert notice.journal_id == f"{letter.journal_id}-s"
    assert "Nordquell" not in words(letter) and "Nordquell" not in words(notice)


@pytest.mark.parametrize(
    "text",
    [
        "Hello.\n\n-- \nHarriet Oakwell\nNordquell plc\n+44 20 7946 0000\n",
        "Hello.\n\n-- \nThe sea is calm today, and nobody counts the waves.\n",
        "Hello.\n\nOn 3 Nov 2026 at 14:05, X wrote:\n> Yes.\n> -- \n> Nordquell plc\n> The sea is calm today.\n",
        "Hello.\n\n-----Original Message-----\nFrom: X\nSent: Tuesday\nTo: Me\nSubject: Y\n\nYes.\n\n-- \n"
        "Nordquell plc\nThe sea is calm today.\n",
        "Hello.\n\nSent from my iPhone\n",
    ],
)
async def test_nobody_is_told_of_a_signature_of_words_that_stayed_or_of_a_quotation(pair: Inbound, text: str) -> None:
    told, arrived = await sent(pair, text)
    assert told == [] and len(arrived) == 1
