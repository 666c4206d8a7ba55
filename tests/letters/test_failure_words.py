"""The class of a failure (RFC 3463) in the words that an author reads."""

from __future__ import annotations

import pytest

from relay.letters.notices import why

GONE = "their mailbox could not be found any more"
FULL = "their mailbox is full"
LARGE = "it is larger than their mailbox takes"
CLOSED = "their mailbox does not take mail at the moment"
UNWANTED = "their mail server did not want it"
DAYS = "their mail server could not be reached for several days"
AWAY = "their mail server could not be reached"
REFUSED = "their mail server refused it"


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("550 5.1.1", GONE),
        ("returned 5.1.10", GONE),
        ("5.1.2", GONE),
        ("552 5.2.2", FULL),
        ("452 4.2.2", FULL),
        ("returned 5.2.2", FULL),
        ("552 5.3.4", LARGE),
        ("552 5.2.3", LARGE),
        ("550 5.2.1", CLOSED),
        ("550 5.7.1", UNWANTED),
        ("554 5.7.26", UNWANTED),
        ("451 4.3.0", DAYS),
        ("451", DAYS),
        ("4.4.1", DAYS),
        ("returned 4.4.7", DAYS),
        ("returned 5.4.7", DAYS),
        ("returned 5.4.1", AWAY),
        ("5.4.6", AWAY),
        ("550", REFUSED),
        ("552", REFUSED),
        ("554 5.6.0", REFUSED),
        ("550 5.3.0", REFUSED),
    ],
)
def test_a_status_is_told_as(status: str, words: str) -> None:
    assert why(status) == words
