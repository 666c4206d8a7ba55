"""The author of a link that may not open any more is told so, once, in kind words."""

from __future__ import annotations

import pytest

from .conftest import JANE, Inbound, jane_writes, words_of

CLOSED = "https://protect-eu.mimecast.com/s/AbCdE1234FgH"
OPEN = "https://eur03.safelinks.protection.outlook.com/?url=https%3A%2F%2Fbooks.example%2F&data=05&reserved=0"


@pytest.mark.parametrize("link", [CLOSED, f"{CLOSED}?domain=books.example", f"https://people.example/@{JANE}"])
async def test_the_author_is_told_of_a_link_that_may_not_open(inbound: Inbound, link: str) -> None:
    (notice,), (letter,) = await jane_writes(inbound, f"The book: {link} is good.")
    assert "Subject: A link in your letter may not open" in words_of(notice)
    assert "AbCdE1234FgH" not in words_of(letter) and "is good." in words_of(letter)
    assert notice.journal_id == f"{letter.journal_id}-l"


@pytest.mark.parametrize(
    "text", [f"The book: {OPEN}", "https://books.example/?fbclid=1", f"Yes.\r\n\r\n> See {CLOSED}"]
)
async def test_nobody_is_told_of_a_link_that_opens_or_was_quoted(inbound: Inbound, text: str) -> None:
    told, arrived = await jane_writes(inbound, text)
    assert told == [] and len(arrived) == 1


async def test_the_same_letter_again_brings_no_second_notice(inbound: Inbound) -> None:
    told, _ = await jane_writes(inbound, f"The book: {CLOSED}")
    again, arrived = await jane_writes(inbound, f"The book: {CLOSED}")
    assert len(told) == 1 and again == [] and arrived == []
