"""Makes the HTML part of relay's letters from their text, with the writing direction of the language."""

from __future__ import annotations

import re
from html import escape

from relay.letters.language import right_to_left

_STYLE = "font:1.1em/1.5 sans-serif;max-width:34em;overflow-wrap:anywhere"
_ADDRESS = re.compile(r"[^\s@<>]+@[^\s@<>]+\.[a-z0-9-]+")
_LATIN_RUN = re.compile(r"[A-Za-z0-9][\w.@+-]*[A-Za-z0-9](?: [A-Za-z][\w.@+-]*[A-Za-z0-9])*", re.ASCII)
"""Addresses, codes and pseudonyms. In right-to-left text they are isolated, so that punctuation stays in place."""


def html_twin(text: str, language: str) -> str:
    """``text`` (LF line ends) as an HTML document in ``language`` (BCP 47).

    Empty lines separate paragraphs. A paragraph indented by four blanks is emphasised: an address becomes a link, a
    relay command becomes code, anything else becomes bold.
    """
    return f'<!doctype html><html lang="{escape(language)}"><body>{article(text, language)}</body></html>\n'


def article(text: str, language: str) -> str:
    """The same as a ``div`` element, without the document around it."""
    rtl = right_to_left(language)
    paragraphs = (_paragraph(one, rtl) for one in text.strip("\n").split("\n\n"))
    direction = "rtl" if rtl else "ltr"
    return f'<div lang="{escape(language)}" dir="{direction}" style="{_STYLE}">' + "\n".join(paragraphs) + "</div>"


def _paragraph(text: str, rtl: bool) -> str:
    if not text.startswith("    "):
        return "<p>" + "<br>\n".join(_isolated(line, rtl) for line in text.split("\n")) + "</p>"
    line = " ".join(text.split())
    if _ADDRESS.fullmatch(line):
        return f'<p dir="ltr"><a href="mailto:{escape(line)}">{escape(line)}</a></p>'
    if line.startswith("relay "):
        return f'<p dir="ltr"><code>{escape(line)}</code></p>'
    return f"<p><b>{_isolated(line, rtl)}</b></p>"


def _isolated(line: str, rtl: bool) -> str:
    """A line, escaped. In right-to-left text, runs of Latin letters are isolated (Unicode UAX 9, X5c)."""
    escaped = escape(line, quote=False)
    return _LATIN_RUN.sub(r"<bdi>\g<0></bdi>", escaped) if rtl and "&" not in escaped else escaped
