"""Letters with something appended, and what arrives of them: through the whole middle, as text and as HTML."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape, unescape

import pytest

from relay.model import Message

_HEADER = (
    "From: jane.whitcombe@northbank.example\nTo: quiet-river.p9@relay.example.org\nSubject: Re: bowls\n"
    "Content-Type: text/{}; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
)
_WROTE = "On 3 Feb 2026, at 09:00, Quiet River &lt;quiet-river.p9@relay.example.org&gt; wrote:"
_ABOVE, _BELOW = "Thank you for the chapter. It is good.", "See you on Tuesday, at the lake."


def _quoted(text: str) -> str:
    return "".join(f"> {line}".rstrip() + "\n" for line in text.split("\n"))


BELOW = {
    "below": f"{_ABOVE}\n\n{{}}\n",
    "below a sign-off": f"{_ABOVE}\n\nBest wishes,\nAmber\n\n{{}}\n",
    "in a quotation": f"{_ABOVE}\n\n{unescape(_WROTE)}\n\n{{quoted}}",
    "above a quotation": f"{_ABOVE}\n\n{{}}\n\n{unescape(_WROTE)}\n\n> {_BELOW}\n",
}
BELOW_HTML = {
    "in a block": f"<p>{_ABOVE}</p><div>{{}}</div>",
    "in a table": f"<p>{_ABOVE}</p><table><tr><td>{{}}</td></tr></table>",
    "in a quoted block": f"<p>{_ABOVE}</p><div>{_WROTE}</div><blockquote type=cite><p>{_BELOW}</p>"
    "<p>{}</p></blockquote>",
    "above a quoted block": f"<p>{_ABOVE}</p><p>{{}}</p><div>{_WROTE}</div><blockquote type=cite>{_BELOW}</blockquote>",
}
ABOVE = {
    "above": f"{{}}\n\n{_ABOVE}\n\n{_BELOW}\n",
    "at the top of a quotation": f"{_ABOVE}\n\n{unescape(_WROTE)}\n\n{{quoted above}}",
}
ABOVE_HTML = {
    "in a block above": f"<div>{{}}</div><p>{_ABOVE}</p><p>{_BELOW}</p>",
    "in a table above": f"<table><tr><td>{{}}</td></tr></table><div>{_ABOVE}</div><div>{_BELOW}</div>",
    "in a quoted block": f"<p>{_ABOVE}</p><div>{_WROTE}</div><blockquote type=cite><div>{{}}</div><p>{_BELOW}</p>"
    "</blockquote>",
}


def _plain(place: str, words: str) -> str:
    quoted = _quoted(f"{_BELOW}\n\n{words}")
    above = _quoted(f"{words}\n\n{_BELOW}")
    return place.replace("{quoted above}", above).replace("{quoted}", quoted).replace("{}", words)


def _formatted(place: str, words: str) -> str:
    return place.replace("{}", escape(words, quote=False).replace("\n", "<br>"))


def _words(message: Message) -> tuple[str, str]:
    """The words of its text and of its HTML, without quote marks and blanks."""
    text = " ".join(re.sub(r"(?m)^[> ]+", "", message.text or "").split())
    html = " ".join(unescape(re.sub(r"<[^>]*>", " ", message.html or "")).split())
    return text, html


Places = Callable[[str], list[str]]


@pytest.fixture(scope="session")
def arrived_without() -> dict[str, str]:
    """What arrives of the letter of each place without any words there."""
    return {}


@pytest.fixture
def left(
    relayed: Callable[[bytes], Message], arrived_without: dict[str, str]
) -> Callable[..., dict[str, tuple[str, str, str]]]:
    """For each place: what arrives of a letter with these words there, as text and as HTML, and of one without."""

    def without(letter: str) -> str:
        if letter not in arrived_without:
            arrived_without[letter] = _words(relayed(letter.encode()))[0]
        return arrived_without[letter]

    def through(words: str, *, above: bool = False) -> dict[str, tuple[str, str, str]]:
        out: dict[str, tuple[str, str, str]] = {}
        for name, place in (ABOVE if above else BELOW).items():
            header = _HEADER.format("plain")
            text, _ = _words(relayed((header + _plain(place, words)).encode()))
            out[name] = (text, text, without(header + _plain(place, "")))
        for name, place in (ABOVE_HTML if above else BELOW_HTML).items():
            header = _HEADER.format("html")
            message = relayed((header + _formatted(place, words)).encode())
            out[name] = (*_words(message), without(header + _formatted(place, "")))
        return out

    return through
