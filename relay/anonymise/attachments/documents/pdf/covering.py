"""Covers names on pages of a PDF: draws the pages that show one anew, as pictures, with the place blackened.

Text on a page cannot be replaced: a font need not have the letters, and lines would not fit. A page that shows a name
of its author becomes a picture, and its other words are written over it invisibly (text_layer.py); all other pages
stay as they are. PDFium finds the places, because it knows where each letter is drawn (ISO 32000-2 9.4); drawing.py
decides that there is a name, and reads the result again.
"""

from __future__ import annotations

import ctypes
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pikepdf
import pypdfium2
from pikepdf import Array, Dictionary, Name, Pdf
from PIL import Image, ImageDraw

from relay.anonymise.attachments.documents.pdf.text_layer import Box, Run, runs_of, text_layer
from relay.anonymise.identities import Redactor
from relay.refusals import CannotAnonymise

MAX_COVERED = 60
"""Pages of one document that are drawn anew: each takes about a tenth of a second."""
MAX_LETTERS = 200_000
"""Letters of one page that are looked at."""
_DOTS = 150 / 72
"""Dots of the picture for a point of the page: 150 to an inch."""
_MAX_SIDE = 3000
"""Dots of the longer side of a picture; a poster is drawn coarser."""
_MARGIN = 0.15
"""How far the black reaches over the letters on each side, as a share of their height."""
_QUALITY = 88
_TOO_MANY = "a PDF document shows your name on too many pages to cover it; please take it out and attach it again"


@dataclass(frozen=True, slots=True)
class Mention:
    """A name on a page: its words, and the boxes of its letters (left, bottom, right, top; in points)."""

    words: str
    boxes: tuple[Box, ...]


def mentions_on_pages(content: bytes, redactor: Redactor) -> dict[int, list[Mention]]:
    """The names of the author on each page of a PDF, by the page's number, the first is 0. Raises CannotAnonymise when
    a page holds more letters than are looked at."""
    found: dict[int, list[Mention]] = {}
    document = pypdfium2.PdfDocument(content)
    try:
        for number in range(len(document)):
            page = document[number]
            mentions = _mentions(page, redactor)
            if mentions:
                found[number] = mentions
            page.close()
    finally:
        document.close()
    return found


def covered(content: bytes, mentions: dict[int, list[Mention]], redactor: Redactor) -> bytes:
    """The PDF with each page of ``mentions`` drawn anew, and its mentions black; its other words can be searched still,
    unless together they name the author. Raises CannotAnonymise when there are more than MAX_COVERED such pages."""
    if len(mentions) > MAX_COVERED:
        raise CannotAnonymise(_TOO_MANY)
    document = pypdfium2.PdfDocument(content)
    try:
        document.init_forms()  # without it the values of form fields are not drawn
        with pikepdf.open(io.BytesIO(content), suppress_warnings=True) as pdf:
            for number, found in mentions.items():
                page = document[number]
                picture, runs = _picture(page, found)
                if any(redactor.find(between.join(run.words for run in runs)) for between in ("\n", " ")):
                    runs = []
                _replace(pdf, number, picture, page.get_size(), runs)
                page.close()
            return _saved(pdf)
    finally:
        document.close()


def _mentions(page: Any, redactor: Redactor) -> list[Mention]:
    text = page.get_textpage()
    try:
        if text.count_chars() > MAX_LETTERS:
            raise CannotAnonymise(_TOO_MANY)
        return list(_found(_letters(text), text, redactor))
    finally:
        text.close()


def _found(letters: Sequence[str], text: Any, redactor: Redactor) -> Iterator[Mention]:
    """Names in the order in which PDFium reads the page, and then in the order of lines and columns: a name may be
    drawn letter by letter."""
    covered_letters: set[int] = set()
    for order in _orders(letters, text, redactor):
        joined = "".join(letter for letter, _ in order)
        for finding in redactor.find(joined):
            places = [at for _, at in order[finding.start : finding.end] if at >= 0]
            boxes = tuple(box for at in places if (box := _box(text, at)) is not None)
            if boxes and not covered_letters.issuperset(places):
                covered_letters.update(places)
                yield Mention(joined[finding.start : finding.end], boxes)


def _orders(letters: Sequence[str], text: Any, redactor: Redactor) -> Iterator[list[tuple[str, int]]]:
    """The letters of a page with their indexes, -1 for blanks and line ends between them."""
    yield [(letter, at) for at, letter in enumerate(letters) if letter != "\r"]
    by_line = _by_line(letters, text)
    if redactor.find("".join(letter for letter, _ in by_line)):
        yield by_line


