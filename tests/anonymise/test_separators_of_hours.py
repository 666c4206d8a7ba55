"""The clock goes whatever sign parts hours and minutes: every place that looks for it knows the same signs."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from relay.message.clock import SEPARATORS
from relay.model import Message

Arrive = Callable[..., Message]

QUIET = "Quiet River <quiet-river.p9@relay.example.org>"
LINES = {
    "delivered": "Delivered: Tue, 3 Feb 2026 21:14 +0100",
    "delivered at night": "Delivered: Tue, 3 Feb 2026 21:14 PM",
    "read": "Your message was read on Tuesday, 3 February 2026 21:14 (UTC+1).",
    "accepted": "Accepted: Plan @ 2026-02-03 21:14 (UTC+01:00)",
    "accepted hours": "Accepted: Plan @ 3 Feb 2026 20:30 - 21:14 (CET)",
    "sent": "Sent at 21:14 (Europe/Prague)",
    "attribution": f"On 3 Feb 2026 at 21:14, {QUIET} wrote:\n\n> hello",
    "attribution without colon": f"On 3 Feb 2026 at 21:14 {QUIET} wrote\n\n> hello",
    "ruled": f"---- On Mon, 2 Feb 2026 21:14:04 +0100 {QUIET} wrote ----\n\n> hello",
    "chat": "[03.02.2026, 21:14] Quiet River: hello there\n[03.02.2026, 21:14] Nora Quill: good evening",
    "header block": "From: Quiet River\nDate: 2 Feb 2026 21:14\nSubject: bowls\n\nhello",
    "report": "To: Quiet River\nSent: 21:14\nSubject: bowls\n\nhello",
    "running fields": f"----- Original Message ----- From: {QUIET} Sent: 3 Feb 2026 21:14 To: Amber Subject: bowls",
    "without colons": "From   Quiet River\nSent   3 Feb 2026 21:14\nTo   Amber Heron\nSubject   bowls\n\nhello",
}


@pytest.mark.parametrize("separator", SEPARATORS)
@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_a_line_tells_no_time(line: str, separator: str, arrives: Arrive) -> None:
    written = line.replace("20:30", f"20{separator}30").replace("21:14", f"21{separator}14")
    left = arrives(f"Dear friend,\n\nthank you for your words about bowls.\n\n{written}").text or ""
    assert "about bowls" in left
    assert "21" not in left


@pytest.mark.parametrize("half", ["pm", "PM", " pm", " PM"])
def test_a_line_tells_no_hour(half: str, arrives: Arrive) -> None:
    words = f"Dear friend,\n\nthank you for your words about bowls.\n\nSent 9{half} CET"
    assert (arrives(words).text or "").rstrip().endswith("about bowls.")


def test_the_end_of_an_hour_goes_with_its_beginning(arrives: Arrive) -> None:
    words = "Dear friend,\n\nthank you for your words about bowls.\n\n開封済み: 2026年2月3日 21時00分～22時00分"
    assert (arrives(words).text or "").rstrip().endswith("about bowls.")


@pytest.mark.parametrize("separator", SEPARATORS)
def test_what_a_person_plans_stays(separator: str, arrives: Arrive) -> None:
    words = f"Shall we talk at 21{separator}14 on Tuesday? The bus goes at 7{separator}30."
    assert words in (arrives(f"Dear friend,\n\n{words}").text or "")
