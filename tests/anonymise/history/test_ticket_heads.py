"""The head of an earlier message of a ticket, a name above a date with its zone, goes; invitations and lists stay."""

from __future__ import annotations

import pytest

from relay.anonymise.scrub import scrub
from relay.model import Identity, Known, Message, Persona

KNOWN = Known(
    Identity(("nora@quill.example",), ("Nora Quill",)),
    Persona("Amber Heron", "amber-heron.x7k2m4@relay.example.org"),
    Identity(("tom@ashdown.example",), ("Tom Ashdown",)),
    Persona("Quiet River", "quiet-river.p9d3w8@relay.example.org"),
)


def scrubbed(text: str) -> str:
    return scrub(Message(text=text), KNOWN).message.text or ""


@pytest.mark.parametrize(
    "text",
    [
        "##- Please type your reply above this line -##\n\nTom Ashdown (Northbank)\n\n3 Feb 2026, 21:00 CET\n\nwords\n",
        "Yes.\n\nTom Ashdown (Northbank)\nFeb 3, 2026, 9:00 PM EST\n\nwords\n\n[VR5K2P-89XQ]\n",
        "Yes.\n\nNora Quill (Northbank)\n3. Feb. 2026, 21:00 MEZ\n\nwords\n\nDelivered by Zendesk\n",
        "Tom Ashdown (Northbank)\n3 Feb 2026, 21:00 GMT+1\n\nwords\n\nDelivered by Zendesk\n",
    ],
)
def test_a_head_at_a_round_minute_goes_where_something_shows_a_ticket(text: str) -> None:
    left = scrubbed(text)
    assert "21:00" not in left and "9:00" not in left and "Northbank" not in left
    assert "words" in left


@pytest.mark.parametrize(
    "text",
    [
        "We meet:\n\nTom Ashdown\n3 Feb 2026, 21:00 CET\n\nCome!\n",
        "The concert:\n\nAnna Berg (soprano)\n3 Feb 2026, 21:00 GMT+1\n\nCome!\n",
        "My plan:\n\nTrain Departure\n3 Feb 2026, 21:13 CET\n\nI look forward to it.\n",
    ],
)
def test_what_somebody_invites_to_stays(text: str) -> None:
    assert scrubbed(text) == text
