"""An emoji that was sent as a picture is the emoji; the words for another picture stand in brackets."""

from __future__ import annotations

import pytest

from relay.anonymise.html.emoji import is_emoji
from relay.anonymise.html.scrub import scrub_html
from relay.anonymise.identities import Redactor
from relay.model import Identity, Known, Message, Persona

_KNOWN = Known(
    Identity(("jane.whitcombe@northbank.example",), ("Jane Whitcombe",)),
    Persona("Amber Heron", "amber-heron.x7k2m4@relay.example.org"),
    Identity(("tom@gmx.example",)),
    Persona("Quiet River", "quiet-river.p9@relay.example.org"),
)


def shown(alt: str) -> str:
    picture = f'<img data-emoji="{alt}" alt="{alt}" src="https://fonts.gstatic.com/s/e/notoemoji/16.0/1f389/72.png">'
    return scrub_html(Message(html=f"<p>Well {picture} done</p>"), Redactor(_KNOWN)).message.html or ""


@pytest.mark.parametrize("emoji", ["🎉", "👩‍👩‍👧‍👦", "1️⃣", "🇨🇿", "❤️‍🔥", "👍🏽", "🎉🎉", ":)", ";-)", "&lt;3"])
def test_an_emoji_stands_as_it_is(emoji: str) -> None:
    assert f"Well {emoji} done" in shown(emoji)


@pytest.mark.parametrize("words", ["smile", "3", "A", "—", "Bread 🍞", "#", "our dog"])
def test_other_words_stand_in_brackets(words: str) -> None:
    assert f"Well [{words}] done" in shown(words)
    assert not is_emoji(words)
