"""Reads content streams of a PDF: finds identities in the text they show, and removes hidden information (ISO 32000-2
7.8.2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

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
from relay.anonymise.attachments.documents.pdf.cuts import pieces_of
from relay.anonymise.attachments.documents.pdf.fonts import Font, font_of
from relay.anonymise.attachments.documents.pdf.painted import Painted
from relay.anonymise.attachments.documents.pdf.pictures import check_inline
from relay.anonymise.attachments.documents.pdf.shown import Shown, text_orders
from relay.anonymise.attachments.regions import tag_without_region
from relay.anonymise.identities import may_be_word, replaced
from relay.anonymise.passages import passages
from relay.refusals import CannotAnonymise

MAX_INSTRUCTIONS = 1_000_000
MAX_STREAM = 64 * 1024 * 1024
MAX_MAPS = 64 * 1024 * 1024
"""Octets of character maps, in all fonts of a document."""
MAX_DRAWN = 100 * 1024 * 1024
"""Octets of all content streams of a document."""
_DAMAGED = "a PDF document is damaged and cannot be made anonymous; please save or print it as a new PDF"
_TOO_MUCH = "a PDF document draws more than can be made anonymous; please send a shorter document"
_NESTED = 5

_MARKS = frozenset(("BDC", "DP"))
_KEPT_MARKS = frozenset(("/MCID", "/Type", "/Subtype", "/Attached", "/BBox", "/ActualText", "/Alt", "/E"))
_WORK_OF_A_MARK = 5
"""The number of other instructions that take as long as a mark with text."""
# Operators that may hold hidden information, and those that show text.
_TELLING = _MARKS | {"INLINE IMAGE"}
_READ = "q Q cm BT Tf Tm Td TD T* Tc Tw Tz TL Tj TJ ' \" BDC DP BI ID EI Do"

Instruction = ContentStreamInstruction | ContentStreamInlineImage
Instructions = list[Instruction]


@dataclass(slots=True)
class Reader:
    """Reads all content streams of one document; caches fonts, and counts the work."""

    pdf: Pdf
    cleaning: Cleaning
    names: dict[str, None] = field(default_factory=dict)
    """Identities of the author that the pages and forms show."""
    maybe_names: dict[str, None] = field(default_factory=dict)
    """Words on them that stand as a part of the author's name, and may be ordinary words."""
    painted: Painted = field(default_factory=Painted)
    _fonts: dict[tuple[int, int], Font] = field(default_factory=dict)
    _named: dict[tuple[int, int], bool] = field(default_factory=dict)
    _left: int = MAX_INSTRUCTIONS
    _maps: int = MAX_MAPS
    _drawn: int = MAX_DRAWN

    def clean(self, content: Object, octets: bytes, resources: Object | None) -> bytes | None:
        """The instructions without comments, identities in hidden text, and metadata of inline pictures; None when
        there is nothing to remove. Identities in the visible text are noted (names, maybe_names), and stay."""
        shown, telling = self._shown(resources), b"%" in octets
        for read in self._instructions(content, octets, _READ):
            telling = telling or any(str(instruction.operator) in _TELLING for instruction in read)
            _follow(read, shown)
            self.painted.note(content, _painted(read), resources)
        for text in text_orders(shown.fragments):
            self._note_names(text)
        # Most streams draw lines and curves only, and need no rewriting.
        if not telling:
            return None
        del shown
        return b"\n".join(
            pikepdf.unparse_content_stream([self._cleaned(instruction) for instruction in read])
            for read in self._instructions(content, octets)
        )

    def _note_names(self, text: str) -> None:
        for finding in self.cleaning.redactor.find(text):
            words = text[finding.start : finding.end]
            if may_be_word(words):
                self.maybe_names[words] = None
            else:
                self.names[words] = None

    def names_somebody(self, drawing: Object | None) -> bool:
        """Whether a drawing, or one within it, shows an identity."""
        waiting, seen = [(drawing, 0)], set()
        while waiting:
            one, depth = waiting.pop()
            if isinstance(one, Stream):
                if one.objgen in seen or one.get("/Subtype") != Name.Form:
                    continue
                seen.add(one.objgen)
                if self._form_names_somebody(one):
                    return True
                resources = one.get("/Resources")
                one = resources.get("/XObject") if isinstance(resources, Dictionary) else None
            if isinstance(one, Dictionary) and not isinstance(one, Stream) and depth < _NESTED:
                self._count(len(one.keys()))
                waiting.extend((inner, depth + 1) for _, inner in one.items())
        return False

    def _form_names_somebody(self, form: Stream) -> bool:
        """The same for one form alone; cached, because many drawings may include it."""
        self._count(1)
        known = self._named.get(form.objgen)
        if known is None:
            shown = self._shown(form.get("/Resources"))
            for read in self._instructions(form, form.read_bytes(), _READ):
                _follow(read, shown)
            known = any(self.cleaning.redactor.find(text) for text in text_orders(shown.fragments))
            self._named[form.objgen] = known
        return known

    def _instructions(self, content: Object, octets: bytes, operators: str = "") -> Iterator[Instructions]:
        """The instructions of a page or form (``octets``), in pieces."""
        self._drawn -= len(octets) if operators else 0
        if len(octets) > MAX_STREAM or self._drawn < 0:
            raise CannotAnonymise(_TOO_MUCH)
        for piece in pieces_of(octets):
            yield self._parsed(content if len(piece) == len(octets) else self.pdf.make_stream(piece), operators)

    def _parsed(self, content: Object, operators: str) -> Instructions:
        faults = pikepdf.settings.qpdf_limit_errors()
        try:
            instructions = list(pikepdf.parse_content_stream(content, operators))
        except PdfError as error:
            raise CannotAnonymise(_DAMAGED) from error
        if pikepdf.settings.qpdf_limit_errors() != faults:
            # What follows too many errors was not parsed, but programs may show it.
            raise CannotAnonymise(_DAMAGED)
        if operators:
            self._count(len(instructions))
        return instructions

    def _count(self, work: int) -> None:
        self._left -= work
        if self._left < 0:
            raise CannotAnonymise(_TOO_MUCH)

    def _shown(self, resources: Object | None) -> Shown:
        """A Shown for instructions with these resources. Each font is looked up once."""
        fonts = resources.get("/Font") if isinstance(resources, Dictionary) else None
        return Shown(cache(lambda name: self._font(fonts, name)))

    def _font(self, fonts: Object | None, name: str) -> Font:
        font = fonts.get(name) if name and isinstance(fonts, Dictionary) else None
        if not isinstance(font, Dictionary) or not font.is_indirect:
            return font_of(font, self._take_map)
        known = self._fonts.get(font.objgen)
        if known is None:
            known = self._fonts[font.objgen] = font_of(font, self._take_map)
        return known

    def _take_map(self, octets: int) -> None:
        self._maps -= octets
        if self._maps < 0:
            raise CannotAnonymise(_TOO_MUCH)

    def _cleaned(self, instruction: Instruction) -> Instruction:
        """The instruction without hidden information."""
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
        """The kept properties of a marked-content operator: structure numbers and names, and alternate texts."""
        self._count(_WORK_OF_A_MARK)
        kept = Dictionary()
        for key, value in marks.items():
            if key == "/Lang":
                if tag := tag_without_region(str(value)):
                    kept[key] = String(tag)
            elif key in _KEPT_MARKS and not isinstance(value, Dictionary):
                kept[key] = self._words(value) if isinstance(value, String) else value
        return kept

    def _words(self, value: String) -> String:
        words = str(value)
        found = passages(words, self.cleaning.redactor)
        self.cleaning.tally.add("attached-text", len(found))
        return String(replaced(words, found)) if found else value


def _painted(instructions: Instructions) -> Iterator[str]:
    """The names of the pictures and forms that are painted."""
    for instruction in instructions:
        if str(instruction.operator) == "Do" and instruction.operands:
            yield str(instruction.operands[0])


def _follow(instructions: Instructions, shown: Shown) -> None:
    for instruction in instructions:
        if isinstance(instruction, ContentStreamInstruction):
            shown.follow(str(instruction.operator), instruction.operands)
