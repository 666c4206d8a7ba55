"""Lays out text in paragraphs: line ends, empty lines, gaps that somebody typed, lists of Word's."""

from __future__ import annotations

import re
from collections.abc import Iterable
from operator import attrgetter

from relay.anonymise.html.blocks import Block, Line, Nest, Paragraph, Piece, Rule, nest
from relay.anonymise.html.inline_style import Look
from relay.anonymise.html.tidy_lines import tidy_line, tidy_paragraph

_TYPED_GAP = re.compile(r"^[ \t]+| {3,}|[ ]*\t[ \t]*")  # in text whose spaces are preserved
_TAB = 4  # columns
# List marks of Word, which are no list elements: a sign, and a run of no-break spaces.
_BULLET = re.compile(r"\s*[\u00b7\u2022\u25aa\u25e6\u2023\u00a7o\uf0b7\uf0a7][ \n]*\xa0[\xa0 \n]*\s")
_NUMBER = re.compile(r"\s*(?:\d{1,3}|[a-z])[.)][ \n]*\xa0[\xa0 \n]*\s")


class Flow:
    """The content of a page, or of one item, cell or quotation."""

    def __init__(self) -> None:
        self._blocks: list[Block] = []
        self._lines: list[Line] = []
        self._line: list[Piece] = []
        self._tag, self._align, self._rtl = "p", "", False
        self._items: list[Nest] = []
        self._items_tag = ""

    def text(self, text: str, look: Look, *, verbatim: bool) -> None:
        """Text with one look; ``verbatim`` keeps its line ends, its indentation and wide gaps."""
        if not verbatim:
            self._line.append(Piece(text, look))
            return
        first, *rest = text.split("\n")
        self._line.append(Piece(self._gaps_kept(first), look))
        for line in rest:
            self.line_break()
            self._line.append(Piece(self._gaps_kept(line), look))

    def _gaps_kept(self, text: str) -> str:
        """In paragraphs gaps are no-break spaces: ordinary ones would be shown as one."""
        if self._tag == "pre" or (text[:1] != " " and "  " not in text and "\t" not in text):
            return text
        return _TYPED_GAP.sub(lambda gap: "\xa0" * len(gap[0].replace("\t", " " * _TAB)), text)

    def picture(self, markup: str, look: Look) -> None:
        """A picture within the text."""
        self._line.append(Piece("", Look(href=look.href), markup))

    def like(self, tag: str, align: str, rtl: bool) -> None:
        """Set the kind of the next paragraph. A change ends the current one."""
        if (tag, align, rtl) != (self._tag, self._align, self._rtl):
            if _is_visible(self._line):
                self.line_ends()
            if self._lines:
                self.gap()
            self._tag, self._align, self._rtl = tag, align, rtl

    def line_ends(self) -> None:
        """End the line, because a block begins or ends. A line with only no-break spaces is an empty line."""
        if _is_visible(self._line):
            self._end_line()
        elif any("\xa0" in piece.text for piece in self._line):
            self._empty_line()
        self._line = []

    def line_break(self) -> None:
        """<br>: ends the line, or is an empty one."""
        if _is_visible(self._line):
            self._end_line()
        else:
            self._empty_line()
        self._line = []

    def _end_line(self) -> None:
        line = tuple(self._line)
        item = _word_item(line) if self._tag == "p" else None
        if item is None:
            self._lines.append(line)
        else:
            self._add_item(*item)

    def _empty_line(self) -> None:
        if self._tag == "pre":
            self._lines.append(())
        else:
            self.gap()

    def gap(self) -> None:
        """End the paragraph. Several gaps count as one."""
        if not self._lines:
            return
        lines = self._lines if self._tag == "pre" else tidy_paragraph(self._lines)
        while lines and not lines[-1]:
            lines.pop()
        self._lines = []
        if lines:
            self._end_items()
            self._blocks.append(Paragraph(self._tag, tuple(lines), self._align, self._rtl))

    def add(self, block: Block) -> None:
        """A block of another kind."""
        self.line_ends()
        self.gap()
        self._end_items()
        self._blocks.append(block)

    def finished(self) -> tuple[Block, ...]:
        """All blocks, without duplicate rules and rules at the edges."""
        self.line_ends()
        self.gap()
        self._end_items()
        out: list[Block] = []
        for block in self._blocks:
            if not (isinstance(block, Rule) and (not out or isinstance(out[-1], Rule))):
                out.append(block)
        return tuple(out)

    def _add_item(self, tag: str, line: Line) -> None:
        self.gap()
        if tag != self._items_tag:
            self._end_items()
        self._items_tag = tag
        self._items.append(nest("li", "li", (Paragraph("p", (tidy_line(line),)),), rtl=self._rtl))

    def _end_items(self) -> None:
        if self._items:
            self._blocks.append(nest(self._items_tag, self._items_tag, tuple(self._items), rtl=self._items[0].rtl))
            self._items = []


def _is_visible(line: Iterable[Piece]) -> bool:
    return any(map(attrgetter("visible"), line))


def _word_item(line: Line) -> tuple[str, Line] | None:
    """The kind of list and the item without its mark, when the line is a list item of Word's."""
    start = "".join([piece.text for piece in line[:8]])[:40]
    if "\xa0" not in start:
        return None
    for tag, mark in (("ul", _BULLET), ("ol", _NUMBER)):
        found = mark.match(start)
        rest = _cut(line, found.end()) if found else ()
        if _is_visible(rest):
            return tag, rest
    return None


def _cut(line: Line, count: int) -> Line:
    out: list[Piece] = []
    for piece in line:
        cut = min(count, len(piece.text))
        out.append(piece._replace(text=piece.text[cut:]))
        count -= cut
    return tuple(out)
