"""Parses a letter into its tree of MIME entities, in linear time and within limits (RFC 2046 5.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from relay.message.read.header_words import parameters
from relay.message.read.headers import Fields, Head, first, split
from relay.refusals import Malformed

MAX_DEPTH = 50
MAX_PARTS = 500
_DELIMITER_END = re.compile(rb"(--)?[ \t]*(?:\r?(?=\n)|$)")
_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+$")


@dataclass(frozen=True, slots=True)
class Entity:
    """One MIME entity. ``type`` is "type/subtype" in lower case; ``octets`` the body, still transfer-encoded (empty for
    a multipart); ``content_id`` without angle brackets."""

    type: str
    parameters: dict[str, str]
    disposition: str
    filename: str | None
    encoding: str
    content_id: str | None
    location: str | None
    octets: bytes
    children: tuple[Entity, ...] = field(default=())


@dataclass(slots=True)
class _Count:
    parts: int = 0


def read(content: bytes, head: Head | None = None) -> Entity:
    """The tree of a whole message; ``head`` is its header section if already split. Raises Malformed when it nests too
    deeply, has too many parts, or a multipart has no parts."""
    return _read(content, "text/plain", 0, _Count(), head)


def _read(content: bytes, default: str, depth: int, count: _Count, head: Head | None = None) -> Entity:
    count.parts += 1
    if count.parts > MAX_PARTS or depth > MAX_DEPTH:
        raise Malformed("this letter has too many parts inside each other; please send it as plain text")
    fields, start = head or split(content)
    kind, params = _content_type(fields, default)
    disposition, filename = _disposition(fields, params)
    children: tuple[Entity, ...] = ()
    body = content[start:]
    if kind.startswith("multipart/"):
        inner = "message/rfc822" if kind == "multipart/digest" else "text/plain"
        children = tuple(_read(p, inner, depth + 1, count) for p in _parts(body, params.get("boundary", "")))
        body = b""
    return Entity(
        type=kind,
        parameters=params,
        disposition=disposition,
        filename=filename,
        encoding=(first(fields, "content-transfer-encoding") or b"").decode("ascii", "replace").split("(")[0],
        content_id=_bare(first(fields, "content-id")),
        location=_bare(first(fields, "content-location")),
        octets=body,
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


def _parts(body: bytes, boundary: str) -> list[bytes]:
    """The body parts between the delimiter lines; without a close delimiter the last part ends with the body."""
    mark = boundary.encode("utf-8", "replace")
    if not mark:
        raise Malformed("this letter does not say where its parts begin; please send it from an ordinary mail program")
    parts: list[bytes] = []
    begin: int | None = None
    for start, end, last in _delimiters(body, b"--" + mark):
        if begin is not None:
            parts.append(body[begin:start].removesuffix(b"\r"))
        if len(parts) > MAX_PARTS:
            raise Malformed("this letter has too many parts; please send it as plain text")
        begin = end + 1
        if last:
            break
    else:
        if begin is not None:
            parts.append(body[begin:])
    if not parts:
        raise Malformed("the parts of this letter are not where it says they are; please send it again")
    return parts


def _delimiters(body: bytes, mark: bytes) -> Iterator[tuple[int, int, bool]]:
    """Every delimiter line, in order: where the preceding line end begins, where the line ends, whether it is the last.
    Searches without a pattern: each letter has its own boundary, and compiling takes longer than searching.
    """
    needle = b"\n" + mark
    begin = 0 if body.startswith(mark) else body.find(needle)
    while begin >= 0:
        line = begin if not begin and body.startswith(mark) else begin + 1
        rest = _DELIMITER_END.match(body, line + len(mark))
        if rest:
            yield begin, rest.end(), bool(rest[1])
        begin = body.find(needle, rest.end() if rest else begin + 1)
