"""Quotations whose line ends a program has lost: the line above, the words and a program's line stand in one line."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from relay.model import Message

Arrive = Callable[..., Message]
Q = "Quiet River <quiet-river.p9@relay.example.org>"
NORA = "Nora Quill <nora@nordquell.example>"


@pytest.mark.parametrize("kind", ["plain", "html"])
@pytest.mark.parametrize(
    "words",
    [
        f"Thanks for all. Sent from my iPhone > On Feb 3, 2026, at 21:14, {Q} wrote: > > hello there",
        f"Thanks for all.  Sent from my iPhone On Feb 3, 2026, at 21:14, {NORA} wrote: hello there",
        f"Danke für alles. Von meinem iPhone gesendet Am 03.02.2026 um 21:14 schrieb {NORA}: hello there",
        f"Thanks for all. On Tue, Feb 3, 2026 at 9:14 PM {Q} wrote: > hello there",
        f"Thanks for all\n{Q} wrote on Tue, 3 Feb 2026 at 21:14: hello there",
        f"Danke für alles\n{Q} schrieb am Di., 3. Feb. 2026 um 21:14 Uhr: hello there",
        f"Thanks -------- Original message --------From: {NORA} Date: 2/3/26  9:14 PM  (GMT+01:00) "
        "To: Jane Whitcombe <jane.whitcombe@northbank.example> Subject: Re: bowls hello there",
        f"Thanks. From: {Q} Sent: Tuesday, February 3, 2026 9:14 PM To: Jane Whitcombe Subject: Re: bowls hello there",
        f"Merci ________________________________ De : {NORA} Envoyé : mardi 3 février 2026 21:14 À : Jane Whitcombe "
        "Objet : Re: bowls hello there",
    ],
)
def test_the_time_and_the_people_go(words: str, kind: str, arrives: Arrive) -> None:
    done = arrives(words, kind)
    left = f"{done.text}{done.html}"
    assert "hello there" in left and left.strip(" <p>divr")[:3] in ("Tha", "Dan", "Mer")
    for told in ("21:14", "9:14", "2026", "iPhone", "Nora", "Quill", "nordquell", "Whitcombe"):
        assert told not in left


@pytest.mark.parametrize(
    "words",
    [
        "I asked it: what is sent from my heart on 3 Feb 2026, at 21:14, will it be read?",
        "She wrote to the mill <mill@wood.example> on 3 Feb 2026, and at 21:14: nobody came.",
        "My list. From: the mill. To: the town. Date: today at 9:14, in 2026. Subject to rain.",
    ],
)
def test_what_people_tell_stays(words: str, arrives: Arrive) -> None:
    assert words in (arrives(words).text or "")


@pytest.mark.parametrize("kind", ["plain", "html"])
@pytest.mark.parametrize(
    "head",
    [
        "Tuesday, February 3, 2026, 9:14:05 PM, you wrote:",
        "Вы писали 3 февраля 2026 г., 21:14:05:",
        'On Tue, 03 Feb 2026 21:14:05 GMT+0530 "Quiet River" wrote',
        f"On Tue, 03 Feb 2026 21:14:05 +0530 {Q} wrote",
        "On Tue, 03 Feb 2026 21:14:05 wrote :",
        f"--- Исходное сообщение ---\nВід кого: {Q}\nДата: 3 лютого 2026, 21:14:05",
    ],
)
def test_what_stands_above_words_without_marks(head: str, kind: str, arrives: Arrive) -> None:
    done = arrives(f"Dear friend,\n\nthank you for your words.\n\n{head}\n\nhello there, my friend", kind)
    left = f"{done.text}{done.html}"
    assert "hello there, my friend" in left and "21:14" not in left and "9:14" not in left


@pytest.mark.parametrize(
    "words",
    [
        "On Tue, 3 Feb 2026, at 21:14 you wrote:",
        "At 21:14 my sister and all of her old friends of the mill wrote",
        "I stopped the clock at 21:14:05 on 3 February 2026, and then I wrote",
    ],
)
def test_what_people_write_of_writing_stays(words: str, arrives: Arrive) -> None:
    assert words in (arrives(f"Dear friend,\n\nthank you for your words.\n\n{words}\n\na poem of rain").text or "")
