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


def _html(words: str) -> str:
    return f"Content-Type: text/html; charset=utf-8\n\n{words}"


def _file(words: str, name: str) -> str:
    part = f"Content-Type: application/octet-stream\nContent-Disposition: attachment; filename={name}\n\n{words}"
    return f"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nLook.\n--b\n{part}\n--b--\n"


_WAYS: dict[str, Callable[[str], str]] = {
    "text": lambda words: f"Content-Type: text/plain; charset=utf-8\n\n{words}",
    "html": _html,
    "text file": lambda words: _file(words, "a.txt"),
    "page": lambda words: _file(words, "a.html"),
    "drawing": lambda words: _file(f"<svg xmlns='http://www.w3.org/2000/svg'><text>{words}", "a.svg"),
    "rtf": lambda words: _file(f"{{\\rtf1\\ansi {words}", "a.rtf"),
    "calendar": lambda words: _file(f"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:{words}", "a.ics"),
    "card": lambda words: _file(f"BEGIN:VCARD\nVERSION:3.0\nFN:{words}", "a.vcf"),
    "table": lambda words: _file(words, "a.csv"),
}


@pytest.mark.once
@pytest.mark.parametrize("way", _WAYS)
@pytest.mark.parametrize(
    "piece",
    [
        *("<", "a@", "> ", "http://a."),
        *(pytest.param(piece, marks=pytest.mark.long) for piece in (*_SIGNS, *_PIECES)),
    ],
)
def test_a_letter_takes_time_in_proportion_to_its_length(
    piece: str, way: str, relayed: Callable[[bytes], Message]
) -> None:
    def seconds(words: str) -> float:
        letter = f"From: jane.whitcombe@northbank.example\nSubject: bowls\nMIME-Version: 1.0\n{_WAYS[way](words)}"
        started = time.process_time()
        with contextlib.suppress(Refusal):
            relayed(letter.encode())
        return time.process_time() - started

    small = piece * (_SMALL // len(piece))
    little = seconds(small)
    assert seconds(small * _GROWTH) < _MORE * _GROWTH * little + _SLACK
