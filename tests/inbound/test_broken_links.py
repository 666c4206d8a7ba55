"""The author of a link that may not open any more is told so, once, in kind words."""

from __future__ import annotations

import quopri
from typing import Any

import pytest

from relay.model import Envelope

from .conftest import DOMAIN, Inbound

pytestmark = pytest.mark.usefixtures("at_once")

JANE, OMAR = "jane@real.example", "omar@home.example"
ALIAS = f"quiet-river.p1@{DOMAIN}"
CLOSED = "https://protect-eu.mimecast.com/s/AbCdE1234FgH"
OPEN = "https://eur03.safelinks.protection.outlook.com/?url=https%3A%2F%2Fbooks.example%2F&data=05&reserved=0"


async def sent(inbound: Inbound, text: str) -> tuple[list[Any], list[Any]]:
    """What the author and the reader get after a letter of the author's."""
    head = f"From: <{JANE}>\r\nTo: <{ALIAS}>\r\nSubject: Words\r\nMessage-ID: <1@real.example>\r\n\r\n"
    reply = await inbound.envelope(Envelope(JANE, (ALIAS,), f"{head}{text}\r\n".encode(), "192.0.2.1"))
    assert reply.startswith("250 ")
    due = await inbound.due()
    return [one for one in due if one.recipient == JANE], [one for one in due if one.recipient == OMAR]


def words(delivery: Any) -> str:
    return quopri.decodestring(delivery.content).decode("utf-8", "replace")


@pytest.fixture
async def pair(inbound: Inbound) -> Inbound:
    await inbound.pair("p1", JANE, OMAR, ("Amber Heron", "Quiet River"))
    return inbound


@pytest.mark.parametrize("link", [CLOSED, f"{CLOSED}?domain=books.example", f"https://people.example/@{JANE}"])
async def test_the_author_is_told_of_a_link_that_may_not_open(pair: Inbound, link: str) -> None:
    (notice,), (letter,) = await sent(pair, f"The book: {link} is good.")
    assert "Subject: A link in your letter may not open" in words(notice)
    assert "AbCdE1234FgH" not in words(letter) and "is good." in words(letter)
    assert notice.journal_id == f"{letter.journal_id}-l"


@pytest.mark.parametrize(
    "text", [f"The book: {OPEN}", "https://books.example/?fbclid=1", f"Yes.\r\n\r\n> See {CLOSED}"]
)
async def test_nobody_is_told_of_a_link_that_opens_or_was_quoted(pair: Inbound, text: str) -> None:
    told, arrived = await sent(pair, text)
    assert told == [] and len(arrived) == 1


async def test_the_same_letter_again_brings_no_second_notice(pair: Inbound) -> None:
    told, _ = await sent(pair, f"The book: {CLOSED}")
    again, arrived = await sent(pair, f"The book: {CLOSED}")
    assert len(told) == 1 and again == [] and arrived == []
