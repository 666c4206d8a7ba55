"""The HTML twin of a letter: what its text says, in paragraphs, with the direction that its language is read in."""

from __future__ import annotations

import re
from html import escape

from relay.letters.language import right_to_left

_STYLE = "font:1.1em/1.5 sans-serif;max-width:34em"
_ADDRESS = re.compile(r"[^\s@<>]+@[^\s@<>]+\.[a-z0-9-]+")
_LATIN_RUN = re.compile(r"[A-Za-z0-9][\w.@+-]*[A-Za-z0-9](?: [A-Za-z][\w.@+-]*[A-Za-z0-9])*", re.ASCII)
"""Addresses, codes and pseudonyms: in a letter from right to left they stay apart from the stops around them."""


def html_twin(text: str, language: str) -> str:
    """``text`` (LF) as an HTML document in ``language``. Paragraphs are parted by empty lines; one that is indented by
    four blanks stands out: an address to write to, a command to type, or a reason."""
    return f'<!doctype html><html lang="{escape(language)}"><body>{article(text, language)}</body></html>\n'


def article(text: str, language: str) -> str:
    """The same without the document around it."""
    rtl = right_to_left(language)
    paragraphs = (_paragraph(one, rtl) for one in text.strip("\n").split("\n\n"))
    direction = "rtl" if rtl else "ltr"
    return f'<div lang="{escape(language)}" dir="{direction}" style="{_STYLE}">' + "\n".join(paragraphs) + "</div>"


def _paragraph(words: str, rtl: bool) -> str:
    if not words.startswith("    "):
        return "<p>" + "<br>\n".join(_isolated(line, rtl) for line in words.split("\n")) + "</p>"
    line = " ".join(words.split())
    if _ADDRESS.fullmatch(line):
        return f'<p dir="ltr"><a href="mailto:{escape(line)}">{escape(line)}</a></p>'
    if line.startswith("relay "):
        return f'<p dir="ltr"><code>{escape(line)}</code></p>'
    return f"<p><b>{_isolated(line, rtl)}</b></p>"


def _isolated(line: str, rtl: bool) -> str:
    """One line, escaped. From right to left, what is written in Latin letters is isolated (Unicode UAX 9, X5c)."""
    words = escape(line, quote=False)
    return _LATIN_RUN.sub(r"<bdi>\g<0></bdi>", words) if rtl and "&" not in words else words
