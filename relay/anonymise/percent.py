"""Reads the words of a text that hold percent codes (RFC 3986 2.1), whatever is encoded in them and how often.

A link in a link is encoded once more for each, and programs encode references, backslash escapes and what is left of
quoted-printable along with it. Each code is decoded by itself, so that only the codes of a name change with it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import quote, unquote

from relay.anonymise.decoded_view import Place, View, mapped, undone
from relay.message.read.html_tokens import unescape

MOST_NESTED = 8
"""Encodings around each other that are decoded."""
CODE = rf"%(?:25){{0,{MOST_NESTED}}}[0-9A-Fa-f]{{2}}"
"""A pattern for one octet, encoded once or several times."""
LONGEST_CODE = 3 + 2 * MOST_NESTED

_ENCODED = re.compile(r"%(?:u[0-9A-Fa-f]{2})?[0-9A-Fa-f]{2}")
_WORD = re.compile(r"[^\s<>\"]+")
_NEXT = r"%[89ABab][0-9A-Fa-f]"
_CODES = re.compile(
    # One character of UTF-8 (RFC 3629 3), or one octet.
    rf"(?P<percent>%[CDcd][0-9A-Fa-f]{_NEXT}|%[Ee][0-9A-Fa-f](?:{_NEXT}){{2}}|%[Ff][0-7](?:{_NEXT}){{3}}"
    r"|%[0-9A-Fa-f]{2})"
    r"|(?P<reference>&(?:#[0-9]{1,8}|#[xX][0-9A-Fa-f]{1,7}|[A-Za-z][A-Za-z0-9]{1,31});)"
    r"|(?:%u|\\u)(?P<unit>[0-9A-Fa-f]{4})|\\x(?P<octet>[0-9A-Fa-f]{2})"
)
_QUOTED = re.compile(r"=(?P<octet>[0-9A-F]{2})")
_CODE = re.compile(CODE)
_APART = "\nж\n"  # a word as separator, so that no name is found across two words


class Decoded(NamedTuple):
    """The words of a text that hold percent codes, decoded, and the way back to the text."""

    words: str
    place: Place


def decoded_words(text: str) -> Iterator[Decoded]:
    """The words of the text that hold percent codes, decoded once, twice and so on, at most MOST_NESTED times; at the
    end without what is left of quoted-printable. Nothing for a text without codes. Linear in the text."""
    words = [word.span() for word in _WORD.finditer(text) if "%" in word[0] and _ENCODED.search(word[0])]
    if not words:
        return
    joined = _APART.join(text[start:end] for start, end in words)
    begins, at = [], 0
    for start, end in words:
        begins.append(at)
        at += end - start + len(_APART)

    def in_text(start: int, end: int) -> tuple[int, int]:
        word = bisect_right(begins, start) - 1
        shift = words[word][0] - begins[word]
        return start + shift, min(end + shift, words[word][1])

    views: list[View] = []
    for codes in (*[_CODES] * MOST_NESTED, _QUOTED, _CODES):
        view = undone(joined, codes, _meaning)
        if view.plain != joined:
            views.append(view)
            joined = view.plain
            yield Decoded(joined, _through(mapped(tuple(views)), in_text))


def _through(decoded: Place, in_text: Place) -> Place:
    return lambda start, end: in_text(*decoded(start, end))


def _meaning(code: re.Match[str]) -> str:
    kind = code.lastgroup or ""
    if kind == "percent":
        return unquote(code[0])
    if kind == "reference":
        return unescape(code[0])
    number = int(code[kind], 16)
    return chr(number) if not 0xD800 <= number < 0xE000 else "\ufffd"


def past_code(text: str, start: int, end: int) -> int:
    """Where a range of the text begins that may begin inside of a percent code: behind the code, as "%3Djane" does
    at "jane"."""
    for code in _CODE.finditer(text, max(0, start - LONGEST_CODE), min(len(text), start + LONGEST_CODE)):
        if code.start() < start < code.end() < end:
            return code.end()
    return start


def encoded_like(words: str, written: str) -> str:
    """The words percent-encoded as often as what is ``written`` in their place."""
    depth = max((code[0].count("25") for code in _CODE.finditer(written)), default=-1) + 1
    for _ in range(depth):
        words = quote(words, safe="")
    return words
