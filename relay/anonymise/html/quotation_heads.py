"""Recognises what stands above quoted words in a scrubbed letter: relay's own line, or a program's header block."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

from relay.anonymise.any_case import holds_any
from relay.anonymise.history.labels import Field, field_of
from relay.anonymise.history.language import DetectedLanguage, language_of_letter
from relay.anonymise.history.lines import Lines
from relay.anonymise.history.markers import is_marker
from relay.anonymise.history.our_lines import LINES, MadeLines, language_of_fields, our_line
from relay.anonymise.history.words import SOMEBODY
from relay.anonymise.html.blocks import Block, Nest, Paragraph, Rule, pieces
from relay.anonymise.html.visible import visible
from relay.anonymise.identities import Redactor
from relay.model import Message, Persona

_LABELLED = re.compile(r"[\s*_]*([^\s՝:：*][^\n՝:：]{0,40}?)[\s*_]*[՝:：][\s*_]*(.*)\Z")
_RULED = re.compile(r"\s*(?:[-_–—=*]\s?){3,}\s*\Z")
_DRAWN = re.compile(r"\s*[|+][-:=|+ ]*\Z")
_MOST_FIELDS, _MOST_MARKERS = 12, 6
_OURS_ALONE = re.compile(r"[\s<>()\[\]\"',;:]*\Z")


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above a quotation, as one ``line``. ``who``: the pseudonym of whoever wrote the quoted words, or
    SOMEBODY. ``begins``: the quotation begins here even if nothing marks its words as quoted. ``subject``: that of a
    letter of somebody else's, "" otherwise."""

    line: str
    who: str
    begins: bool
    subject: str = ""


class Heads:
    """Finds heads among the blocks of one letter. ``made`` are the lines that relay made in it; ``language`` is asked
    for that of the letter."""

    def __init__(self, personas: Sequence[Persona], made: set[str], language: Callable[[], DetectedLanguage]) -> None:
        self._personas = personas
        self._names = (*(one.name for one in personas), SOMEBODY)
        self._signs = (SOMEBODY, *(sign for one in personas for sign in (one.name, one.alias) if sign))
        self._made = made
        self._language = language

    @classmethod
    def of_letter(cls, message: Message, redactor: Redactor) -> Heads:
        """Those of ``message``, which is scrubbed."""
        known = redactor.known

        @cache
        def language() -> DetectedLanguage:
            return language_of_letter(Lines(message.text or visible(message.html or "")))

        return cls((known.author_persona, known.recipient_persona), redactor.of_letter(MadeLines), language)

    def is_line(self, text: str) -> bool:
        """Whether a line is relay's own, above a quotation."""
        return self._named_in(text.strip()) is not None

    def _named_in(self, line: str) -> str | None:
        """Whom a line of relay's names; None for any other line."""
        return self._ours.get(line) if holds_any(line, self._names) else None

    @cached_property
    def _ours(self) -> Mapping[str, str]:
        """Created for letters with a quotation only: there are two hundred lines."""
        return _lines_of(self._names)

    def possible(self, blocks: Sequence[Block]) -> bool:
        """Whether there may be a head: all name somebody, or stand for somebody."""
        return any(holds_any(piece.text, self._signs) for piece in pieces(blocks))

    def may_stand_in(self, text: str) -> bool:
        """The same for a text, however its lines are joined. Linear in the text."""
        return holds_any("".join(text.split()), ["".join(sign.split()) for sign in self._signs])

    def split(self, blocks: Sequence[Block]) -> Iterator[Block | Head]:
        """The blocks with a Head in the place of each line or header block above a quotation. Linear in the text."""
        out: list[Block | Head] = []
        rest = [*reversed([_as_lines(block) for block in blocks])]
        while rest:
            block = rest.pop()
            if isinstance(block, Paragraph) and block.tag in ("p", "pre"):
                self._split_paragraph(block, rest, out)
            else:
                out.append(block)
        yield from out

    def _split_paragraph(self, paragraph: Paragraph, rest: list[Block], out: list[Block | Head]) -> None:
        texts, fixed = _texts(paragraph), paragraph.tag == "pre"
        start = number = 0
        while number < len(texts):
            found = self._ours_at(texts[number]) or self._block_at(number, texts, rest, fixed=fixed)
            if found is None:
                number += 1
                continue
            head, count = found
            _put(out, _part(paragraph, start, number))
            without_markers(out)
            out.append(head)
            start = number = number + count
        _take(rest, number - len(texts))
        _put(out, _part(paragraph, start, len(texts)))

    def _ours_at(self, text: str) -> tuple[Head, int] | None:
        who = self._named_in(text.strip())
        return None if who is None else (Head(text.strip(), who, begins=text.strip() in self._made), 1)

    def _block_at(
        self, number: int, texts: Sequence[str], rest: Sequence[Block], *, fixed: bool
    ) -> tuple[Head, int] | None:
        """The header block that begins on this line, and how many lines it has; it may go on in further paragraphs.
        ``fixed``: spaces or tabs may draw its columns."""
        announced = number > 0 and is_marker(texts[number - 1].strip())
        tabled = _cells(texts[number]) is not None or (fixed and _label(texts[number]) is None)
        read = _column if fixed and not announced else _field if announced or tabled else _label
        if read(texts[number]) is None:
            return None
        lines = texts[number : number + 2 * _MOST_FIELDS]
        lines = [*lines, *_further(rest)] if number + len(lines) == len(texts) else lines
        fields: dict[Field, str] = {}
        labels: list[str] = []
        count = 0
        while count < len(lines) and len(fields) < _MOST_FIELDS:
            found = read(lines[count])
            if tabled and count and _DRAWN.match(lines[count]):
                count += 1
                continue
            if found is None or found[0] in fields:
                break
            name, label, value = found
            count += 1
            if not value and not tabled and count < len(lines) and read(lines[count]) is None:
                value = lines[count]
                count += 1
            fields[name] = value.strip()
            labels.append(label)
        who = self._who(fields.get(Field.FROM, ""))
        if who is None or len(fields) < (1 if announced else 3 if tabled else 2):
            return None
        line = our_line(language_of_fields(labels, self._language()), who)
        return Head(line, who, begins=True, subject=fields.get(Field.SUBJECT, "") if who == SOMEBODY else ""), count

    def _who(self, value: str) -> str | None:
        """Whom a field that consists of pseudonyms and aliases names; None when it holds anything else."""
        left, who = value, SOMEBODY if SOMEBODY in value else None
        for persona in self._personas:
            for ours in (persona.alias, persona.name):
                if ours and ours in left:
                    left, who = left.replace(ours, ""), persona.name
        return who if _OURS_ALONE.match(left.replace(SOMEBODY, "").replace("mailto:", "")) else None


