"""Lays out text in paragraphs: line ends, empty lines, and runs of spaces."""

from __future__ import annotations

import re
from collections.abc import Iterable
from operator import attrgetter

from relay.anonymise.html.blocks import Block, Line, Nest, Paragraph, Piece, Rule, nest
from relay.anonymise.html.inline_style import Look

_BLANKS = " \t\n\r\f\xa0"
_BLANK = frozenset(_BLANKS)
_SPACES = re.compile(f"[{_BLANKS}]+")
_COLLAPSED = re.compile(r"[ \t\n\r\f]+")
_TYPED_GAP = re.compile(r"^[ \t]+| {3,}|[ ]*\t[ \t]*")  # in text whose spaces are preserved
_TAB = 4  # columns
_NARROWEST_INDENT, _NARROWEST_GAP = 2, 3  # columns; narrower ones are habits of programs and typists
_OTHER_SPACE = re.compile(f"[{_BLANKS[1:]}]")
# List marks of Word, which are no list elements: a sign, and a run of no-break spaces.
_BULLET = re.compile(r"\s*[\u00b7\u2022\u25aa\u25e6\u2023\u00a7o\uf0b7\uf0a7][ \n]*\xa0[\xa0 \n]*\s")
_NUMBER = re.compile(r"\s*(?:\d{1,3}|[a-z])[.)][ \n]*\xa0[\xa0 \n]*\s")
# Addresses that some programs turn into links while one writes.
_ADDRESS = re.compile(
    r"https?://[^\s<>\"]{1,1500}(?<![.,;:!?)\]'\u201d\u2019])"
    r"|(?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[a-zA-Z]{2,24}(?![\w-])"
)


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
        lines = self._lines if self._tag == "pre" else _tidied(self._lines)
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
        self._items.append(nest("li", "li", (Paragraph("p", (_tidy(line),)),), rtl=self._rtl))

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


def _tidied(lines: list[Line]) -> list[Line]:
    """The lines of a paragraph, normalised. Where one is indented, so is another by a single space: they draw
    something. So are lines of a patch."""
    tidy = [_tidy(line) for line in lines]
    if len(lines) > 1 and any(line and line[0].text.startswith(("\xa0", "@@ -")) for line in tidy):
        return [_tidy(line, narrowest=1) for line in lines]
    return tidy


def _tidy(line: Line, narrowest: int = _NARROWEST_INDENT) -> Line:
    """Normalise a line: one space between words, none at the edges; a space has the look common to its neighbours;
    neighbours with the same look are joined; addresses become links. Indentation and wide gaps, as in code, stay."""
    indent, words = _indent(line, narrowest), _words(line)
    if not indent or not words:
        return words
    begin = "\xa0" * indent
    first = words[0]
    if first.markup or first.look != Look():
        return (Piece(begin, Look()), *words)
    return (first._replace(text=begin + first.text), *words[1:])


def _indent(line: Line, narrowest: int) -> int:
    """The columns that the line is indented by; 0 for fewer than ``narrowest``, and for none that a page shows."""
    begin: list[str] = []
    for piece in line:
        rest = piece.text.lstrip(_BLANKS)
        begin.append(piece.text[: len(piece.text) - len(rest)])
        if rest or piece.markup:
            break
    blanks = "".join(begin)
    columns = _columns(blanks) if "\xa0" in blanks else 0
    return columns if columns >= narrowest else 0


def _columns(blanks: str) -> int:
    """How wide a page shows a run of blanks, of which some are no-break spaces."""
    return len(_COLLAPSED.sub(" ", blanks)) if "\xa0" in blanks else 1


def _words(line: Line) -> Line:
    out: list[Piece] = []
    space = False
    for piece in line:
        if piece.markup:
            out += _gap_before(out, piece) if space else []
            out.append(piece)
            space = False
            continue
        if not piece.look.href:
            words = piece.text.strip(_BLANKS)
            space = space or piece.text[:1] in _BLANK
            if words:
                out += _gap_before(out, piece) if space else []
                out.append(Piece(_spaced(words), piece.look))
                space = piece.text[-1] in _BLANK
            continue
        # Spaces in a link do not get the look of its words.
        for number, word in enumerate(_SPACES.split(piece.text)):
            space = space or number > 0
            if not word:
                continue
            part = Piece(word, piece.look)
            out += _gap_before(out, part) if space else []
            out.append(part)
            space = False
    linked = [part for piece in (_joined(out) if len(out) > 1 else out) for part in _linked(piece)]
    if _links(linked) > _links(out):
        return _words(tuple(linked))  # for the spaces next to the new links
    for at in range(1, len(linked) - 1):
        before, after = linked[at - 1].look, linked[at + 1].look
        if linked[at].text == " " and before.href and before.href == after.href:
            linked[at] = Piece(" ", before.common(after))  # two adjacent links to one target are joined
    return tuple(linked)


def _links(line: Iterable[Piece]) -> int:
    return sum(1 for piece in line if piece.look.href)


def _spaced(text: str) -> str:
    """One space between words, or a wide gap of no-break spaces; most texts have no more than one."""
    return _SPACES.sub(_gap, text) if "  " in text or _OTHER_SPACE.search(text) else text


def _gap(blanks: re.Match[str]) -> str:
    columns = _columns(blanks[0])
    return "\xa0" * columns if columns >= _NARROWEST_GAP else " "


def _gap_before(out: list[Piece], following: Piece) -> list[Piece]:
    if not out:
        return []
    look = out[-1].look.common(following.look)
    if out[-1].look.href or following.look.href:
        # A link has its own colour and underline, so those of the space next to it do not show.
        look = look._replace(colour="", underlined=False)
    return [Piece(" ", look)]


def _joined(line: list[Piece]) -> list[Piece]:
    out: list[Piece] = []
    run: list[str] = []
    look = Look()
    for piece in line:
        if run and (piece.markup or piece.look != look):
            out.append(Piece("".join(run), look))
            run = []
        if piece.markup:
            out.append(piece)
        else:
            run.append(piece.text)
            look = piece.look
    if run:
        out.append(Piece("".join(run), look))
    return out


def _linked(piece: Piece) -> list[Piece]:
    if piece.markup or piece.look.href or not ("://" in piece.text or "@" in piece.text):
        return [piece]
    out: list[Piece] = []
    at = 0
    for found in _ADDRESS.finditer(piece.text):
        out += _beside_links(piece, piece.text[at : found.start()])
        href = found[0] if "://" in found[0] else f"mailto:{found[0]}"
        out.append(Piece(found[0], piece.look._replace(href=href)))
        at = found.end()
    return [*out, *_beside_links(piece, piece.text[at:])] if out else [piece]


def _beside_links(piece: Piece, text: str) -> list[Piece]:
    """Text next to a link on one side or both: a space next to the link gets the look of such spaces."""
    space = Piece(" ", piece.look._replace(colour="", underlined=False))
    out = [space] if text.startswith(" ") else []
    if text.strip(" "):
        out.append(piece._replace(text=text.strip(" ")))
    return [*out, space] if text.endswith(" ") and text != " " else out
