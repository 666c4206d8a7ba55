"""Finds the blocks under a letter that identify its author: signature blocks, program footers, disclaimers."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator

from relay.anonymise.identities import Finding, Redactor
from relay.anonymise.names.lexicon import CONTINUOUS
from relay.anonymise.names.name_words import is_title
from relay.anonymise.signature_blocks.blocks import DOUBTFUL, parts_of
from relay.anonymise.signature_blocks.last_footers import Part
from relay.anonymise.signature_blocks.line_groups import Known
from relay.anonymise.signature_blocks.lines import bodies_of, own_passages, quoted_passages
from relay.anonymise.signature_blocks.meetings import invitations_in
from relay.anonymise.signature_blocks.notices import Notices
from relay.anonymise.signature_blocks.rows import PICTURE, SITE, Line, Rows, lines_of
from relay.anonymise.signature_blocks.wrapped import holds_a_letter

_BRACKETS = re.compile(r"[(\[][^()\[\]\n]{1,24}[)\]]")
_WORD = re.compile(r"[^\W_]+")
_LONGEST_BESIDE = 40
_HANGUL = re.compile("[가-힣]{3}")

__all__ = ["PICTURE", "SITE", "Rows", "find", "find_marked", "own_passages", "quoted_passages"]


def find(text: str, redactor: Redactor, named: list[Finding] | None = None) -> list[Finding]:
    """Every signature block, footer and disclaimer of a text, as whole lines, to be removed.

    Each quote level, and each letter of quoted history, is examined separately. Found are: everything below "-- " (RFC
    3676 4.3); lines below a closing formula with two marks of contact or employer; what mail programs, virus scanners
    and legal departments append. The closing formula stays, and a first name or pseudonym below it. ``named``: mentions
    of the author, where they are known. Linear in the text.
    """
    lines = lines_of(text, redactor.of_letter(Rows))
    identities = _Identities(text, redactor, redactor.find(text) if named is None else named)
    notices = redactor.of_letter(Notices)
    notices.read(text)
    known = Known(identities.is_name, identities.is_full_name, identities.holds, notices)
    places = sorted(
        (piece[part.first].begin, piece[part.last - 1].end, _above_blanks(piece, part), part.kind)
        for body, example in bodies_of(lines)
        for piece, parts in _pieces(body, known, example=example)
        for part in parts
    )
    return _with_blanks_between(text, _told_of_own(text, redactor, places))


def _pieces(body: list[Line], known: Known, *, example: bool) -> Iterator[tuple[list[Line], list[Part]]]:
    """A letter in pieces, with the parts to be removed from each: what is around the ways to join a meeting, and what
    their organisations added."""
    at = 0
    for invitation in invitations_in(body):
        above = body[at : invitation.first]
        yield above, parts_of(above, known, example=example)
        at = invitation.last
        own = [Part(line, line + 1, "footer") for line in invitation.rooms]
        if invitation.kept < invitation.added:
            own.append(Part(invitation.kept, invitation.added, "footer"))
        yield body, own
    rest = body[at:] if at else body
    yield rest, parts_of(rest, known, example=example)


def _told_of_own(
    text: str, redactor: Redactor, places: list[tuple[int, int, int, str]]
) -> list[tuple[int, int, int, str]]:
    """The same parts; doubtful ones in what the author quotes are signatures like others: they are not the author's."""
    if not any(kind == DOUBTFUL for *_, kind in places):
        return places
    own = list(own_passages(text, redactor.of_letter(Rows)))
    return [
        (
            begin,
            end,
            above,
            kind if any(first <= begin < last for first, last in own) or kind != DOUBTFUL else "signature",
        )
        for begin, end, above, kind in places
    ]


