"""Splits arbitrary HTML into tags and text, in one linear pass, and decodes character references (HTML Standard 13).

Python's own parser is quadratic: for every unclosed tag, comment and quote it searches to the end of the page.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

# A quote begins a value only after "="; an unclosed one is an ordinary character.
_INSIDE = r"""(?>(?:[^>"'=]++|=\s*+(?:"[^"]*+"|'[^']*+')|["'=])*)"""
_TAG = re.compile(rf"<(/?)([a-zA-Z][^\s/>]*+)({_INSIDE})>")
_OPENING = re.compile("<[a-zA-Z]")
_ATTRIBUTE = re.compile(r"""([^\s"'<>/=][^\s/>=]*+)\s*+(?:=\s*+("[^"]*+"|'[^']*+'|[^\s>]*+))?""")
_CLOSED = re.compile(r"""(?:^|[\s"'])/\Z""")  # else the slash belongs to a value: <a href=http://x.example/>
_RAW = {name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE) for name in ("script", "style")}
"""Elements whose content is not markup."""

WRITTEN_TAG = r"<(/?)([a-z][a-z0-9]*)([^\">]*(?:\"[^\"]*\"[^\">]*)*)>"
"""A pattern for a tag of well-formed HTML as relay writes it: a slash, the name in lower case, the attributes."""
WRITTEN_ATTRIBUTE = re.compile(r"([a-z][\w:\-]*)=\"([^\"]*)\"")
"""An attribute of such a tag: its name and its value, in double quotes."""


class Tag(NamedTuple):
    """``kind`` is "start", "end" or "empty" (with a slash before its end); ``name`` is in lower case."""

    kind: str
    name: str
    written: str

    @property
    def attributes(self) -> Mapping[str, str]:
        """The values by name (lower case), the first of duplicates."""
        found: dict[str, str] = {}
        for name, value in _ATTRIBUTE.findall(self.written):
            bare = value[1:-1] if len(value) > 1 and value[0] in "\"'" and value[-1] == value[0] else value
            found.setdefault(name.lower(), unescape(bare))
        return found


def html_tokens(markup: str) -> Iterator[Tag | str]:
    """Tags, and the texts between them with character references decoded. Comments and declarations are dropped; an
    unclosed tag is text, with everything that follows."""
    at = begin = 0
    last_comment_end = markup.rfind("-->")
    while (at := markup.find("<", at)) >= 0:
        tag, end = _TAG.match(markup, at), -1
        if tag is not None:
            end = tag.end()
        elif markup.startswith(("<!", "<?", "</"), at):
            end = _after_declaration(markup, at, last_comment_end)
        elif not _OPENING.match(markup, at):
            at += 1  # "a < b"
            continue
        if end < 0:
            break
        if begin < at:
            yield unescape(markup[begin:at])
        at = begin = end
        if tag is not None:
            found = _named(tag)
            yield found
            if found.kind == "start" and found.name in _RAW:
                at = begin = _after_raw(markup, end, found.name)
    if begin < len(markup):
        yield unescape(markup[begin:])


def _named(tag: re.Match[str]) -> Tag:
    kind = "end" if tag[1] else "empty" if _CLOSED.search(tag[3], len(tag[3]) - 2) else "start"
    return Tag(kind, tag[2].lower(), tag[3])


def _after_declaration(markup: str, at: int, last_comment_end: int) -> int:
    """The offset after a comment, a declaration or the like; -1 when it does not end. A comment without "-->" ends at
    the next ">"."""
    if markup.startswith("<!--", at) and last_comment_end >= at + 2:  # "<!-->" is a whole comment
        return markup.find("-->", at + 2) + 3
    return markup.find(">", at) + 1 or -1


def _after_raw(markup: str, at: int, name: str) -> int:
    """The offset of the end tag of an element without markup in it."""
    end = _RAW[name].search(markup, at)
    return end.start() if end else len(markup)


# What an HTML serialiser escapes (HTML Standard 13.3), and html.escape. The ampersand last: "&amp;lt;" is "&lt;".
_FEW = (
    ("&nbsp;", "\u00a0"),
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&quot;", '"'),
    ("&#x27;", "'"),
    ("&#39;", "'"),
    ("&amp;", "&"),
)


def unescape(text: str) -> str:
    """Like html.unescape, which takes a microsecond per reference: seconds for a page full of them."""
    ampersands = text.count("&")
    if not ampersands:
        return text
    if ampersands != sum(text.count(reference) for reference, _ in _FEW):
        return html.unescape(text)
    for reference, character in _FEW:
        text = text.replace(reference, character)
    return text
