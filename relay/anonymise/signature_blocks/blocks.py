"""Decides which lines of one letter are signature block, footer or disclaimer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from relay.anonymise.names.fold import skeleton_of
from relay.anonymise.signature_blocks.below import Below, below, has_words
from relay.anonymise.signature_blocks.firm_lines import is_titled, may_name_firm, names_firm_below, names_one
from relay.anonymise.signature_blocks.formulas import is_greeting, is_opening, is_placeholder
from relay.anonymise.signature_blocks.last_footers import Part, footers_at_end, program_line_above_words, trimmed
from relay.anonymise.signature_blocks.line_groups import (
    SEPARATED,
    Known,
    after_name,
    is_card,
    is_signed,
    is_written,
    lists_pages,
    marks_of,
    past_blanks,
)
from relay.anonymise.signature_blocks.marks import has_employer, is_row
from relay.anonymise.signature_blocks.notices import end_of_banners
from relay.anonymise.signature_blocks.ranks import opening_ends
from relay.anonymise.signature_blocks.rows import Line
from relay.anonymise.signature_blocks.words_of_lines import is_name

DOUBTFUL = "doubtful-signature"
"""The kind of a signature block that may hold words to the reader: its author is told."""
MAX_BLOCK = 14
"""The most non-blank lines of a signature block."""
_MOST_BELOW = 6  # lines, with blank ones, from the name on
_EDGE = re.compile(r"[\W_]+$")
_MAX_DELIMITERS = 50
_LONGEST_GREETING = 40
_ENDS_GREETING = (",", "!", "،", "，", "！", ":", "：", "、")


def parts_of(body: Sequence[Line], known: Known, *, example: bool = False) -> list[Part]:
    """The parts to be removed from one body, in order, none overlapping. ``example``: the body is shown as an example,
    such as a model letter: a signature in it that is not the author's own stays."""
    start = end_of_banners(body, 0, known.notices)
    banners = [Part(0, start, "banner")] if start else []
    end, footers = footers_at_end(body, start, known.notices)
    shown = example and not any(map(known.holds, body))
    signatures = [] if shown else list(_signatures(body, start, end, known))
    above = program_line_above_words(body, start, end, known.notices)
    if above is not None and not any(part.first <= above < part.last for part in signatures):
        signatures = sorted([*signatures, Part(above, above + 1, "footer")], key=lambda part: part.first)
    return [*banners, *signatures, *reversed(footers)]


def _signatures(body: Sequence[Line], start: int, end: int, known: Known) -> Iterator[Part]:
    """Signature blocks below a delimiter, below a closing formula, or at the end without either."""
    delimiters = [at for at in range(start, end) if body[at].facts.delimits]
    for at in delimiters[-_MAX_DELIMITERS:]:
        after = _delimited(body, at, end, known)
        if after.end > at + 1:
            yield from _undelimited(body, start, at, known)
            yield Part(at, after.end, DOUBTFUL if after.doubtful else "signature")
            yield from _signatures_below(body, after.end, end, known)
            return
    yield from _undelimited(body, start, end, known)


def _signatures_below(body: Sequence[Line], start: int, end: int, known: Known) -> Iterator[Part]:
    """What somebody wrote below their signature block may have another one, without delimiter."""
    if start < end:
        yield from _undelimited(body, start, end, known)


def _delimited(body: Sequence[Line], at: int, end: int, known: Known) -> Below:
    """The signature block whose delimiter is at ``at`` (RFC 3676 4.3)."""
    line = body[at]
    if line.strictly:
        return below(body, at + 1, end, known.holds)
    none = Below(at + 1)
    if at > 0 and _underlines(line, body[at - 1]):
        return none
    block = _block(body, at + 1, end)
    lines = [other for other in body[at + 1 : block] if other.words]
    if not lines or any(is_placeholder(other.words) for other in lines):
        return none
    found = marks_of(lines)
    # A rule may separate chapters; "--" hardly ever does.
    sure = (
        found >= (2 if len(line.words) > 2 else 1)
        or any(map(known.holds, lines))
        or (line.words == "--" and is_signed(lines))
    )
    whole = block == end or sum(other.facts.contacts for other in lines) >= 2
    if not (sure and whole) or is_written(lines, found):
        return none
    return Below(block, has_words(lines, known.holds))


def _underlines(line: Line, above: Line) -> bool:
    """Whether this is the rule below a heading."""
    size = len(above.words)
    return len(line.words) > 2 and 0 < size - 3 <= len(line.words) <= size + 3 and not above.facts.is_closing


