"""Reads the drawing instructions of a PDF: finds names and addresses in the text they show, and takes out what they
hold besides (ISO 32000-2 7.8.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pikepdf
from pikepdf import (
    ContentStreamInlineImage,
    ContentStreamInstruction,
    Dictionary,
    Name,
    Object,
    Pdf,
    PdfError,
    Stream,
    String,
)

from relay.anonymise.attachments.cleaning import Cleaning
from relay.anonymise.attachments.pdf.fonts import Font, font_of
from relay.anonymise.attachments.pdf.pictures import check_inline
from relay.anonymise.attachments.pdf.shown import Shown, readings
from relay.anonymise.identities import replaced
from relay.anonymise.passages import passages
from relay.refusals import CannotAnonymise

MAX_INSTRUCTIONS = 2_000_000
MAX_STREAM = 64 * 1024 * 1024
_NAMED = "a PDF document shows an address or a name of one of you on its pages; please take it out and attach it again"
_DAMAGED = "a PDF document is damaged and cannot be made anonymous; please save or print it as a new PDF"
_TOO_MUCH = "a PDF document draws more than can be made anonymous; please send a shorter document"
_NESTED = 5

_MARKS = frozenset(("BDC", "DP"))
# What may tell more than it shows, and what shows text.
_TELLING = _MARKS | {"INLINE IMAGE"}
_READ = "q Q cm BT Tf Tm Td TD T* Tc Tw Tz TL Tj TJ ' \" BDC DP BI ID EI"

Instruction = ContentStreamInstruction | ContentStreamInlineImage
Instructions = list[Instruction]


@dataclass(slots=True)
class Reader:
    """Reads all drawings of one document; fonts are read once, and the work is counted."""

    pdf: Pdf
    cleaning: Cleaning
    _fonts: dict[tuple[int, int], Font] = field(default_factory=dict)
    _left: int = MAX_INSTRUCTIONS

    def clean(self, content: Object, octets: bytes, resources: Object | None) -> bytes | None:
        """The instructions without comments, hidden words with identities, and what pictures between them tell; None
        when there was none of it. Raises CannotAnonymise when the text they show names one of the two people."""
        read = self._instructions(content, len(octets), _READ)
        if any(self.cleaning.redactor.find(text) for text in self._texts(read, resources)):
            raise CannotAnonymise(_NAMED)
        # Most drawings are lines and curves, and need not be taken apart.
        if b"%" not in octets and not any(str(instruction.operator) in _TELLING for instruction in read):
            return None
        instructions = self._instructions(content, len(octets))
        return pikepdf.unparse_content_stream([self._cleaned(instruction) for instruction in instructions])

    def names_somebody(self, drawing: Object | None, depth: int = 0) -> bool:
        """Does a drawing, or one within it, show a name or address of one of the two people?"""
        if isinstance(drawing, Dictionary):
            return depth < _NESTED and any(self.names_somebody(inner, depth + 1) for _, inner in drawing.items())
        if not isinstance(drawing, Stream) or drawing.get("/Subtype") != Name.Form:
            return False
        resources = drawing.get("/Resources")
        instructions = self._instructions(drawing, len(drawing.read_bytes()), _READ)
        if any(self.cleaning.redactor.find(text) for text in self._texts(instructions, resources)):
            return True
        inner = resources.get("/XObject") if isinstance(resources, Dictionary) else None
        return depth < _NESTED and self.names_somebody(inner, depth + 1)

    def _instructions(self, content: Object, size: int, operators: str = "") -> Instructions:
        if size > MAX_STREAM:
            raise CannotAnonymise(_TOO_MUCH)
        faults = pikepdf.settings.qpdf_limit_errors()
        try:
            instructions = list(pikepdf.parse_content_stream(content, operators))
        except PdfError as error:
            raise CannotAnonymise(_DAMAGED) from error
        self._left -= len(instructions)
        if self._left < 0:
            raise CannotAnonymise(_TOO_MUCH)
        if pikepdf.settings.qpdf_limit_errors() != faults:
            # What stands after too many errors was not read, but programs may show it.
            raise CannotAnonymise(_DAMAGED)
        return instructions

    def _texts(self, instructions: Instructions, resources: Object | None) -> Sequence[str]:
        fonts = resources.get("/Font") if isinstance(resources, Dictionary) else None
        shown = Shown(lambda name: self._font(fonts, name))
        for instruction in instructions:
            if isinstance(instruction, ContentStreamInstruction):
                shown.follow(str(instruction.operator), instruction.operands)
        return readings(shown.fragments)

    def _font(self, fonts: Object | None, name: str) -> Font:
        font = fonts.get(name) if name and isinstance(fonts, Dictionary) else None
        if not isinstance(font, Dictionary) or not font.is_indirect:
            return font_of(font)
        known = self._fonts.get(font.objgen)
        if known is None:
            known = self._fonts[font.objgen] = font_of(font)
        return known

    def _cleaned(self, instruction: Instruction) -> Instruction:
        """The instruction without what it tells besides."""
        if isinstance(instruction, ContentStreamInlineImage):
            check_inline(instruction)
            return instruction
        if str(instruction.operator) not in _MARKS or len(instruction.operands) < 2:
            return instruction
        tag, marks = instruction.operands[0], instruction.operands[1]
        if not isinstance(marks, Dictionary):
            return instruction
        return ContentStreamInstruction([tag, self._marks(marks)], instruction.operator)

    def _marks(self, marks: Object) -> Object:
        """What a mark in the text says: numbers and names of its structure, and words for those who cannot see it."""
        kept = Dictionary()
        for key in ("/MCID", "/Type", "/Subtype", "/Attached", "/BBox", "/Lang", "/ActualText", "/Alt", "/E"):
            value = marks.get(key)
            if isinstance(value, String):
                words = str(value)
                found = passages(words, self.cleaning.redactor)
                self.cleaning.tally.add("attached-text", len(found))
                value = String(replaced(words, found)) if found else value
            if value is not None and not isinstance(value, Dictionary):
                kept[key] = value
        return kept
