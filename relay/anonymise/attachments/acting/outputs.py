"""Tells which outputs of a Jupyter notebook only show something, and finds what its words would fetch (nbformat 4)."""

from __future__ import annotations

import re

from relay.anonymise.attachments.acting.remote import in_html, in_markdown
from relay.anonymise.identities import Finding

# All others need a script, or may hold one.
_SHOWN = re.compile(r"text/(?:plain|latex|markdown|html)|image/[\w.+-]{1,40}|application/json")
_ACTIVE = re.compile(
    r"<\s{0,9}(?:script|iframe|object|embed|link|meta|base|form|frame|applet)\b|\bon\w{2,20}\s{0,9}="
    r"|javascript:|@import|url\s{0,9}\(\s{0,9}['\"]?\s{0,9}(?:https?:)?//",
    re.IGNORECASE,
)


def only_shows(media_type: str, words: str) -> bool:
    """Whether an output of a media type, ``words`` as its text, runs nothing. Pictures in it may be remote, and a
    drawing (image/svg+xml) is cleaned as one."""
    if media_type not in ("text/html", "text/markdown"):
        return _SHOWN.fullmatch(media_type) is not None
    return not _ACTIVE.search(words) and not ("<svg" in words.lower() and in_html(words))


def remote_pictures(media_type: str, words: str) -> list[Finding]:
    """The remote pictures in an output or a cell of that media type, in order."""
    if media_type == "text/markdown":
        return in_markdown(words)
    return in_html(words) if media_type == "text/html" else []
