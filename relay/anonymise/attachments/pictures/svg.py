"""Rebuilds SVG drawings from known elements: the drawing stays, other information is removed."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from html import escape
from itertools import accumulate, chain
from xml.parsers import expat  # what could swell is refused when it is declared

from relay.anonymise.attachments.cleaning import Cleaning
from relay.anonymise.attachments.pictures.svg_allowed import (
    ELEMENTS,
    FILTER_PRIMITIVES,
    INPUTS,
    NUMBERS,
    PATH,
    PROPERTIES,
    SPOKEN,
    WRITTEN,
)
from relay.anonymise.attachments.pictures.svg_pictures import clean_data_url
from relay.anonymise.attachments.pictures.svg_styles import Styles
from relay.anonymise.doubts import Doubts
from relay.anonymise.identities import may_be_word, replaced
from relay.anonymise.passages import passages
from relay.anonymise.returned_files import FileEchoes
from relay.model import Attachment
from relay.refusals import CannotAnonymise

MAX_SVG = 8 * 1024 * 1024
MAX_ELEMENTS = 200_000
MAX_DEPTH = 200
_SVG, _XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
_XML = "http://www.w3.org/XML/1998/namespace"
_BREAKS = re.compile(r"[\t\r\n]")
_TOO_LARGE = "an SVG drawing is too large to be made anonymous; please send it as a PNG picture"
_DAMAGED = "an SVG drawing is damaged and cannot be made anonymous; please send it as a PNG picture"
_ENTITIES = "an SVG drawing with declarations of its own cannot be made anonymous; please send it as a PNG picture"
_NAMED = "an SVG drawing shows an address or a name of one of you in letters set one by one; please send it without"


def clean_svg(attachment: Attachment, cleaning: Cleaning) -> Attachment:
    """The drawing with known elements only. Raises CannotAnonymise when it is damaged, too large, or declares
    entities."""
    if len(attachment.content) > MAX_SVG:
        raise CannotAnonymise(_TOO_LARGE)
    writer = _Writer(cleaning, Styles(cleaning.redactor))
    _parse(attachment.content, writer)
    content = writer.finished()
    if content != attachment.content:
        cleaning.tally.add("picture-metadata")
    return replace(attachment, content=content, media_type="image/svg+xml")


def _parse(content: bytes, writer: _Writer) -> None:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = writer.start
    parser.EndElementHandler = writer.end
    parser.CharacterDataHandler = writer.text
    parser.EntityDeclHandler = _refuse_entity
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise CannotAnonymise(_DAMAGED) from error


def _refuse_entity(*_: object) -> None:
    raise CannotAnonymise(_ENTITIES)


@dataclass(slots=True)
class _Writer:
    """Writes what is kept. ``_open`` is the stack of elements, None for those dropped with their content; ``_shown``
    are the pieces of visible text, one list per text element."""

    cleaning: Cleaning
    styles: Styles
    _out: list[str] = field(default_factory=list)
    _open: list[str | None] = field(default_factory=list)
    _words: list[str] = field(default_factory=list)
    _shown: list[list[str]] = field(default_factory=list)
    _sheet: list[str] | None = None
    _count: int = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """A start tag."""
        self._count += 1
        if self._count > MAX_ELEMENTS or len(self._open) >= MAX_DEPTH:
            raise CannotAnonymise(_TOO_LARGE)
        space, _, local = name.rpartition(" ")
        if not self._open and (space != _SVG or local != "svg"):
            raise CannotAnonymise(_DAMAGED)
        left_out = bool(self._open) and self._open[-1] is None
        if local == "style" and space == _SVG and not left_out:
            self._sheet = []
        if left_out or space != _SVG or not (local in ELEMENTS or local in SPOKEN):
            self._open.append(None)
            return
        self._write_words()
        if local == "text" or local in SPOKEN:
            self._shown.append([])
        kept = "" if local in SPOKEN else self._attributes(local, attributes)
        top = f' xmlns="{_SVG}" xmlns:xlink="{_XLINK}"' if not self._open else ""
        self._out.append(f"<{local}{top}{kept}>")
        self._open.append(local)

    def end(self, name: str) -> None:
        """An end tag."""
        local = self._open.pop()
        if self._sheet is not None and name == f"{_SVG} style":
            sheet, self._sheet = self.styles.sheet("".join(self._sheet)), None
            if sheet:
                self._out.append(f"<style>{escape(sheet, quote=False)}</style>")
        if local is not None:
            self._write_words()
            self._out.append(f"</{local}>")

    def text(self, words: str) -> None:
        """Character data: kept in elements that show text."""
        if self._sheet is not None:
            self._sheet.append(words)
        elif self._open and self._open[-1] in WRITTEN:
            self._words.append(words)

    def _write_words(self) -> None:
        if not self._words:
            return
        words = "".join(self._words)
        self._words = []
        found = passages(words, self.cleaning.redactor)
        self.cleaning.tally.add("attached-text", len(found))
        if self._shown:
            self._shown[-1].append(words)
        self._out.append(escape(replaced(words, found), quote=False))

    def finished(self) -> bytes:
        """The drawing. Raises CannotAnonymise when pieces of its text together contain an identity."""
        lines = ["".join(pieces) for pieces in self._shown]
        pieces = list(chain.from_iterable(self._shown))
        joined = [(pieces, " "), (lines, "\n")]
        if not self.cleaning.redactor.of_letter(FileEchoes).is_returned:
            joined.append((pieces, ""))  # else words of the reader's would run into each other
        if any(self._lie_across(*several) for several in joined):
            raise CannotAnonymise(_NAMED)
        return ('<?xml version="1.0" encoding="UTF-8"?>\n' + "".join(self._out) + "\n").encode()

    def _lie_across(self, pieces: list[str], between: str) -> bool:
        """Whether an identity spans several pieces. Within a piece it was replaced. A word that may be a part of the
        author's name is a doubt."""
        ends, text = list(accumulate(len(piece) + len(between) for piece in pieces)), between.join(pieces)
        found = self.cleaning.redactor.find(text)
        across = [one for one in found if bisect_right(ends, one.start) != bisect_right(ends, one.end - 1)]
        maybe = [one for one in across if may_be_word(text[one.start : one.end])]
        for one in maybe:
            self.cleaning.redactor.of_letter(Doubts).add("name", text[one.start : one.end])
        return len(maybe) < len(across)

    def _attributes(self, element: str, attributes: dict[str, str]) -> str:
        kept: dict[str, str | None] = {}
        for name, value in attributes.items():
            if name in (f"{_XLINK} href", "href"):
                kept["xlink:href"] = self._target(element, value)
            elif name == f"{_XML} space":
                kept["xml:space"] = value if value in ("default", "preserve") else None
            elif element in FILTER_PRIMITIVES and name in ("in", "in2", "result"):
                kept[name] = value if value in INPUTS else self.styles.identifier("result " + value)
            else:
                kept[name] = self._attribute(element, name, value)
        return "".join(f' {name}="{_quoted(value)}"' for name, value in kept.items() if value)

    def _attribute(self, element: str, name: str, value: str) -> str | None:
        special = _SPECIAL.get(name)
        if special is not None:
            return special(self.styles, value)
        if name in PROPERTIES:
            return self.styles.value(value)
        if name not in ELEMENTS[element]:
            return None
        if name == "d":
            return value if PATH.fullmatch(value) else None
        return value if NUMBERS.fullmatch(value) and not self.cleaning.redactor.find(value) else None

    def _target(self, element: str, value: str) -> str | None:
        """The target of a reference: inside the drawing, or an embedded picture."""
        if element == "a":
            return None
        if value.startswith("#"):
            return "#" + self.styles.identifier(value[1:])
        return clean_data_url(value, self.cleaning) if element == "image" else None


def _quoted(value: str) -> str:
    """A value for an attribute in double quotes, on one line."""
    return escape(_BREAKS.sub(" ", value), quote=False).replace('"', "&quot;")


_SPECIAL: dict[str, Callable[[Styles, str], str]] = {
    "id": Styles.identifier,
    "class": lambda styles, value: " ".join(styles.class_name(word) for word in value.split()),
    "style": Styles.attribute,
}
