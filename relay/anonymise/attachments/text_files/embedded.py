"""Finds files inside of a text file (pictures in a notebook, in Markdown, in a style sheet), and cleans them there.

Such a file is base64 (RFC 4648): behind "data:image/…;base64," (RFC 2397), or wherever the octets of a picture,
document or recording begin. Lines, escapes and alphabet stay as they are written.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, unquote

from relay.anonymise.attachments.cleaning import Cleaning
from relay.anonymise.identities import Finding
from relay.model import Attachment
from relay.refusals import CannotAnonymise

_SHORTEST = 64
"""Characters of base64; no shorter file has room for anything but its picture."""
_TRIFLE = 256
"""Octets below which what is no valid file is an example that somebody wrote."""

# The beginnings of JPEG, PNG, GIF, RIFF, TIFF, PDF, ZIP, old Office, Photoshop, MP3, Ogg, HEIC, MP4 and SVG as base64.
# The sign "/" may be escaped (JSON) or encoded (URL).
_SLASH = r"(?:/|\\/|_|%2[Ff])"
_BEGINNINGS = (
    rf"{_SLASH}9j{_SLASH}|iVBORw0KGgo|R0lGOD[dl]h|UklGR|SUkqA|TU0AK|JVBERi0|UEsDB|0M8R4KGxGuE|OEJQUw|SUQz[AB]A|T2dnUwAC"
    r"|AAAA[A-Za-z0-9+/]{2}Z0eXB|PHN2Zy|PD94bWwg"
)
_URL = re.compile(
    r"data:(?P<type>(?:image|audio|video|application/(?:pdf|zip|vnd\.))[^\s,\"'<>;]{0,80})"
    r"(?:;[^\s,\"'<>;]{0,80}){0,4};base64,",
    re.IGNORECASE,
)
_FIELD = re.compile(r"\"(?:image|audio|video)/[\w.+-]{1,40}\"\s{0,8}:\s{0,8}(?:\[\s{0,40})?\"\Z", re.IGNORECASE)
_START = re.compile(
    rf"(?<![A-Za-z0-9+/=_%\\-])(?:{_BEGINNINGS})|(?<=;base64,)(?=[A-Za-z0-9+/\\_%-])"
    r"|(?:(?<=\": \")|(?<=\":\")|(?<=^\")|(?<=[ \t]\"))(?=[A-Za-z0-9+/\\]{60})",
    re.MULTILINE,
)
_CHUNK = re.compile(r"(?:[A-Za-z0-9+/_-]|\\/|%2[BbFf]|\\u002[BbFf])+(?:=|%3[Dd]|\\u003[Dd]){0,2}")
# What stands between two lines: a line end, one that JSON or a URL encodes, or the border of two strings of a list.
_BREAK = re.compile(r"(?:\\r)?\\n(?:\",[ \t\r\n]{0,100}\")?|\r?\n[ \t]{0,100}|(?:%0[Dd])?%0[Aa]")
_ESCAPES = re.compile(r"\\/|\\u00(2[BbFf]|3[Dd])|%(2[BbFf]|3[Dd])")
_DRAWING = re.compile(r"data:image/svg\+xml(?:;[\w=-]{1,40}){0,3},((?:[\w.~!*+:@&;/?#$-]|%[0-9A-Fa-f]{2}){20,})")
_PADDING = ("=", "%3D", "%3d", "\\u003d", "\\u003D")
_WIDEST = 256
"""Characters of a line of base64 that is broken into lines."""
_NO_WORD = 40
"""Characters without a blank that are no word."""
_AHEAD = 200


@dataclass(frozen=True, slots=True)
class _Run:
    """Base64 in a text: where it is, its lines, and what is between the first two ("" for one line)."""

    start: int
    end: int
    lines: tuple[str, ...]
    gap: str


def find(text: str, cleaning: Cleaning) -> list[Finding]:
    """The files in a text that change when they are cleaned, in order, each with the base64 of the cleaned one. Raises
    CannotAnonymise for one that cannot be cleaned. Linear in the text."""
    found = [*_in_base64(text, cleaning), *_in_percent_codes(text, cleaning)]
    return sorted(found, key=lambda finding: finding.start)


def _in_base64(text: str, cleaning: Cleaning) -> Iterator[Finding]:
    done = 0
    for begin in _START.finditer(text):
        if begin.start() < done:
            continue
        media_type = _declared(text, begin.start())
        if media_type is None and not begin[0]:
            continue
        run = _run(text, begin.start())
        done = max(done, run.end)
        content = _decoded(run)
        if content is None:
            continue
        clean = _cleaned(content, media_type, cleaning)
        if clean is None or clean.content == content:
            continue
        yield Finding(run.start, run.end, _encoded(clean.content, run), "picture-metadata")
        if media_type and clean.media_type != media_type.lower():
            start = text.rindex(media_type, 0, run.start)
            yield Finding(start, start + len(media_type), clean.media_type, "picture-metadata")


def _declared(text: str, place: int) -> str | None:
    """The media type of the data: URL whose base64 begins here; "" for the field of a notebook; None otherwise."""
    before = text[place - 1 : place]
    if before == ",":
        start = text.rfind("data:", max(0, place - _AHEAD), place)
        url = _URL.fullmatch(text, start, place) if start >= 0 else None
        return url["type"] if url else None
    return "" if before == '"' and _FIELD.search(text[max(0, place - _AHEAD // 2) : place]) else None


def _run(text: str, start: int) -> _Run:
    """The base64 that begins at ``start``, in one line or in several."""
    first = _CHUNK.match(text, start)
    if first is None:
        return _Run(start, start, (), "")
    lines, gap, end, length = [first[0]], "", first.end(), len(first[0])
    while not lines[-1].endswith(_PADDING):
        between = _BREAK.match(text, end)
        line = _CHUNK.match(text, between.end()) if between else None
        if between is None or line is None or not _continues(line[0], lines[-1], length):
            break
        gap = gap or between[0]
        lines.append(line[0])
        end = line.end()
        length += len(line[0])
    return _Run(start, end, tuple(lines), gap)


def _continues(line: str, before: str, length: int) -> bool:
    """Whether a line is more base64, and no word below it: it is long, or as long as the one before, or the last."""
    return (
        len(line) >= _NO_WORD or len(line) == len(before) or (len(before) <= _WIDEST and (length + len(line)) % 4 == 0)
    )


def _decoded(run: _Run) -> bytes | None:
    digits = _ESCAPES.sub(lambda escape: chr(int((escape[1] or escape[2] or "2F"), 16)), "".join(run.lines))
    if len(digits) < _SHORTEST:
        return None
    digits = digits.rstrip("=").replace("-", "+").replace("_", "/")
    if len(digits) % 4 == 1:
        digits = digits[:-1]
    try:
        return base64.b64decode(digits + "=" * (-len(digits) % 4), validate=True)
    except binascii.Error:
        return None


def _cleaned(content: bytes, media_type: str | None, cleaning: Cleaning) -> Attachment | None:
    """The cleaned file; None for an example that is no file."""
    try:
        return cleaning.inside(Attachment(content, media_type or "application/octet-stream"))
    except CannotAnonymise:
        if len(content) < _TRIFLE:
            return None
        raise


def _encoded(content: bytes, run: _Run) -> str:
    """The file as base64, in lines and with escapes like those of the old one."""
    whole = "".join(run.lines)
    digits = base64.b64encode(content).decode("ascii")
    if ("_" in whole or "-" in whole) and not ("/" in whole or "+" in whole):
        digits = digits.replace("+", "-").replace("/", "_")
    if "=" not in whole and "%3" not in whole and len(whole) % 4:
        digits = digits.rstrip("=")
    width = len(_ESCAPES.sub("/", run.lines[0]))
    lines = [digits[at : at + width] for at in range(0, len(digits), width)] if run.gap else [digits]
    return run.gap.join(_escaped(line, whole) for line in lines)


def _escaped(line: str, whole: str) -> str:
    if "\\/" in whole:
        return line.replace("/", "\\/")
    if "%2" in whole or "%3" in whole:
        return quote(line, safe="")
    if "\\u00" in whole:
        return line.replace("+", "\\u002B")
    return line


def _in_percent_codes(text: str, cleaning: Cleaning) -> Iterator[Finding]:
    """Drawings (SVG) as percent-encoded data: URLs."""
    for drawing in _DRAWING.finditer(text) if "data:image/svg" in text else ():
        source = unquote(drawing[1])
        if not source.lstrip().startswith("<"):
            continue
        clean = cleaning.inside(Attachment(source.encode("utf-8", "replace"), "image/svg+xml"))
        new = quote(clean.content.decode("utf-8"), safe="~!*:@/?$-")
        if new != drawing[1]:
            yield Finding(drawing.start(1), drawing.end(1), new, "picture-metadata")
