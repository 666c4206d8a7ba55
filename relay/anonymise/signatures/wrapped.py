"""Looks into an element that a mail program marked as a signature: did somebody write their letter in it?"""

from __future__ import annotations

from relay.anonymise.signatures.footers import is_footer_line
from relay.anonymise.signatures.lines import introduction, lines_of
from relay.anonymise.signatures.marks import contacts, is_closing, is_greeting, is_prose, speaks
from relay.anonymise.signatures.notices import is_disclaimer

_MAX_LINES = 60


def holds_a_letter(text: str) -> bool:
    """Does the text hold a greeting, a closing formula, quoted history, two sentences to a reader, or more lines than
    any signature?"""
    lines = [line for line in lines_of(text) if line.words]
    if len(lines) > _MAX_LINES:
        return True
    sentences = 0
    for at, line in enumerate(lines):
        if line.level or introduction(lines, at):
            return True
        if is_greeting(line.words) or (is_closing(line.words) and at > 0):
            return True
        if is_footer_line(line.words) or is_disclaimer([line]):
            continue
        sentences += is_prose(line.words) and speaks(line.words) and not contacts(line.words)
        if sentences >= 2:
            return True
    return False
