"""Checks whether an element marked as signature block contains the letter itself."""

from __future__ import annotations

from relay.anonymise.signature_blocks.formulas import is_greeting
from relay.anonymise.signature_blocks.lines import introduction
from relay.anonymise.signature_blocks.notices import Notices, is_disclaimer
from relay.anonymise.signature_blocks.rows import Rows, lines_of
from relay.anonymise.signature_blocks.words_of_lines import speaks

_MAX_LINES = 60


def holds_a_letter(text: str, rows: Rows, notices: Notices) -> bool:
    """Whether the text holds a greeting, a closing formula, quoted history, two sentences to a reader, or one and
    nothing of a signature block, or more lines than any signature block."""
    lines = [line for line in lines_of(text, rows) if line.words]
    if len(lines) > _MAX_LINES:
        return True
    sentences, marked = 0, False
    for at, line in enumerate(lines):
        if line.level or introduction(lines, at):
            return True
        if is_greeting(line.words) or (line.facts.is_closing and at > 0):
            return True
        if line.facts.is_footer or is_disclaimer([line], notices):
            continue
        if line.facts.is_prose and speaks(line.words) and not line.facts.contacts:
            sentences += 1
        else:
            marked = marked or line.facts.marks > 0
        if sentences >= 2:
            return True
    return sentences > 0 and not marked
