"""Character references of HTML as the characters they stand for, at once where only a serialiser's own few occur."""

from __future__ import annotations

import html

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
    """As html.unescape, which takes a microsecond for each reference: a page of nothing else would take seconds."""
    ampersands = text.count("&")
    if not ampersands:
        return text
    if ampersands != sum(text.count(reference) for reference, _ in _FEW):
        return html.unescape(text)
    for reference, character in _FEW:
        text = text.replace(reference, character)
    return text
