"""Reads the objects of a PDF one after the other, from the first octet to the last (ISO 32000-2 7.3 to 7.5).

A PDF usually is read backwards, from its table of objects; what no entry of the table leads to is not seen then. Here
every octet belongs to an object or to the end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from relay.anonymise.leak_check.forms.reading import Proof, need, needed

_HEAD = re.compile(rb"%PDF-(?:1\.7|2\.0)\n%[\x80-\xff]{4}\n")
_OBJECT = re.compile(rb"(\d{1,10}) 0 obj\n")
_STREAM, _BEHIND_STREAM, _BEHIND = (
    b"\nstream\n",
    re.compile(rb"\n?endstream\nendobj\n\n?"),
    re.compile(rb"\nendobj\n\n?"),
)
_END = re.compile(rb"startxref\n\d{1,12}\n%%EOF\n")
# Strings have their parentheses escaped: so does qpdf write them.
_TOKEN = re.compile(
    rb"[ \n\r\t]*+(?:(?P<open><<|\[)|(?P<close>>>|\])|/(?P<name>[^\s()<>\[\]{}/%]*+)"
    rb"|\((?P<text>(?>(?:[^()\\]++|\\.)*))\)"
    rb"|<(?P<hex>[0-9A-Fa-f]*+)>|(?P<ref>\d{1,10}) \d{1,5} R(?![^\s()<>\[\]{}/%])|(?P<word>[^\s()<>\[\]{}/%]++))",
    re.DOTALL,
)
_DEEPEST = 120
_SHORTENED = re.compile(rb"#([0-9A-Fa-f]{2})")


class Name(str):
    """A name, without its slash."""

    __slots__ = ()


class Ref(NamedTuple):
    """A reference to an object by its number."""

    number: int


class Text(bytes):
    """A string, as written between its parentheses, or decoded from hexadecimal."""

    __slots__ = ()


Value = dict[str, "Value"] | list["Value"] | Name | Ref | Text | bytes


class Found(NamedTuple):
    """An object: its number, its value, and its stream's octets as stored (None: it is no stream)."""

    number: int
    value: Value
    stream: bytes | None


def objects_of(octets: bytes, proof: Proof) -> Iterator[Found]:
    """Every object, also those packed in object streams. Raises NotOurForm for octets that belong to none."""
    at = needed(_HEAD.match(octets), "the beginning of a PDF").end()
    while (begin := _OBJECT.match(octets, at)) is not None:
        value, at = read_value(octets, begin.end())
        stream = None
        if isinstance(value, dict) and octets.startswith(_STREAM, at):
            length = value.get("Length")
            need(isinstance(length, bytes) and length.isdigit(), "a stream without a length")
            at += len(_STREAM)
            stream, at = octets[at : at + _number(length)], at + _number(length)
        behind = (_BEHIND if stream is None else _BEHIND_STREAM).match(octets, at)
        at = needed(behind, "octets behind an object").end()
        found = Found(int(begin[1]), value, stream)
        yield found
        if stream is not None and isinstance(value, dict) and value.get("Type") == "ObjStm":
            yield from _packed(found, proof)
    need(_END.fullmatch(octets, at), "octets behind the objects")


def _number(value: object) -> int:
    return int(value) if isinstance(value, bytes) and value.isdigit() and len(value) < 12 else 0


def _packed(packed: Found, proof: Proof) -> Iterator[Found]:
    """The objects of an object stream (7.5.7), which fill it."""
    facts = packed.value if isinstance(packed.value, dict) else {}
    content = packed.stream or b""
    if "Filter" in facts:
        need(facts["Filter"] == "FlateDecode" and "DecodeParms" not in facts, "an object stream of another form")
        content = proof.inflated(content)
    first, count = _number(facts.get("First")), _number(facts.get("N"))
    numbers = content[:first].split()
    need(len(numbers) == 2 * count and all(map(bytes.isdigit, numbers)), "an object stream of another form")
    at = first
    for number, offset in zip(numbers[::2], numbers[1::2], strict=True):
        need(first + int(offset) == at, "octets between packed objects")
        value, at = read_value(content, at)
        at += content.startswith(b"\n", at)
        yield Found(int(number), value, None)
    need(at == len(content), "octets behind packed objects")


def read_value(octets: bytes, at: int) -> tuple[Value, int]:
    """The value at this place, and the place behind it. Raises NotOurForm."""
    around: list[tuple[list[Value], bool]] = []
    items: list[Value] = []
    while True:
        token = needed(_TOKEN.match(octets, at), "no value")
        at = token.end()
        kind, raw = token.lastgroup, token[token.lastgroup or 0]
        if kind == "open":
            need(len(around) < _DEEPEST, "values within values")
            around.append((items, raw == b"<<"))
            items = []
            continue
        if kind == "close":
            need(around and around[-1][1] == (raw == b">>"), "an end without its beginning")
            value: Value = _dictionary(items) if raw == b">>" else items
            items = around.pop()[0]
        else:
            value = _scalar(kind, raw)
        if not around:
            return value, at
        items.append(value)


def _scalar(kind: str | None, raw: bytes) -> Value:
    if kind == "name":
        return Name(_SHORTENED.sub(lambda code: bytes.fromhex(code[1].decode()), raw).decode("latin-1"))
    if kind == "ref":
        return Ref(int(raw))
    if kind == "hex":
        return Text(bytes.fromhex(raw.decode() + "0" * (len(raw) % 2)))
    return Text(raw) if kind == "text" else raw


def _dictionary(items: list[Value]) -> dict[str, Value]:
    keys, values = items[::2], items[1::2]
    need(len(keys) == len(values) and all(isinstance(key, Name) for key in keys), "a dictionary of another form")
    made = {str(key): value for key, value in zip(keys, values, strict=True)}
    need(len(made) == len(keys), "a key twice")
    return made