def _block(body: Sequence[Line], start: int, end: int) -> int:
    """How far lines extend that may belong to a signature block, without trailing blank ones."""
    at = start
    count = 0
    while at < end and count < MAX_BLOCK:
        words = body[at].words
        if words and body[at].facts.ends_block:
            break
        count += bool(words)
        at += 1
    return trimmed(body, start, at)


def _undelimited(body: Sequence[Line], start: int, end: int, known: Known) -> Iterator[Part]:
    end = trimmed(body, start, end)
    closings = [at for at in range(start, end) if body[at].facts.is_closing]
    if closings and _opens(body, start, closings[0], end):
        start = closings.pop(0) + 1
    inner, announced = _models(body, start, end) if closings else (end, end)
    found: list[Part] = []
    below = end
    for at in reversed(closings):
        block = _block(body, at + 1, below)
        first = after_name(body, at + 1, block, known)
        lines = [line for line in body[at + 1 : block] if line.words]
        last, whole = at == closings[-1], block == end
        # A letter within the letter shows somebody else's signature: a model letter, a template.
        shown = at > (announced if whole else inner) and not any(map(known.holds, lines))
        if first < block and not shown and _is_signature(lines, known, last=last, whole=whole):
            # Whoever signs a letter within the letter may be shown, too: its author is told.
            doubtful = (
                lists_pages(lines)
                or (at > inner and not any(map(known.holds, lines)))
                or _may_be_words(body, at, first, block, known)
                or _may_be_said(body[first:block], known)
            )
            found.append(Part(first, block, DOUBTFUL if doubtful else "signature"))
        elif last and whole and not shown and (firm := _firm_below(body, at + 1, block, known, may_name_firm)) < block:
            found.append(Part(firm, block, DOUBTFUL))
        below = at
    if not found:
        found = _unannounced(body, start, end, known, shown=announced < end)
    yield from reversed(found)


def _opens(body: Sequence[Line], start: int, at: int, end: int) -> bool:
    """Whether the closing formula at ``at`` begins a letter instead ("Ciao," "Danke!"): no words stand above it, and no
    name below. Below one that is no greeting, an employer or a telephone number shows a signature block, too."""
    if any(line.words for line in body[start:at]):
        return False
    below = past_blanks(body, at + 1, end)
    if below == end or is_name(SEPARATED.split(body[below].words, maxsplit=1)[0]):
        return False
    return is_opening(body[at].words) or lists_pages(body[below : _block(body, below, end)])


def _may_be_said(lines: Sequence[Line], known: Known) -> bool:
    """Whether some lines may be a sentence with a word of an employer in it: "Don't forget the library card"."""
    marked = [line for line in lines if line.words and line.facts.marks]
    return not any(line.facts.contacts or known.holds(line) or is_titled(line.words) for line in marked)


def _greets(body: Sequence[Line], start: int, at: int, known: Known) -> bool:
    """Whether the line at ``at``, which may be a name, is the greeting with which a letter begins: "Hei Tom,"."""
    words = body[at].words
    if len(words) > _LONGEST_GREETING or any(line.words for line in body[start:at]):
        return False
    parted = words.endswith(_ENDS_GREETING) or at + 1 == len(body) or not body[at + 1].words
    return parted and is_opening(words) and not known.holds(body[at])


def _may_be_words(body: Sequence[Line], at: int, first: int, end: int, known: Known) -> bool:
    """Whether the block from ``first`` on, below the formula at ``at``, may be what its author shows the reader, such
    as a CV, an advert or an address: it does not name the author, and stands apart from the name, or there is none."""
    if any(known.holds(line) for line in body[first:end] if line.words):
        return False
    signed = any(line.words for line in body[at + 1 : first]) or (at >= 0 and known.holds(body[at]))
    return not body[first - 1].words if signed else not is_name(body[first].words)


def _models(body: Sequence[Line], start: int, end: int) -> tuple[int, int]:
    """Where the first greeting of a letter within the letter is: of any, and of one announced with a colon."""
    inner = announced = end
    before = ""
    for at in range(start, end):
        words = body[at].words
        shown = before.endswith((":", "：")) and _may_greet(body[at])
        if before and (shown or is_greeting(words)):
            inner = min(inner, at)
            if shown:
                return inner, at
        before = words or before
    return inner, announced