def _by_line(letters: Sequence[str], text: Any) -> list[tuple[str, int]]:
    placed = [(at, letter, box) for at, letter in enumerate(letters) if (box := _box(text, at)) and letter.strip()]
    lines = sorted(placed, key=lambda one: (-round(one[2][1] / max((one[2][3] - one[2][1]) * 0.5, 0.5)), one[2][0]))
    out: list[tuple[str, int]] = []
    before: Box | None = None
    for at, letter, box in lines:
        if before is not None:
            height = max(box[3] - box[1], before[3] - before[1], 0.1)
            if abs(box[1] - before[1]) > 0.5 * height or box[0] < before[0]:
                out.append(("\n", -1))
            elif box[0] - before[2] > 0.16 * height:
                out.append((" ", -1))
        out.append((letter, at))
        before = box
    return out


def _box(text: Any, at: int) -> Box | None:
    """The box of a letter as its font declares it; None for a letter that is not drawn."""
    rect = pypdfium2.raw.FS_RECTF()
    if not pypdfium2.raw.FPDFText_GetLooseCharBox(text, at, ctypes.byref(rect)):
        return None
    box = rect.left, rect.bottom, rect.right, rect.top
    return box if box[2] > box[0] and box[3] > box[1] else None


def _picture(page: Any, mentions: Sequence[Mention]) -> tuple[Image.Image, list[Run]]:
    """The page as a picture, with the mentions black; and its other words, where the picture shows them."""
    scale = min(_DOTS, _MAX_SIDE / max(*page.get_size(), 1.0))
    bitmap = page.render(scale=scale, draw_annots=True)
    places = bitmap.get_posconv(page)
    picture: Image.Image = bitmap.to_pil().convert("RGB")
    bitmap.close()
    pen = ImageDraw.Draw(picture)
    for mention in mentions:
        for left, bottom, right, top in mention.boxes:
            margin = _MARGIN * min(top - bottom, 40.0) + 0.5
            one = places.to_bitmap(left - margin, bottom - margin)
            two = places.to_bitmap(right + margin, top + margin)
            x, y = sorted((one[0], two[0])), sorted((one[1], two[1]))
            pen.rectangle((x[0], y[0], x[1], y[1]), fill="black")
    height = page.get_size()[1]
    black = {box for mention in mentions for box in mention.boxes}

    def shown(box: Box) -> Box:
        one, two = places.to_bitmap(box[0], box[1]), places.to_bitmap(box[2], box[3])
        (left, right), (top, bottom) = sorted((one[0], two[0])), sorted((one[1], two[1]))
        return left / scale, height - bottom / scale, right / scale, height - top / scale

    text = page.get_textpage()
    try:
        letters = ((letter, _box(text, at)) for at, letter in enumerate(_letters(text)))
        return picture, runs_of((("" if box in black else letter), box and shown(box)) for letter, box in letters)
    finally:
        text.close()


def _letters(text: Any) -> list[str]:
    return [chr(pypdfium2.raw.FPDFText_GetUnicode(text, at) or 32) for at in range(text.count_chars())]


def _replace(pdf: Pdf, number: int, picture: Image.Image, size: tuple[float, float], runs: Sequence[Run]) -> None:
    """Make ``picture``, and the words of ``runs``, all that the page has, at ``size`` (points)."""
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=_QUALITY, subsampling=0)
    stream = pdf.make_stream(
        out.getvalue(),
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=picture.width,
        Height=picture.height,
        ColorSpace=Name.DeviceRGB,
        BitsPerComponent=8,
        Filter=Name.DCTDecode,
    )
    page = pdf.pages[number].obj
    for key in tuple(page.keys()):
        if key not in ("/Type", "/Parent"):
            del page[key]
    width, height = size
    page.MediaBox = page.CropBox = Array([0, 0, width, height])
    page.Rotate = 0
    fonts, words = text_layer(pdf, runs)
    page.Resources = Dictionary(XObject=Dictionary(Page=stream), Font=fonts)
    page.Contents = pdf.make_stream(f"q {width:.3f} 0 0 {height:.3f} 0 0 cm /Page Do Q\n".encode() + words)


def _saved(pdf: Pdf) -> bytes:
    out = io.BytesIO()
    pdf.remove_unreferenced_resources()
    pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()