@lru_cache(maxsize=64)
def _lines_of(names: tuple[str, ...]) -> Mapping[str, str]:
    """Every line of relay's that stands above a quotation, in every language, and whom it names."""
    return {our_line(language, who): who for who in names for language in LINES}


def _texts(paragraph: Paragraph) -> list[str]:
    return ["".join(piece.text for piece in line) for line in paragraph.lines]


def _part(paragraph: Paragraph, start: int, end: int) -> Paragraph | None:
    lines = paragraph.lines[start:end]
    return Paragraph(paragraph.tag, lines, paragraph.align, paragraph.rtl) if lines else None


def _put(out: list[Block | Head], paragraph: Paragraph | None) -> None:
    if paragraph is not None:
        out.append(paragraph)


def _label(text: str) -> tuple[Field, str, str] | None:
    """The field, label and value of a line such as "From: Amber Heron"."""
    found = _LABELLED.match(text) if ":" in text or "：" in text or "՝" in text else None
    field = field_of(found[1].strip(".")) if found else None
    return (field, found[1], found[2]) if found and field is not None else None


def _field(text: str) -> tuple[Field, str, str] | None:
    """The same without a colon too, as eM Client writes it below a marker: "From Amber Heron"."""
    cells = _cells(text)
    if cells is not None:
        field = field_of(cells[0])
        return None if field is None else (field, *cells)
    words = text.strip().split(" ", 3)
    for count in (3, 2, 1):
        label = " ".join(words[:count])
        field = field_of(label) if len(words) > count else None
        if field is not None:
            return field, label, " ".join(words[count:])
    return _label(text)


def _column(text: str) -> tuple[Field, str, str] | None:
    """The same in columns that spaces draw, with or without a colon: "From    Amber Heron"."""
    label, parted, value = text.strip().partition("  ")
    field = field_of(label) if parted else None
    return (field, label, value.strip()) if field is not None else _label(text) or _field(text)


def _cells(text: str) -> tuple[str, str] | None:
    """The label and the value in a row of a table drawn as text: "| From: | Amber Heron |"."""
    text = text.strip()
    if not text.startswith("|"):
        return None
    label, parted, value = text.strip("|").partition("|")
    return (label.strip(" *_:："), value.strip(" |")) if parted else None


def _take(rest: list[Block], count: int) -> None:
    """Take away ``count`` lines from the paragraphs that follow."""
    while count > 0:
        block = rest.pop()
        assert isinstance(block, Paragraph)
        below = _part(block, count, len(block.lines))
        count -= len(block.lines)
        if below is not None:
            rest.append(below)


def _further(rest: Sequence[Block]) -> Iterator[str]:
    """The lines of the paragraphs that follow, as long as each consists of fields."""
    for block in reversed(rest[-_MOST_FIELDS:]):
        if not isinstance(block, Paragraph) or len(block.lines) > _MOST_FIELDS:
            return
        texts = _texts(block)
        if any(_label(text) is None for text in texts):
            return
        yield from texts


def without_markers(out: list[Block | Head]) -> None:
    """Take away rules and lines such as "-----Original Message-----" at the end of what is above a head."""
    for _ in range(_MOST_MARKERS):
        last = out[-1] if out else None
        if isinstance(last, Paragraph) and last.tag == "p":
            text = _texts(last)[-1].strip()
            if not (_RULED.match(text) or is_marker(text)):
                return
            out.pop()
            _put(out, _part(last, 0, len(last.lines) - 1))
        elif isinstance(last, Rule):
            out.pop()
        else:
            return


def _as_lines(block: Block) -> Block:
    """A table of fields and values as a paragraph of such lines."""
    if not (isinstance(block, Nest) and block.tag == "table" and 0 < len(block.inner) <= _MOST_FIELDS):
        return block
    lines = []
    for row in block.inner:
        cells = [[*pieces(cell.inner)] for cell in row.inner if isinstance(cell, Nest)] if isinstance(row, Nest) else []
        if len(cells) != 2 or _label("".join(piece.text for piece in cells[0])) is None:
            return block
        lines.append((*cells[0], cells[0][-1]._replace(text=" "), *cells[1]))
    return Paragraph("p", tuple(lines))