def _may_greet(line: Line) -> bool:
    """Whether a line below a colon is the greeting of a letter, in any language."""
    words = line.words
    if not words.endswith(_ENDS_GREETING) or len(words) > _LONGEST_GREETING or line.facts.is_closing:
        return False
    ends = _EDGE.sub("", skeleton_of(words)).endswith(opening_ends())
    return ends or is_greeting(words) or is_opening(words)


def _is_signature(lines: Sequence[Line], known: Known, *, last: bool, whole: bool) -> bool:
    """Whether the lines below a closing formula have enough marks of a signature block. A formula that is not the last
    needs more."""
    found = marks_of(lines)
    if any(is_placeholder(line.words) for line in lines) or is_written(lines, found):
        return False
    mine = any(map(known.holds, lines))
    if not (mine or whole) and lists_pages(lines):
        return False
    if not last:
        return mine and found >= 2
    if mine and found >= 1:
        return True
    # Words of rank alone are a list of trades.
    if found >= 2 and any(line.facts.contacts or has_employer(line.words) for line in lines):
        return True
    # A name first, something short, and a telephone number or address last.
    short = 2 <= len(lines) <= 5 and all(len(line.words) <= 60 for line in lines)
    return whole and short and is_name(lines[0].words) and lines[-1].facts.contacts >= 1


def _unannounced(body: Sequence[Line], start: int, end: int, known: Known, *, shown: bool) -> list[Part]:
    """A signature block at the end without a closing formula: below a known name, or a name with three marks of
    contact, unless a letter within the letter is ``shown``. Lines after one that ends in a colon are none."""
    first, count = end, 0
    while first > start and count < MAX_BLOCK and not (body[first - 1].words and body[first - 1].facts.ends_block):
        first -= 1
        count += bool(body[first].words)
    if first > start and body[first - 1].words.endswith((":", "：")):
        return []
    if start < first < end and known.is_name(body[first - 1]) and not _is_item(body, start, first - 1):
        first -= 1
    at = next((at for at in range(max(first, end - _MOST_BELOW), end) if known.is_full_name(body[at])), end)
    firm = _firm_below(body, at, end, known, names_firm_below)
    if firm < end:
        return [Part(firm, end, "signature")]
    for at in range(first, end):
        lines = [line for line in body[at:end] if line.words]
        found = marks_of(lines)
        if found < 2:
            break  # further down there are no more
        if not body[at].words or is_written(lines, found):
            continue
        if known.is_name(body[at]):
            rest = after_name(body, at, end, known)
            if rest == end:
                return []
            doubtful = lists_pages(body[rest:end]) or _may_be_words(body, at - 1, rest, end, known)
            return [Part(rest, end, DOUBTFUL if doubtful else "signature")]
        parted = not shown and (at == start or not body[at - 1].words)
        found_card = parted and (is_card(lines) or (len(lines) == 1 and is_row(body[at].words)))
        if found_card and not _greets(body, start, at, known):
            return [Part(at, end, "signature")]
    return [] if shown else _employer_alone(body, first + 1, end, known)


def _is_item(body: Sequence[Line], start: int, at: int) -> bool:
    """Whether a line is an item of a list: one of the lines above begins with the same sign. "- Jane" alone is none."""
    return any(line.words.startswith(body[at].words[:2]) for line in body[max(start, at - MAX_BLOCK) : at])


def _employer_alone(body: Sequence[Line], start: int, end: int, known: Known) -> list[Part]:
    """An employer or school alone on the last line, right below a first name: "Jane ⏎ University of Leeds". It may be
    words, so its author is told."""
    last = end - 1
    if last < start:
        return []
    words = body[last].words
    if not (has_employer(words) and names_firm_below([body[last]]) and names_one(words)):
        return []
    signed = known.is_name(body[last - 1]) or (body[last - 1].facts.is_closing and known.holds(body[last - 1]))
    return [Part(last, end, DOUBTFUL)] if signed else []


def _firm_below(
    body: Sequence[Line], start: int, end: int, known: Known, tells: Callable[[Sequence[Line]], bool]
) -> int:
    """The line after the author's full name at ``start``, where what stands below it to the end ``tells`` of a firm;
    ``end`` where it does not."""
    at = past_blanks(body, start, end)
    if at == end or not known.is_full_name(body[at]):
        return end
    below = past_blanks(body, at + 1, end)
    return below if tells([line for line in body[below:end] if line.words]) else end
