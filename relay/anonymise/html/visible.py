"""Extracts the visible text of well-formed HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator

from relay.anonymise.html.well_formed import BLOCKS, VOID
from relay.message.read.html_tokens import unescape

_TAG = re.compile(r"<(?:/?([a-z][a-z0-9]*)|!)[^>]*>", re.IGNORECASE)
_SPACE = re.compile(r"white-space:([a-z]+)")


def visible(html: str) -> str:
    """The visible text of well-formed HTML, one line per block."""
    if "white-space" in html or "<pre" in html.lower():
        return unescape("".join(_as_shown(html)))
    return unescape(_TAG.sub(_gap, html.replace("\n", " ")))


def _as_shown(html: str) -> Iterator[str]:
    """The text of well-formed HTML as in page.py: line ends of the source count only where white space is preserved."""
    around: list[bool] = []
    pre = False
    at = 0
    for tag in _TAG.finditer(html):
        text = html[at : tag.start()]
        yield text if pre else text.replace("\n", " ")
        yield _gap(tag)
        at = tag.end()
        name = (tag[1] or "").lower()
        if tag[0].startswith("</"):
            pre = around.pop() if around else False
        elif name and name not in VOID:
            around.append(pre)
            space = _SPACE.search(tag[0])
            pre = name == "pre" or (space[1].startswith(("pre", "break")) if space else pre)
    yield html[at:].replace("\n", " ")


def _gap(tag: re.Match[str]) -> str:
    """What a tag shows: a new line for a block, nothing for an inline element."""
    name = (tag[1] or "").lower()
    return "\n" if name in BLOCKS or name == "br" else ""
