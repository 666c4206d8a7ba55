"""The block model of a formatted letter (paragraphs, lists, quotations, tables), and its canonical HTML."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from html import escape
from typing import NamedTuple

from relay.anonymise.html.inline_style import Look


class Piece(NamedTuple):
    """A run of text with one look, or a picture (then ``text`` is "" and ``markup`` its element)."""

    text: str
    look: Look
    markup: str = ""

    @property
    def visible(self) -> bool:
        """Whether it is a picture or holds non-blank text."""
        return bool(self.markup or self.text.strip())


_LETTER = re.compile(r"[^\W\d_]|[\u200e\u200f]")  # the marks of direction count as letters (UAX 9)

Line = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines that belong together. ``tag`` is "p", "pre" or "h1" to "h6"; ``rtl``: the author's program marked it so."""

    tag: str
    lines: tuple[Line, ...]
    align: str = ""
    rtl: bool = False


@dataclass(frozen=True, slots=True)
class Nest:
    """A block that holds blocks: quotation, list, item, table, row, cell. ``head`` is the content of its start tag;
    ``reads`` the direction of its first letter."""

    tag: str
    head: str
    inner: tuple[Block, ...]
    rtl: bool = False
    reads: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A horizontal rule."""


Block = Paragraph | Nest | Rule


def written(blocks: Iterable[Block], around: bool = False) -> str:
    """The blocks as HTML, one per line. ``around``: the surrounding block is right-to-left, and so are they."""
    return "\n".join(_block(block, around) for block in blocks)


def nest(tag: str, head: str, inner: tuple[Block, ...], *, rtl: bool = False) -> Nest:
    """A Nest with its direction, computed once because it may be deeply nested."""
    return Nest(tag, head, inner, rtl, next(filter(None, map(_reads, inner)), ""))


def pieces(blocks: Iterable[Block]) -> Iterator[Piece]:
    """All text and pictures, in reading order."""
    left = [iter(blocks)]
    while left:
        block = next(left[-1], None)
        if block is None:
            left.pop()
        elif isinstance(block, Paragraph):
            for line in block.lines:
                yield from line
        elif isinstance(block, Nest):
            left.append(iter(block.inner))


def without_colour(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """The same blocks in the mail program's default colour."""
    return tuple(_uncoloured(block) for block in blocks)


def _uncoloured(block: Block) -> Block:
    if isinstance(block, Paragraph):
        lines = tuple(
            tuple(piece._replace(look=piece.look._replace(colour="")) for piece in line) for line in block.lines
        )
        return replace(block, lines=lines)
    return replace(block, inner=without_colour(block.inner)) if isinstance(block, Nest) else block


def _block(block: Block, around: bool) -> str:
    if isinstance(block, Rule):
        return "<hr>"
    leftward = around or block.rtl or _reads(block) == "R"
    rtl = ' dir="rtl"' if leftward else ""
    if isinstance(block, Nest):
        # The direction of a list or table applies to its content; items and cells do not repeat it. What is around a
        # quotation and the line above it has none: they may be in two languages.
        silent = block.tag in ("li", "tr", "td", "th", "div")
        return f"<{block.head}{'' if silent else rtl}>{_inside(block, around if silent else leftward)}</{block.tag}>"
    align = f' style="text-align:{block.align}"' if block.align else ""
    return f"<{block.tag}{rtl}{align}>{_lines(block)}</{block.tag}>"


def _inside(nest: Nest, leftward: bool) -> str:
    # A single paragraph in an item or cell needs no element, nor does one before a list in it.
    alone = sum(isinstance(block, Paragraph) for block in nest.inner) == 1 and _bare(nest.inner[0])
    if alone and nest.tag in ("li", "td", "th"):
        rest = (written(nest.inner[1:], leftward),) if len(nest.inner) > 1 else ()
        return "\n".join((_lines(nest.inner[0]), *rest))
    return written(nest.inner, leftward)


def _bare(block: Block) -> bool:
    return isinstance(block, Paragraph) and block.tag == "p" and not block.align


def _lines(block: Block) -> str:
    if not isinstance(block, Paragraph):
        return ""
    if block.tag == "pre":
        # A line end directly after <pre> is ignored (HTML 13.1.2.5).
        return "\n".join(map(_line, block.lines)).lstrip("\n")
    return "<br>".join(map(_line, block.lines))


def _line(line: Line) -> str:
    out: list[str] = []
    open_tags: list[str] = []
    for piece in line:
        tags = piece.look.tags()
        if tags or open_tags:
            shared = 0
            while shared < min(len(tags), len(open_tags)) and tags[shared] == open_tags[shared]:
                shared += 1
            out += _closed(open_tags, shared)
            out += [f"<{tag}>" for tag in tags[shared:]]
            open_tags += tags[shared:]
        out.append(piece.markup or escape(piece.text, quote=False).replace("\xa0", "&nbsp;"))
    return "".join((*out, *_closed(open_tags, 0)))


def _closed(open_tags: list[str], down_to: int) -> list[str]:
    out = []
    while len(open_tags) > down_to:
        out.append(f"</{open_tags.pop().partition(' ')[0]}>")
    return out


def _reads(block: Block) -> str:
    """The direction of the first letter that has one: "L", "R", or "" (UAX 9, P2)."""
    if not isinstance(block, Paragraph):
        return block.reads if isinstance(block, Nest) else ""
    for line in block.lines:
        for piece in line:
            letter = _LETTER.search(piece.text)
            if letter:
                return "R" if unicodedata.bidirectional(letter[0]) in ("R", "AL") else "L"
    return ""
