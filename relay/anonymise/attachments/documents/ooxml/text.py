"""Collects the visible text of an Office part, paragraph by paragraph."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from relay.anonymise.attachments.documents.text_runs import PARAGRAPH, Piece
from relay.anonymise.attachments.documents.xml_trees import local

_PARAGRAPHS = frozenset(str.split("p si is text rPh"))
_TEXT = frozenset({"t", "delText"})
_INSTRUCTIONS = frozenset({"instrText", "delInstrText"})
_SIGNS = {"br": "\n", "cr": "\n", "tab": "\t", "ptab": "\t", "noBreakHyphen": "-"}
_INSERTED = frozenset({"ins", "moveTo"})
_DELETED = frozenset({"del", "moveFrom"})


class _Paragraph:
    def __init__(self) -> None:
        self.pieces: list[Piece] = []
        self.instructions: list[Piece] = []
        self.gap = PARAGRAPH


def pieces_of(root: etree._Element) -> list[Piece]:
    """All text of the tree in reading order. Adjacent pieces are those that appear adjacent."""
    return list(_Reader().read(root))


class _Reader:
    def __init__(self) -> None:
        self._open: list[_Paragraph] = []
        self._inserted = self._deleted = 0

    def read(self, root: etree._Element) -> Iterator[Piece]:
        for event, element in etree.iterwalk(root, events=("start", "end")):
            tag = local(element.tag)
            if event == "start":
                yield from self._start(element, tag)
            else:
                yield from self._end(element, tag)

    def _start(self, element: etree._Element, tag: str) -> Iterator[Piece]:
        if tag in _PARAGRAPHS:
            self._open.append(_Paragraph())
        elif tag in _SIGNS and self._open:
            self._open[-1].gap += _SIGNS[tag]
        elif tag in _INSERTED:
            self._inserted += 1
        elif tag in _DELETED:
            self._deleted += 1
        text = element.text
        if text and (tag in _TEXT or text.strip()) and not (tag == "v" and _number(element)):
            yield from self._text(element, tag)

    def _text(self, element: etree._Element, tag: str) -> Iterator[Piece]:
        piece = Piece(
            element,
            deleted=self._deleted > 0 or tag in ("delText", "delInstrText"),
            inserted=self._inserted > 0,
            hidden=tag in _TEXT and _hidden(element),
        )
        if self._open and tag in _TEXT:
            paragraph = self._open[-1]
            piece.gap, paragraph.gap = paragraph.gap, ""
            paragraph.pieces.append(piece)
        elif self._open and tag in _INSTRUCTIONS:
            instructions = self._open[-1].instructions
            piece.gap = "" if instructions else PARAGRAPH
            instructions.append(piece)
        else:
            yield piece

    def _end(self, element: etree._Element, tag: str) -> Iterator[Piece]:
        if tag in _PARAGRAPHS and self._open:
            paragraph = self._open.pop()
            yield from paragraph.pieces
            yield from paragraph.instructions
        elif tag in _INSERTED:
            self._inserted -= 1
        elif tag in _DELETED:
            self._deleted -= 1
        if element.tail and element.tail.strip():
            yield Piece(element, tail=True)


def _number(element: etree._Element) -> bool:
    """Whether it is the value of a cell that holds no text of its own."""
    cell = element.getparent()
    return cell is not None and local(cell.tag) == "c" and cell.get("t", "n") in ("n", "s", "b")


def _hidden(element: etree._Element) -> bool:
    run = element.getparent()
    if run is None or not len(run) or local(run[0].tag) != "rPr":
        return False
    return any(local(each.tag) == "vanish" for each in run[0])
