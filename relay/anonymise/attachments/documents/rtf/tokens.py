"""Parses RTF into groups, control words, characters and data (Rich Text Format Specification 1.9.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from relay.refusals import CannotAnonymise

MAX_TOKENS = 2_000_000
MAX_NESTING = 200
BROKEN = (
    "an RTF document in this letter is damaged and cannot be made anonymous; please save it again or paste its text"
)
_TOKEN = re.compile(
    rb"(?P<open>\{)|(?P<close>\})|\\(?P<word>[A-Za-z]{1,32})(?P<number>-?\d{1,10})? ?"
    rb"|\\'(?P<hex>[0-9A-Fa-f]{2})|\\(?P<sign>[^A-Za-z])|(?P<text>[^\\{}\r\n\0]+)|(?P<blank>[\r\n\0]+)",
    re.DOTALL,
)


@dataclass(slots=True, eq=False)
class Word:
    """A control word or symbol with its number (never the "'" of hex codes)."""

    name: str
    number: int | None = None


@dataclass(slots=True, eq=False)
class Octets:
    """Text as octets, in the charset of its font."""

    content: bytes


@dataclass(slots=True, eq=False)
class Text:
    """Decoded text. ``gap``: characters between the preceding text and this one; ``symbols``: its font has symbols
    instead of letters; the flags say in which views of the document it is visible."""

    text: str
    gap: str = ""
    symbols: bool = False
    hidden: bool = False
    deleted: bool = False
    inserted: bool = False


@dataclass(slots=True, eq=False)
class Group:
    """The content between a pair of braces."""

    items: list[Item] = field(default_factory=list)

    @property
    def destination(self) -> str:
        """The word that names the group's purpose; "" for a plain group. Begins with an asterisk when programs may skip
        the group."""
        words = [item for item in self.items[:2] if isinstance(item, Word)]
        if words and words[0].name == "*":
            return "*" + (words[1].name if len(words) > 1 else "")
        return words[0].name if words and self.items[0] is words[0] else ""


@dataclass(slots=True, eq=False)
class Binary:
    """Raw data after \\bin."""

    content: bytes


Item = Word | Octets | Text | Binary | Group


def parsed(content: bytes) -> Group:
    """The outermost group; anything after it is dropped. Raises CannotAnonymise for invalid RTF."""
    stack: list[Group] = []
    place = 0
    for _ in range(MAX_TOKENS):
        token = _TOKEN.match(content, place)
        if token is None:
            raise CannotAnonymise(BROKEN)
        place = token.end()
        kind = token.lastgroup
        if kind == "open":
            group = Group()
            if stack:
                stack[-1].items.append(group)
            stack.append(group)
            if len(stack) > MAX_NESTING:
                raise CannotAnonymise(BROKEN)
        elif not stack:
            raise CannotAnonymise(BROKEN)
        elif kind == "close":
            done = stack.pop()
            if not stack:
                return done
        elif kind != "blank":
            place = _item(token, content, place, stack[-1].items)
    raise CannotAnonymise(BROKEN)


def _item(token: re.Match[bytes], content: bytes, place: int, items: list[Item]) -> int:
    """Append the item for the token. Returns the offset of the next token."""
    if token["word"]:
        name = token["word"].decode("ascii")
        number = int(token["number"]) if token["number"] else None
        if name == "bin":
            size = number or 0
            if size < 0 or place + size > len(content):
                raise CannotAnonymise(BROKEN)
            items.append(Binary(content[place : place + size]))
            return place + size
        items.append(Word(name, number))
    elif token["hex"]:
        items.append(Octets(bytes.fromhex(token["hex"].decode("ascii"))))
    elif token["sign"]:
        sign = token["sign"].decode("latin-1")
        if sign in "\\{}":
            items.append(Octets(token["sign"]))
        elif sign in "\r\n":
            items.append(Word("par"))
        elif sign in "~-_*|:":
            items.append(Word(sign))
    else:
        items.append(Octets(token["text"]))
    return place


def written(group: Group) -> bytes:
    """The group as RTF in ASCII: other characters are written as Unicode escapes."""
    return b"".join(_written(group))


def _written(group: Group) -> Iterator[bytes]:
    yield b"{"
    for item in group.items:
        if isinstance(item, Group):
            yield from _written(item)
        elif isinstance(item, Word):
            number = "" if item.number is None else str(item.number)
            yield f"\\{item.name}{number}{' ' if item.name.isalpha() else ''}".encode("ascii")
        elif isinstance(item, Text):
            yield "".join(map(_sign, item.text)).encode("ascii") if not item.symbols else _symbols(item.text)
        elif isinstance(item, Octets):
            yield item.content
    yield b"}"


def _sign(character: str) -> str:
    if character in "\\{}":
        return "\\" + character
    if " " <= character <= "~":
        return character
    if character <= "\xff":
        return f"\\u{ord(character)}?"
    units = character.encode("utf-16-le", "surrogatepass")
    numbers = (int.from_bytes(units[at : at + 2], "little", signed=True) for at in range(0, len(units), 2))
    return "".join(f"\\u{number}?" for number in numbers)


def _symbols(text: str) -> bytes:
    return b"".join(b"\\'%02x" % octet for octet in text.encode("latin-1", "replace"))