def find_marked(text: str, redactor: Redactor, regions: Iterable[tuple[int, int]]) -> list[Finding]:
    """Those of the ``regions`` (start, end), marked as signature block by a mail program, that are only that: not the
    whole letter, nor a block in which somebody went on writing."""
    rows, notices = redactor.of_letter(Rows), redactor.of_letter(Notices)
    found: list[Finding] = []
    for start, end in regions:
        if found and start < found[-1].end:
            continue
        outside = text[:start] + text[end:]
        if any(map(str.isalnum, outside)) and not holds_a_letter(text[start:end], rows, notices):
            below = _below_formula(text, start, end, rows)
            if below < end:
                found.append(Finding(below, end, "", "signature"))
    return found


def _below_formula(text: str, start: int, end: int, rows: Rows) -> int:
    """Where the signature block begins below a closing formula that the program took into it; ``end`` when the formula
    is all."""
    for line in lines_of(text[start:end], rows):
        if line.words and not line.facts.is_closing:
            break
        if line.words:
            start_below = start + line.end
            return start_below if any(map(str.isalnum, text[start_below:end])) else end
    return start


def _above_blanks(body: list[Line], part: Part) -> int:
    """The offset of the first blank line above a part."""
    first = part.first
    while first > 0 and not body[first - 1].words:
        first -= 1
    return body[first].begin


def _with_blanks_between(text: str, places: list[tuple[int, int, int, str]]) -> list[Finding]:
    """The parts as findings that extend to the next line; blank lines between two of them are removed too, and at the
    end of the text also those above."""
    found: list[Finding] = []
    following, last = len(text), True
    for begin, line_end, above, kind in reversed(places):
        end = min(line_end + 1, len(text))
        adjoining = not text[end:following].strip("> \t\n\xa0")
        last = last and adjoining
        start = above if last else begin
        found.append(Finding(start, following if adjoining else end, "", kind))
        following = start
    return found[::-1]


def _is_beside_name(words: str) -> bool:
    """Whether words beside a name are a title, a degree, an initial, or what stands in brackets: "Ms … (she/her)"."""
    left = _BRACKETS.sub(" ", words)
    return len(words) <= _LONGEST_BESIDE and all(is_title(word) or len(word) == 1 for word in _WORD.findall(left))


class _Identities:
    """The names and addresses of the author in a text."""

    def __init__(self, text: str, redactor: Redactor, named: list[Finding]) -> None:
        self._text = text
        self._redactor = redactor
        self._found = named, [finding.start for finding in named]
        self._initials = {"".join(word[0] for word in name.split()) for name in redactor.known.author.known_as}

    def _in(self, line: Line) -> list[Finding]:
        found, starts = self._found
        at = max(0, bisect_right(starts, line.begin) - 1)
        inside: list[Finding] = []
        while at < len(found) and found[at].start < line.end:
            if found[at].end > line.begin:
                inside.append(found[at])
            at += 1
        return inside

    def holds(self, line: Line) -> bool:
        """Whether the line holds an address or a name of the author."""
        return bool(self._in(line))

    def is_name(self, line: Line) -> bool:
        """Whether the line is only a name of the author, or a pseudonym."""
        known = self._redactor.known
        if line.words.strip(" .,!*_") in (known.author_persona.name, known.recipient_persona.name):
            return True
        inside = self._in(line)
        if not inside:
            return line.words.strip(" .,!*_").replace(".", "").replace(" ", "") in self._initials
        if any(finding.kind != "name" for finding in inside):
            return False
        left, at = [], line.begin
        for finding in inside:
            left.append(self._text[at : max(at, finding.start)])
            at = finding.end
        rest = "".join((*left, self._text[at : line.end]))
        return not any(map(str.isalnum, rest)) or _is_beside_name(rest)

    def is_full_name(self, line: Line) -> bool:
        """Whether the line is only the author's name, of two words or more or in one piece, and no pseudonym."""
        known = self._redactor.known
        words = line.words.strip(" .,!*_")
        whole = len(words.split()) > 1 or (
            not words.isascii() and bool(CONTINUOUS.match(words) or _HANGUL.match(words))
        )
        return whole and words not in (known.author_persona.name, known.recipient_persona.name) and self.is_name(line)
