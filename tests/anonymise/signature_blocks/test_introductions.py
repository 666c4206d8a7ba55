"""A header block introduces quoted history in every language in which its fields are known; other lists do not."""

from __future__ import annotations

import pytest

from relay.anonymise.history.labels import LABELS, Field
from relay.anonymise.signature_blocks.lines import introduction
from relay.anonymise.signature_blocks.rows import Rows, lines_of

FIRST = sorted(label for label, field in LABELS.items() if field in (Field.FROM, Field.SENT, Field.DATE))


def introduced(text: str) -> int:
    return introduction(lines_of(text, Rows()), 0)


@pytest.mark.parametrize("label", FIRST)
@pytest.mark.parametrize("form", ["{}: Quiet River", "*{}:* Quiet River", "**{}** : Quiet River", "{}： Quiet River"])
def test_a_header_block_introduces_history(label: str, form: str) -> None:
    assert introduced(f"{form.format(label.capitalize())}\nTo: Amber Heron\nSubject: clay\n\nhello") == 4


@pytest.mark.parametrize(
    "text",
    [
        "From: the Latin word de, meaning away.\nIt has many uses.\n\nWords",
        "Clay: two bags\nGlaze: one tin\nWheel: mine\n\nhello",
        "From:\nTo: Amber\nSubject: clay\n\nhello",
        "Where from: Quiet River\nTo: Amber\nSubject: clay\n\nhello",
    ],
)
def test_other_lists_introduce_nothing(text: str) -> None:
    assert introduced(text) == 0
