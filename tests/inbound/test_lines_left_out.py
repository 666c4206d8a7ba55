"""An author whose words may have gone with a signature is told so; whose signature went is not."""

from __future__ import annotations

import pytest

from .conftest import Inbound, jane_writes, words_of


async def test_the_author_of_lines_that_may_have_been_words_is_told(inbound: Inbound) -> None:
    (notice,), (letter,) = await jane_writes(inbound, "Hello.\n\n-- \nNordquell plc\nThe sea is calm today.\n")
    assert "Subject: Some lines of your letter were left out" in words_of(notice)
    assert notice.journal_id == f"{letter.journal_id}-s"
    assert "Nordquell" not in words_of(letter) and "Nordquell" not in words_of(notice)


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
async def test_nobody_is_told_of_a_signature_of_words_that_stayed_or_of_a_quotation(
    inbound: Inbound, text: str
) -> None:
    told, arrived = await jane_writes(inbound, text)
    assert told == [] and len(arrived) == 1
