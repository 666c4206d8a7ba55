"""Checks that a body is one complete multipart, from its first line to its last (RFC 2046 5.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from relay.authentication.dkim_verify import Letter
from relay.message.read.header_words import parameters
from relay.message.read.headers import first, split
from relay.refusals import Malformed

_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]")  # RFC 2046 5.1.1
_PREAMBLES = frozenset(
    {
        "",
        "this is a multi-part message in mime format.",
        "this is a multi-part message in mime format...",
        "this is a multipart message in mime format.",
        "this is a multipart message in mime format",
        "this is a mime-formatted message.",
        "this is a mime encoded message",
        "this is a mime-encapsulated message",
        "this is a mime-encapsulated message.",
        "this is a mime-formatted message. if you see this text it means that your e-mail software does not support "
        "mime-formatted messages.",
        "this is a mime-formatted message. portions of this message may be unreadable without a mime-capable mail "
        "program.",
        "this is a multi-part message in mime format. your mail reader does not understand mime message format.",
        "this message is in mime format. since your mail reader does not understand this format, some or all of this "
        "message may not be legible.",
        "this is an openpgp/mime signed message (rfc 4880 and 3156)",
        "this is a cryptographically signed message in mime format.",
        "this is an s/mime signed message",
    }
)
"""Texts that mail programs write before the first part, in lower case, without line ends."""
_LONGEST_PREAMBLE = 1024  # octets
_MOST_LINES = 2000  # lines that begin like a delimiter
_MOST_PARTS = 500
_PART_HEADER = 8192  # octets
_REST = re.compile(rb"(--)?[ \t]*\r?")
_DISGUISED = re.compile(rb"\s*(--[^\r\n]{1,71}?)[ \t]*\r?\n(content-[a-z-]+[ \t]*:)?", re.IGNORECASE)
_WINDOW = 256 * 1024
_ONE_OF_A_KIND = {
    "text/plain": "plain", "text/html": "html", "multipart/related": "html", "multipart/mixed": "html",
    "text/calendar": "calendar", "text/x-amp-html": "amp", "text/watch-html": "watch",
}  # fmt: skip
_SEALS = frozenset({"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"})


def is_whole_multipart(letter: Letter, kind: str, boundary: str) -> bool:
    """Whether the body is exactly one multipart with this boundary: its first line is a delimiter, after at most a text
    of ``_PREAMBLES``; its last line is the close delimiter; and its parts fit ``kind`` ("multipart/…")."""
    if not _BOUNDARY.fullmatch(boundary):
        return False
    mark = b"--" + boundary.encode("ascii")
    begin, end = _first_delimiter(letter.content, letter.body, mark), _end_of_text(letter.content, letter.body)
    if begin is None:
        return False
    parts: list[int] = []
    for count, at in enumerate(_lines(letter.content, begin, mark)):
        line_end = letter.content.find(b"\n", at + len(mark))
        rest = _REST.fullmatch(letter.content, at + len(mark), line_end if line_end >= 0 else len(letter.content))
        if rest is not None and rest[1]:
            return bool(parts) and at + len(mark) + 2 == end and _parts_fit(letter.content, kind, [*parts, at])
        if rest is not None:
            parts.append(line_end + 1)
        if not parts or count >= _MOST_LINES or len(parts) > _MOST_PARTS:
            break  # the first line is no full delimiter, or there are too many
    return False


def is_multipart(content: bytes, begin: int) -> bool:
    """Whether the body at ``begin`` looks like a multipart, whatever its Content-Type."""
    head = content[begin : begin + _LONGEST_PREAMBLE + 1024]
    found = re.search(rb"^--", head, re.MULTILINE)
    if found is None or not _known(head[: found.start()]):
        return False
    disguised = _DISGUISED.match(head, found.start())
    if disguised is None:
        return False
    end = _end_of_text(content, begin)
    close = disguised[1] + b"--"
    return disguised[2] is not None or content[max(begin, end - len(close)) : end] == close


def _first_delimiter(content: bytes, begin: int, mark: bytes) -> int | None:
    """The offset of the first delimiter line; None when something unknown precedes it."""
    window = content[begin : begin + _LONGEST_PREAMBLE + len(mark)]
    at = 0 if window.startswith(mark) else window.find(b"\n" + mark) + 1
    if at == 0 and not window.startswith(mark):
        return None
    return begin + at if _known(window[:at]) else None


def _known(preamble: bytes) -> bool:
    return b" ".join(preamble.split()).lower().decode("latin-1") in _PREAMBLES


def _lines(content: bytes, begin: int, mark: bytes) -> Iterator[int]:
    """Offsets of the lines that begin with ``mark``, in order; the first is ``begin``. Searched in windows, so that the
    thread releases the GIL in between."""
    yield begin
    wanted, at = b"\n" + mark, begin + len(mark)
    while at < len(content):
        found = content.find(wanted, at, at + _WINDOW + len(wanted))
        if found >= 0:
            yield found + 1
        at = found + len(wanted) if found >= 0 else at + _WINDOW


def _end_of_text(content: bytes, begin: int) -> int:
    """The offset after the last non-blank octet of the body."""
    end = len(content)
    while end > begin:
        window = content[max(begin, end - _WINDOW) : end]
        kept = len(window.rstrip())
        end -= len(window) - kept
        if kept:
            break
    return end


def _parts_fit(content: bytes, kind: str, bounds: list[int]) -> bool:
    """Whether the parts, which begin at all but the last of ``bounds``, fit a multipart of this kind. Mixed and related
    show all their parts, so they may hold anything; of alternatives one is shown, of signed only the first."""
    if kind in ("multipart/mixed", "multipart/related"):
        return True
    if kind not in ("multipart/alternative", "multipart/signed"):
        return False
    try:
        parts = [_part(content[at : min(at + _PART_HEADER, bounds[n + 1])]) for n, at in enumerate(bounds[:-1])]
    except Malformed:
        return False
    if kind == "multipart/signed":
        return len(parts) == 2 and parts[1][0] in _SEALS
    groups = [_ONE_OF_A_KIND.get(type_) for type_, _ in parts]
    named = any(a_file and type_ != "text/calendar" for type_, a_file in parts)
    return None not in groups and len(set(groups)) == len(groups) and not named


def _part(octets: bytes) -> tuple[str, bool]:
    """A part's type, and whether it is a file: it has a name or is an attachment."""
    fields, _ = split(octets)
    kind, params = parameters(first(fields, "content-type") or b"text/plain")
    disposition, more = parameters(first(fields, "content-disposition") or b"")
    return kind, disposition == "attachment" or "filename" in more or "name" in params
