"""The head of a letter that was copied from where a web mail shows it names nobody and tells no time."""

from __future__ import annotations

import time

import pytest

from relay.anonymise.history import find_history
from relay.anonymise.identities import Redactor, replaced
from relay.model import Identity, Known, Persona

_KNOWN = Known(
    Identity(("jane.whitcombe@northbank.example",), ("Jane Whitcombe",)),
    Persona("Amber Heron", "amber-heron.x7k2m4@relay.example.org"),
    Identity(("tom.ashdown@gmx.example",), ("Tom Ashdown",)),
    Persona("Quiet River", "quiet-river.p9@relay.example.org"),
)


def cleaned(text: str) -> str:
    return replaced(text, find_history(text, Redactor(_KNOWN, text)))


@pytest.mark.parametrize(
    ("head", "who"),
    [
        ("Jane Whitcombe\nTue, Feb 3, 9:14 PM (2 days ago)\nto Quiet", "Amber Heron"),
        ("Jane Whitcombe <jane.whitcombe@northbank.example>\nTue, Feb 3, 2026, 9:14 PM (13 hours ago)", "Amber Heron"),
        (
            "Quiet River <quiet-river.p9@relay.example.org>\n\t\nTue, Feb 3, 9:14 PM (2 days ago)\n\t\n\nto me",
            "Quiet River",
        ),
        ("Quiet River<quiet-river.p9@relay.example.org>\nTo:Jane Whitcombe\nTue 2/3/2026 9:14 PM", "Quiet River"),
        ("> Quiet River<quiet-river.p9@relay.example.org>\n> Tue 2/3/2026 9:14 PM\n> To: Jane", "Quiet River"),
        ("Petra Nowak\nDi., 3. Feb., 21:14 (vor 2 Tagen)\nan mich", "…"),
        ("Petra Nowak\nmar. 3 févr. 21:14 (il y a 2 jours)\nÀ moi", "…"),
    ],
)
def test_a_copied_head_becomes_one_line(head: str, who: str) -> None:
    after = cleaned(f"I read it again.\n\n{head}\n\nHow are you doing?\n")
    assert who in after
    assert not any(telling in after for telling in ("9:14", "21:14", "Whitcombe", "Petra", "to me", "ago", "Tue"))
    assert after.startswith("I read it again.\n\n")
    assert after.endswith("\n\nHow are you doing?\n")
    assert cleaned(after) == after


@pytest.mark.parametrize(
    "text",
    [
        "The doctor is\n\nPetra Nowak <petra@clinic.example>\nTue 2/3/2026 9:15 AM\nBring the card.\n",
        "My plan:\n\nGym\nTue, Feb 3, 9:00 PM (2 hours)\nto lose weight I run.\n",
        "It broke on Tue, Feb 3, at 9:14 PM (2 days ago)\nto my surprise.\n",
        "What did you do?\nTue, Feb 3, 9:14 PM (2 days ago)\n",
        "Write to\nPetra Nowak <petra@clinic.example>\nTo: ask for the form\n",
        "the bus came late,\nTue, Feb 3, 9:14 PM (2 days ago)\n",
    ],
)
def test_what_people_note_stays(text: str) -> None:
    assert cleaned(text) == text


@pytest.mark.parametrize(
    "piece", ["A <a@b>\n", "A <a@b>\n9:14 (1 a)\n", "9:14 (1 a)\n", "A <a@", "(1 ", "Tue, Feb 3, 9:14 PM (2 d)\n\n\n"]
)
def test_a_hostile_text_takes_time_in_proportion(piece: str) -> None:
    def cost(size: int) -> float:
        text = piece * (size // len(piece))
        begin = time.process_time()
        cleaned(text)
        return time.process_time() - begin

    cost(1_000)
    small, large = (min(cost(size) for _ in range(2)) for size in (10_000, 40_000))
    assert large < 12 * small + 0.05
