"""Reads a finished PDF for the leak check: the text of pages and forms, and the strings in its dictionaries."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pikepdf
from pikepdf import ContentStreamInstruction, Dictionary, Name, Object, Page, Pdf, PdfError, Stream, String

from relay.anonymise.attachments.documents.pdf.fonts import Font, font_of
from relay.anonymise.attachments.documents.pdf.shown import Shown, text_orders
from relay.refusals import CannotAnonymise

_READ = "q Q cm BT Tf Tm Td TD T* Tc Tw Tz TL Tj TJ ' \""
_MOST_MAPS = 64 * 1024 * 1024
_STUMBLES = (PdfError, CannotAnonymise, ValueError, TypeError, KeyError, IndexError, AttributeError, RuntimeError)


def texts_in_pdf(content: bytes) -> Iterator[str]:
    """The texts of a PDF; unreadable parts are skipped, since no program shows them. The file was cleaned before, so
    its size is bounded."""
    try:
        with pikepdf.open(io.BytesIO(content), suppress_warnings=True) as pdf:
            yield "\n".join(_words(pdf))
            for drawing in (*pdf.pages, *_forms(pdf)):
                yield from _texts_of(drawing)
    except _STUMBLES:
        return


def _words(pdf: Pdf) -> Iterator[str]:
    """The strings in dictionaries: bookmark titles, notes, form fields."""
    for thing in pdf.objects:
        if isinstance(thing, Dictionary):
            yield from (str(value) for _, value in thing.items() if isinstance(value, String))


def _forms(pdf: Pdf) -> Iterator[Stream]:
    for thing in pdf.objects:
        if isinstance(thing, Stream) and thing.get("/Subtype") == Name.Form:
            yield thing


def _texts_of(drawing: Page | Stream) -> Iterator[str]:
    fonts = drawing.get("/Resources", Dictionary()).get("/Font", Dictionary())
    shown = Shown(_Fonts(fonts).font)
    for one in pikepdf.parse_content_stream(drawing, _READ):
        if isinstance(one, ContentStreamInstruction):
            shown.follow(str(one.operator), one.operands)
    yield from text_orders(shown.fragments)


class _Fonts:
    """The fonts of one content stream, each read once."""

    def __init__(self, fonts: Object) -> None:
        self._fonts = fonts
        self._known: dict[str, Font] = {}
        self._left = _MOST_MAPS

    def font(self, name: str) -> Font:
        """The font of this name. Raises CannotAnonymise when fonts are too large."""
        if name not in self._known:
            font = self._fonts.get(name) if name and isinstance(self._fonts, Dictionary) else None
            self._known[name] = font_of(font, self._take)
        return self._known[name]

    def _take(self, octets: int) -> None:
        self._left -= octets
        if self._left < 0:
            raise CannotAnonymise("")
