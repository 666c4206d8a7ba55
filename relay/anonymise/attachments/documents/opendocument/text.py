"""Collects the visible text of OpenDocument XML, paragraph by paragraph."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from relay.anonymise.attachments.documents.text_runs import PARAGRAPH, Piece
from relay.anonymise.attachments.documents.xml_trees import local

_PARAGRAPHS = frozenset({"p", "h"})
_SIGNS = {"line-break": "\n", "tab": "\t", "s": " "}
# Elements that float beside the line they are anchored in.
_ASIDE = frozenset({"annotation", "note", "frame", "custom-shape", "ruby-text"})


class _Paragraph:
    def __init__(self) -> None:
        self.pieces: list[Piece] = []
        self.gap = PARAGRAPH


def pieces_of(root: etree._Element) -> list[Piece]:
    """All text of the tree in reading order. Adjacent pieces are those that appear adjacent."""
    return list(_read(root))


def _read(root: etree._Element) -> Iterator[Piece]:
    # A paragraph inside of a note is a line of its own; the surrounding line continues after it.
    lines: list[_Paragraph | None] = [None]
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = local(element.tag)
        if event == "start":
            if tag in _PARAGRAPHS:
                lines.append(_Paragraph())
            elif tag in _ASIDE:
                lines.append(None)
            elif tag in _SIGNS and lines[-1]:
                lines[-1].gap += _SIGNS[tag]
            yield from _placed(Piece(element), lines[-1])
            continue
        if tag in _PARAGRAPHS or tag in _ASIDE:
            done = lines.pop()
            yield from done.pieces if done else ()
        yield from _placed(Piece(element, tail=True), lines[-1])


def _placed(piece: Piece, line: _Paragraph | None) -> Iterator[Piece]:
    if not piece.text:
        return
    if line is not None:
        piece.gap, line.gap = line.gap, ""
        line.pieces.append(piece)
    elif piece.text.strip():
        yield piece
