"""Reads how an XML file begins: its root element, and what stands before it (XML 1.0, 2.8)."""

from __future__ import annotations

import re
from typing import NamedTuple

LONGEST = 65_536
"""Characters before the root element that are read."""
_TAG = re.compile(r"<(?:([\w.-]{1,100}):)?([\w:.-]{1,100})(?=[\s/>])")
_SPACE = re.compile(r"xmlns(?::([\w.-]{1,100}))?\s{0,20}=\s{0,20}(?:\"([^\"]{0,500})\"|'([^']{0,500})')")
_LONGEST_TAG = 8_192


class Head(NamedTuple):
    """The root element's local name and namespace in lower case, and all namespaces declared in it; and the markup
    before it (processing instructions, document type)."""

    root: str
    namespace: str
    declared: tuple[str, ...]
    prolog: str


def head_of(text: str) -> Head | None:
    """How the XML in ``text`` begins; None when it is no XML, or its root is not within LONGEST characters."""
    at, end = 0, min(len(text), LONGEST)
    at = _blanks(text, at, end)
    while 0 <= at < end and text.startswith("<", at):
        if text.startswith(("<?", "<!"), at):
            at = _behind(text, at, end)
            if at >= 0:
                at = _blanks(text, at, end)
            continue
        return _head(text, at)
    return None


def _head(text: str, at: int) -> Head | None:
    tag = _TAG.match(text, at)
    if tag is None:
        return None
    spaces = {
        found[1] or "": (found[2] if found[2] is not None else found[3]).lower()
        for found in _SPACE.finditer(text, at, min(_end_of_tag(text, at), at + _LONGEST_TAG))
    }
    declared = tuple(spaces.values())
    return Head(tag[2].lower(), spaces.get(tag[1] or "", ""), declared, text[:at])


def _end_of_tag(text: str, at: int) -> int:
    end = text.find(">", at)
    return len(text) if end < 0 else end


def _blanks(text: str, at: int, end: int) -> int:
    while at < end and text[at] in " \t\r\n\ufeff":
        at += 1
    return at


def _behind(text: str, at: int, end: int) -> int:
    """The place behind a comment, processing instruction or document type; -1 without its end."""
    if text.startswith("<!--", at):
        close, length = text.find("-->", at + 4, end), 3
    elif text.startswith("<?", at):
        close, length = text.find("?>", at, end), 2
    else:
        subset, plain = text.find("[", at, end), text.find(">", at, end)
        if 0 <= subset < plain:
            plain = text.find(">", text.find("]", subset, end), end)
        close, length = plain, 1
    return close + length if close >= 0 else -1
