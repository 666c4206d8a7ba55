"""Parses a letter into its tree of MIME entities, in linear time and within limits (RFC 2046 5.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from relay.message.read.header_words import parameters
from relay.message.read.headers import Fields, Head, first, split
from relay.message.read.hyphens import find_delimiter
from relay.refusals import Malformed

MAX_DEPTH = 50
MAX_PARTS = 500
_DELIMITER_END = re.compile(rb"(--)?[ \t]*(?:\r?(?=\n)|$)")
_RETURN = ord("\r")
_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+$")


@dataclass(frozen=True, slots=True)
class Entity:
    """One MIME entity. ``type`` is "type/subtype" in lower case; ``octets`` the body, still transfer-encoded (empty for
    a multipart), and ``start`` its offset in the whole message; ``content_id`` without angle brackets."""

    type: str
    parameters: dict[str, str]
    disposition: str
    filename: str | None
    encoding: str
    content_id: str | None
    location: str | None
    octets: bytes
    start: int
    children: tuple[Entity, ...] = field(default=())


@dataclass(slots=True)
class _Reading:
    """The octets that are read, and how many entities were begun."""

    content: bytes
    parts: int = 0


def read(content: bytes, head: Head | None = None) -> Entity:
    """The tree of a whole message; ``head`` is its header section if already split. Raises Malformed when it nests too
    deeply, has too many parts, or a multipart has no parts."""
    return _read(_Reading(content), (0, len(content)), "text/plain", 0, head)


def _read(reading: _Reading, span: tuple[int, int], default: str, depth: int, head: Head | None = None) -> Entity:
    """The entity at ``span``, [begin, end). Nothing is copied but the bodies of the leaves."""
    content, (begin, end) = reading.content, span
    reading.parts += 1
    if reading.parts > MAX_PARTS or depth > MAX_DEPTH:
        raise Malformed("this letter has too many parts inside each other; please send it as plain text")
    fields, start = head or split(content, begin, end)
    kind, params = _content_type(fields, default)
    disposition, filename = _disposition(fields, params)
    children: tuple[Entity, ...] = ()
    body = b""
    if kind.startswith("multipart/"):
        inner = "message/rfc822" if kind == "multipart/digest" else "text/plain"
        parts = _parts(content, start, end, params.get("boundary", ""))
        children = tuple(_read(reading, part, inner, depth + 1) for part in parts)
    else:
        body = content[start:end]
    return Entity(
        type=kind,
        parameters=params,
        disposition=disposition,
        filename=filename,
        encoding=(first(fields, "content-transfer-encoding") or b"").decode("ascii", "replace").split("(")[0],
        content_id=_bare(first(fields, "content-id")),
        location=_bare(first(fields, "content-location")),
        octets=body,
        start=start,
        children=children,
    )


def _content_type(fields: Fields, default: str) -> tuple[str, dict[str, str]]:
    value = first(fields, "content-type")
    if value is None:
        return default, {}
    kind, params = parameters(value)
    if _TYPE.match(kind):
        return kind, params
    # RFC 2045 5.2: an unreadable type counts as plain text; with a boundary, as multipart.
    return ("multipart/mixed" if "boundary" in params else "text/plain"), params


def _disposition(fields: Fields, type_parameters: dict[str, str]) -> tuple[str, str | None]:
    value = first(fields, "content-disposition")
    kind, params = parameters(value) if value is not None else ("", {})
    name = params.get("filename") or type_parameters.get("name")
    return kind, name or None


def _bare(value: bytes | None) -> str | None:
    if value is None:
        return None
    return value.decode("utf-8", "replace").strip().strip("<>").strip() or None


def _parts(content: bytes, start: int, end: int, boundary: str) -> list[tuple[int, int]]:
    """Where the body parts between the delimiter lines begin and end; without a close delimiter the last part ends with
    the body."""
    mark = boundary.encode("utf-8", "replace")
    if not mark:
        raise Malformed("this letter does not say where its parts begin; please send it from an ordinary mail program")
    parts: list[tuple[int, int]] = []
    begin: int | None = None
    for line_end, following, last in _delimiters(content, start, end, b"--" + mark):
        if begin is not None:
            returned = begin < line_end and content[line_end - 1] == _RETURN
            parts.append((begin, max(begin, line_end - returned)))
        if len(parts) > MAX_PARTS:
            raise Malformed("this letter has too many parts; please send it as plain text")
        begin = min(following + 1, end)
        if last:
            break
    else:
        if begin is not None:
            parts.append((begin, end))
    if not parts:
        raise Malformed("the parts of this letter are not where it says they are; please send it again")
    return parts


def _delimiters(body: bytes, start: int, end: int, mark: bytes) -> Iterator[tuple[int, int, bool]]:
    """Every delimiter line from ``start`` to ``end``, in order: where the preceding line end begins, where the line
    ends, whether it is the last. Searches without a pattern: each letter has its own boundary, and compiling takes
    longer than searching.
    """
    needle = b"\n" + mark
    at = start if body.startswith(mark, start, end) else find_delimiter(body, needle, start, end)
    while at >= 0:
        line = at if at == start and body.startswith(mark, start, end) else at + 1
        rest = _DELIMITER_END.match(body, line + len(mark), end)
        if rest:
            yield at, rest.end(), bool(rest[1])
        at = find_delimiter(body, needle, rest.end() if rest else at + 1, end)
