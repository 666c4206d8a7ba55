"""Decodes the text of RTF in reading order (Rich Text Format Specification 1.9.1, Unicode RTF)."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass, replace

from relay.anonymise.attachments.documents.rtf.tokens import Group, Item, Octets, Text, Word
from relay.anonymise.attachments.documents.text_runs import PARAGRAPH

_SYMBOLS = "symbols"
_CHARSETS = {
    2: _SYMBOLS, 77: "mac_roman", 128: "cp932", 129: "cp949", 130: "johab", 134: "gbk", 136: "cp950", 161: "cp1253",
    162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874",
    238: "cp1250", 255: "cp850",
}  # fmt: skip
_GAPS = {
    "par": PARAGRAPH, "line": "\n", "cell": PARAGRAPH, "row": PARAGRAPH, "sect": PARAGRAPH, "page": PARAGRAPH,
    "tab": "\t", "_": "-", "nestcell": PARAGRAPH, "nestrow": PARAGRAPH, "column": PARAGRAPH,
}  # fmt: skip
_CHARACTERS = {
    "~": "\u00a0", "emdash": "\u2014", "endash": "\u2013", "lquote": "\u2018", "rquote": "\u2019",
    "ldblquote": "\u201c", "rdblquote": "\u201d", "bullet": "\u2022", "emspace": "\u2003", "enspace": "\u2002",
}  # fmt: skip
# Groups whose text is a line of its own, separate from the text around.
_APART = frozenset(
    str.split("""
        header headerl headerr headerf footer footerl footerr footerf footnote *footnote annotation *annotation shptxt
        *shptxt *fldinst fldinst *bkmkstart *bkmkend stylesheet listtext pntext *atnid *atnauthor sn sv *ud
    """)
)
# Groups whose octets are no text.
DATA = frozenset(str.split("pict *datafield *picprop *panose *objdata"))


@dataclass(frozen=True, slots=True)
class _State:
    encoding: str
    skip: int = 1
    hidden: bool = False
    deleted: bool = False
    inserted: bool = False


class Reader:
    """Converts the octets of a document to Text; ``lines`` are its texts in reading order, line by line."""

    def __init__(self, document: Group) -> None:
        first = [item for item in document.items[:40] if isinstance(item, Word)]
        page = next((word.number for word in first if word.name == "ansicpg"), None)
        self._default = _known(f"cp{page}" if page else "cp1252")
        if any(word.name == "mac" for word in first):
            self._default = "mac_roman"
        self._fonts: dict[int, str] = {}
        self._font_of_table: int | None = None
        self.lines: list[list[Text]] = [[]]
        self._read(document, _State(self._default), self.lines[0])

    def texts(self) -> list[Text]:
        """All text, with paragraph gaps between lines."""
        for line in self.lines:
            if line:
                line[0].gap = PARAGRAPH
        return [text for line in self.lines for text in line]

    def _read(self, group: Group, state: _State, line: list[Text]) -> None:
        if group.destination in DATA:
            return
        run = _Run(line)
        fonts = group.destination == "fonttbl"
        for item in group.items:
            if isinstance(item, Octets):
                run.octets(item.content, state)
            elif isinstance(item, Group):
                run.close()
                run.items.append(item)
                apart = item.destination in _APART or fonts
                if apart:
                    self.lines.append([])
                self._read(item, state, self.lines[-1] if apart else line)
            elif isinstance(item, Word):
                state = self._word(item, state, run)
            else:
                run.close()
                run.items.append(item)
        run.close()
        group.items = run.items

    def _word(self, word: Word, state: _State, run: _Run) -> _State:
        number, name = word.number, word.name
        if name == "u" and number is not None:
            run.character(chr(number & 0xFFFF), state)
            run.skipping = state.skip
            return state
        if name in _CHARACTERS:
            run.character(_CHARACTERS[name], state)
            return state
        if name == "uc":
            # \uc may occur between the two surrogates of one character.
            return replace(state, skip=min(max(number or 0, 0), 16))
        run.close()
        run.items.append(word)
        run.gap += _GAPS.get(name, "")
        if name == "f":
            self._font_of_table = number
        elif name == "fcharset" and self._font_of_table is not None:
            self._fonts[self._font_of_table] = _known(_CHARSETS.get(number or 0, self._default))
        return self._after(word, state)

    def _after(self, word: Word, state: _State) -> _State:
        """The state after a formatting word."""
        on = word.number != 0
        match word.name:
            case "f":
                return replace(state, encoding=self._fonts.get(word.number or 0, self._default))
            case "plain":
                return _State(self._default, state.skip)
            case "v":
                return replace(state, hidden=on)
            case "deleted":
                return replace(state, deleted=on)
            case "revised":
                return replace(state, inserted=on)
        return state


class _Run:
    """Text being collected, until something other than text follows."""

    def __init__(self, line: list[Text]) -> None:
        self.items: list[Item] = []
        self.skipping = 0
        self.gap = ""
        self._line = line
        self._octets = bytearray()
        self._text = ""
        self._state: _State | None = None

    def octets(self, content: bytes, state: _State) -> None:
        gone = min(self.skipping, len(content))
        self.skipping -= gone
        self._octets += content[gone:]
        self._state = state

    def character(self, character: str, state: _State) -> None:
        self._decode(state)
        self._text += character
        self._state = state

    def close(self) -> None:
        self.skipping = 0
        state = self._state
        if state is not None:
            self._decode(state)
            if self._text:
                whole = self._text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
                symbols = state.encoding == _SYMBOLS
                text = Text(whole, self.gap, symbols, state.hidden, state.deleted, state.inserted)
                self.items.append(text)
                self._line.append(text)
                self.gap = ""
        self._text, self._state = "", None

    def _decode(self, state: _State) -> None:
        encoding = "latin-1" if state.encoding == _SYMBOLS else state.encoding
        self._text += bytes(self._octets).decode(encoding, "replace")
        self._octets.clear()


def _known(name: str) -> str:
    """The encoding, or Windows-1252 when Python has none of that name."""
    if name == _SYMBOLS:
        return name
    try:
        return codecs.lookup(name).name
    except LookupError:
        return "cp1252"


def texts_in(group: Group) -> Iterator[Text]:
    """The texts of a group and of the groups in it."""
    for item in group.items:
        if isinstance(item, Text):
            yield item
        elif isinstance(item, Group):
            yield from texts_in(item)
