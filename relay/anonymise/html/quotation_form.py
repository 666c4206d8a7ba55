"""Gives every quotation of a letter one form, whatever mail program wrote it, and the marks by which programs fold it.

Programs quote in many ways: with an attribution above a quotation or as the first line in it, with a block of header
fields and nothing that marks the words below, with lines, margins and colours of their own. Here all become one line of
relay's ("Quiet River wrote:") and a quotation with a thin line and a small margin: five letters in one another are
still readable on a telephone.

The history at the end of a letter gets the marks by which Gmail, Apple Mail and Outlook recognise and fold it. Nothing
else does: an answer between quoted lines would be folded away with them. Where nothing marks the quoted lines, an
answer between them is known by its colour, by a name in front, or because the words above announce it
(answers_below.py); where relay remembers what it relayed, by its words (history_carried.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, dropwhile, groupby

from relay.anonymise.history.words import SOMEBODY
from relay.anonymise.html.answers_below import says_more_below
from relay.anonymise.html.blocks import Block, Nest, Paragraph, Piece, Rule, nest, pieces, written
from relay.anonymise.html.inline_style import Look
from relay.anonymise.html.quotation_heads import Head, Heads, without_markers
from relay.anonymise.html.visible import visible

HISTORY, ATTRIBUTION = 'div class="gmail_quote"', 'div class="gmail_attr" id="divRplyFwdMsg"'
"""Around the history at the end (Gmail), and around the line above it (Gmail, Outlook)."""

FOLDED = 'blockquote class="gmail_quote" type="cite" '
"""The history itself (Gmail, Apple Mail)."""

OPEN = "blockquote "
_LEFT = 'style="margin:0 0 0 2px;padding:0 0 0 6px;border-left:1px solid #ccc"'
_RIGHT = 'style="margin:0 2px 0 0;padding:0 6px 0 0;border-right:1px solid #ccc"'
_FLUSH = 'style="margin:0"'
_MOST_UNMARKED = 20  # quotations without marks in one another
_MOST_INDENTED = 6  # levels; those below get no margin

STARTS = frozenset(
    f"<{tag}{rtl}>"
    for tag in (HISTORY, ATTRIBUTION, *(kind + style for kind in (OPEN, FOLDED) for style in (_LEFT, _RIGHT, _FLUSH)))
    for rtl in ("", ' dir="rtl"')
)
"""Every start tag that this form writes."""


_IN_FRONT = re.compile(r"\s{0,9}\[([^\[\]\n]{2,80})\]\s*\S")
"""What Outlook puts before an answer when it is asked to: "[Jane Doe] Thursday is fine"."""

_UNMARKED = "blockquote unmarked"
"""Words that a program put below a head without marking them as quoted."""


def in_one_form(blocks: Sequence[Block], heads: Heads, *, answered: bool = True) -> tuple[Block, ...]:
    """The ``blocks`` of a letter with its quotations in one form, and the history at its end marked as such: with
    ``answered`` only where nothing says that there are answers between its lines."""
    shaped = _shaped(blocks, heads if heads.possible(blocks) else None, top=True)
    first = len(shaped)
    while first >= 2 and _is_history(shaped[first - 2], shaped[first - 1], answered=answered):
        first -= 2
    if not _says_something(shaped[:first]) or (answered and first < len(shaped) and _goes_on(shaped[:first])):
        first = len(shaped)
    histories = zip(shaped[first::2], shaped[first + 1 :: 2], strict=True)
    return (*_written(shaped[:first], 1), *(_folded(head, body) for head, body in histories))


def _shaped(blocks: Sequence[Block], heads: Heads | None, *, top: bool = False) -> list[Block | Head]:
    """The blocks with every quotation right below its Head, and neighbouring quotations joined."""
    return _joined([*(heads.split(blocks) if heads else blocks)], heads, _MOST_UNMARKED, top=top)


def _joined(parts: Sequence[Block | Head], heads: Heads | None, levels: int, *, top: bool) -> list[Block | Head]:
    """The same of parts that are split already. ``levels``: how deep quotations without marks may be nested."""
    out: list[Block | Head] = []
    for number, part in enumerate(parts):
        if isinstance(part, Head):
            below = parts[number + 1 :] if levels and part.begins else ()
            out.append(part)
            if below and not _quotes(below[0]) and (number or (top and part.who == SOMEBODY)):
                unmarked = _settled(_joined(below, heads, levels - 1, top=False))
                return [*out, *_quotation(_UNMARKED, (*_subject(part), *unmarked))]
        elif isinstance(part, Nest) and part.tag == "blockquote":
            inner = _shaped(part.inner, heads)
            if not (out and isinstance(out[-1], Head)) and _begins_with_head(inner):
                without_markers(out)
                out.append(inner.pop(0))
            out += _quotation("blockquote", _settled(inner))
        elif isinstance(part, Nest):
            out.append(replace(part, inner=_settled(_shaped(part.inner, heads))))
        else:
            out.append(part)
    return [*_neighbours_joined(out)]


def _quotation(head: str, inner: tuple[Block, ...]) -> tuple[Block, ...]:
    """A quotation without rules at its beginning; nothing where it shows nothing."""
    inner = tuple(dropwhile(lambda block: block == Rule(), inner))
    return (nest("blockquote", head, inner),) if any(True for _ in pieces(inner)) else ()


def _begins_with_head(inner: list[Block | Head]) -> bool:
    """Whether the first thing in a quotation is what belongs above it, as Apple Mail writes it."""
    return bool(inner) and isinstance(inner[0], Head) and not (len(inner) > 1 and _quotes(inner[1]))


def _neighbours_joined(parts: Sequence[Block | Head]) -> Iterator[Block | Head]:
    for quotes, run in groupby(parts, _quotes):
        several = [*run]
        if quotes and len(several) > 1:
            inner = chain.from_iterable(part.inner for part in several if isinstance(part, Nest))
            yield nest("blockquote", "blockquote", tuple(inner))
        else:
            yield from several


def _is_history(head: Block | Head, body: Block | Head, *, answered: bool) -> bool:
    """Whether this is what one of the two people wrote before, and nothing in it looks like an answer."""
    if not (isinstance(head, Head) and head.who != SOMEBODY and isinstance(body, Nest) and body.tag == "blockquote"):
        return False
    return not answered or body.head != _UNMARKED or not _looks_answered(body.inner, head.who)


def _looks_answered(inner: Sequence[Block], who: str) -> bool:
    """Whether some words have a colour of their own, or stand behind a name in brackets other than ``who``, that of the
    quoted author: where nothing marks the quoted words, people and Outlook mark answers so."""
    own = [block for block in inner if not _quotes(block)]
    if len({(piece.look.colour, piece.look.ground) for piece in pieces(own) if piece.text.strip()}) > 1:
        return True
    lines = [line for block in own if isinstance(block, Paragraph) for line in block.lines]
    names = [_IN_FRONT.match("".join(piece.text for piece in line)) for line in lines]
    return any(found is not None and found[1].strip() != who for found in names)


def _says_something(parts: Sequence[Block | Head]) -> bool:
    return any(piece.visible for piece in pieces([part for part in parts if not isinstance(part, Head)]))


def _goes_on(parts: Sequence[Block | Head]) -> bool:
    """Whether the author's own words say that there are more of them below. It is asked of every program's letters, so
    that the fold does not tell which of them mark quoted lines."""
    own = [part for part in parts if not isinstance(part, Head) and not _quotes(part)]
    return says_more_below("\n".join(visible(written([part])) for part in own))


def unfolded(block: Block) -> tuple[Block, ...]:
    """The line above a history, or the history itself, without the marks by which programs fold it."""
    if not isinstance(block, Nest):
        return (block,)
    if block.tag == "div":
        return block.inner
    return (replace(block, head=block.head.replace(FOLDED, OPEN)),)


def _quotes(part: Block | Head) -> bool:
    return isinstance(part, Nest) and part.tag == "blockquote"


def _settled(parts: Sequence[Block | Head]) -> tuple[Block, ...]:
    return tuple(map(_settled_one, parts))


def _settled_one(part: Block | Head) -> Block:
    """A Head as a paragraph of its own, for where it marks no history."""
    return Paragraph("p", ((Piece(part.line, Look()),),)) if isinstance(part, Head) else part


def _subject(head: Head) -> tuple[Block, ...]:
    return (Paragraph("p", ((Piece(head.subject, Look(bold=True)),),)),) if head.subject else ()


def _folded(head: Block | Head, body: Block | Head) -> Block:
    line = nest("div", ATTRIBUTION, (_settled_one(head),))
    return nest("div", HISTORY, (line, *_written([body], 1, FOLDED)))


def _written(parts: Sequence[Block | Head], depth: int, kind: str = OPEN) -> tuple[Block, ...]:
    """The parts with the attributes of every quotation; the outermost is at ``depth`` 1."""
    return tuple(_styled(part, depth, kind) for part in _settled(parts))


def _styled(part: Block, depth: int, kind: str) -> Block:
    if not isinstance(part, Nest):
        return part
    if part.tag != "blockquote":
        return replace(part, inner=_written(part.inner, depth))
    style = _FLUSH if depth > _MOST_INDENTED else _RIGHT if part.rtl or part.reads == "R" else _LEFT
    return replace(part, head=kind + style, inner=_written(part.inner, depth + 1))
