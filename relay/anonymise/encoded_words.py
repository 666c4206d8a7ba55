"""Finds identities in encoded words of a header (RFC 2047) that stand in a text: programs quote them undecoded."""

from __future__ import annotations

import re
from collections.abc import Iterator

from relay.anonymise.identities import Finding, Redactor, replaced
from relay.message.read.header_words import decoded

_WORD = r"=\?[\w-]{2,40}(?:\*[\w-]{1,20})?\?[bBqQ]\?[^\s?]{1,400}\?="
_RUN = re.compile(rf"{_WORD}(?:\s{{1,4}}{_WORD})*")


def find(text: str, redactor: Redactor) -> Iterator[Finding]:
    """The runs of encoded words that name the author, replaced by what they say without the name; in order. Linear in
    the text."""
    if "=?" not in text:
        return
    for run in _RUN.finditer(text):
        plain = decoded(run[0].encode())
        found = redactor.find(plain)
        if found:
            yield Finding(*run.span(), replaced(plain, found), found[0].kind)
