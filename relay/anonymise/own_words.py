"""What somebody wrote in an answer, without the letters that it quotes and the lines mail programs write above them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from relay.anonymise.history.above import lines_above_quotations
from relay.anonymise.history.attribution import attributions
from relay.anonymise.history.blocks import header_blocks
from relay.anonymise.history.groupwise import groupwise_lines
from relay.anonymise.history.lines import Lines
from relay.anonymise.history.markers import is_marker
from relay.refusals import CannotAnonymise

_BLANK_LINES = re.compile(r"\n{3,}")
NOT_OURS = (
    "below your words stands another letter that is not the one you answer; please take it out, or copy into your "
    "words what is to be passed on"
)


def own_words(text: str, ours: Sequence[str]) -> str:
    """``text`` (LF) without quotations.

    A quotation with marks (">") goes line by line, so words between its lines stay. One without marks, as Outlook
    writes it, goes to the end of the text; words in it cannot be told from it. So it must be the letter that was
    answered, which has one of the words ``ours``. Raises CannotAnonymise when it is another. Linear in the text.
    """
    lines = Lines(text)
    gone: set[int] = {number for number in range(len(lines)) if lines[number].depth}
    for first, last, telling in _announced(lines):
        below = lines.words_after(last, len(lines))
        marked = below is not None and below.depth > lines[first].depth
        if marked or telling:
            gone.update(range(first, last + 1))
        if below is not None and telling and not marked and not lines[first].depth:
            rest = text[lines[first].start :]
            if not any(word and word in rest for word in ours):
                raise CannotAnonymise(NOT_OURS)
            gone.update(range(first, len(lines)))
            break
    kept = (text[lines[number].start : lines[number].end] for number in range(len(lines)) if number not in gone)
    return _BLANK_LINES.sub("\n\n", _without_rule("\n".join(kept))).strip("\n")


def _announced(lines: Lines) -> list[tuple[int, int, bool]]:
    """The first and last line of all that mail programs write above a letter they quote, in order; and whether it is
    that without marks below, too: "Anna wrote:" alone may be a sentence."""
    found = [
        (lines.at(one.start), lines.at(max(one.start, one.end - 1)), one.revealing)
        for finder in (attributions, groupwise_lines, lines_above_quotations)
        for one in finder(lines)
    ]
    found += [(block[0].first, block[-1].last, True) for block in header_blocks(lines)]
    found += [
        (number, number, True)
        for number in range(len(lines))
        if not lines[number].blank and is_marker(lines.text[lines[number].body : lines[number].end])
    ]
    return sorted(found)


def _without_rule(text: str) -> str:
    """``text`` without a last line of dashes or the like, which stood above a quotation."""
    above, _, last = text.rstrip().rpartition("\n")
    return above if last and not any(map(str.isalnum, last)) and len(set(last.strip())) == 1 and len(last) > 4 else text
