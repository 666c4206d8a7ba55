"""A whole letter takes time in proportion to its length, whatever signs it repeats."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from itertools import permutations

import pytest

from relay.model import Message
from relay.refusals import Refusal

_SMALL, _GROWTH = 16_000, 4
_MORE = 2  # times the time for a character that the larger letter may take
_SLACK = 0.4  # seconds

_SIGNS = (*"<>&\"'=/:.,-_()[]{}@#%*~|\\;!?+1a \n\t\xa0\u200bé中ا",)
_PIECES = (
    *("".join(two) for two in permutations('<>&="/:.-([@>%*1a', 2)),
    *(" \n", "a \n", "> ", "> > ", "-- \n", "a: b\n", "www.", "http://a.", "a@a.a ", "<a href='", '<a href="', "<!--"),
    *("<![CDATA[", "</", "</a>", "<p>", "<div>", "<b><i>", "<td>", "<ul><li>", "<blockquote>", "<span style='", "&#x"),
    *(
        "[cid:",
        "[image:",
        "On a wrote:\n",
        "From: a\nSent: b\n",
        "*****",
        "1:1 ",
        "1.1.",
        "+1 ",
        "* a\n",
        "A. ",
        "Jane ",
    ),
    *("begin 644 a\n", "=3D", "%25", "\\u0041", "a\u0301", "\u202e", "👩\u200d", "\ufffc", "|a|\n", "-----BEGIN PGP "),
)


def _seconds(arrives: Callable[..., Message], words: str, kind: str) -> float:
    started = time.process_time()
    with contextlib.suppress(Refusal):
        arrives(words, kind)
    return time.process_time() - started


@pytest.mark.once
@pytest.mark.parametrize("kind", ["plain", "raw html"])
@pytest.mark.parametrize(
    "piece",
    [
        *("<", "&", "a@", "> ", "http://a.", "<!--", "[image:"),
        *(pytest.param(piece, marks=pytest.mark.long) for piece in (*_SIGNS, *_PIECES)),
    ],
)
def test_a_letter_takes_time_in_proportion_to_its_length(
    piece: str, kind: str, arrives: Callable[..., Message], relayed: Callable[[bytes], Message]
) -> None:
    def raw(words: str, _: str) -> Message:
        head = "From: jane.whitcombe@northbank.example\nSubject: bowls\nContent-Type: text/html; charset=utf-8\n\n"
        return relayed(f"{head}{words}".encode())

    through = raw if kind == "raw html" else arrives
    small = piece * (_SMALL // len(piece))
    little = _seconds(through, small, kind)
    assert _seconds(through, small * _GROWTH, kind) < _MORE * _GROWTH * little + _SLACK
