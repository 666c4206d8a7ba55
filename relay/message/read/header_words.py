"""Decodes encoded words and parameters in header fields (RFC 2047, RFC 2231)."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterable
from itertools import accumulate, islice
from urllib.parse import unquote_to_bytes

from relay.message.read.charset_labels import codec_of
from relay.message.read.charsets import decode, patched, tidy
from relay.refusals import CannotAnonymise

_WORD = re.compile(r"=\?([^?*\s]{1,40})(?:\*[^?\s]{0,40})?\?([bBqQ])\?([^?]*)\?=")
_BETWEEN = re.compile(r"(\?=)[ \t\r\n]+(?==\?[^?\s]{1,80}\?[bBqQ]\?)")
_PARAMETER = re.compile(
    r""";\s*([^\s=;"]{1,80})\s*=\s*(?:"((?:[^"\\]|\\.)*)"?|([^;]*))""",
    re.DOTALL,
)
_FOLD = re.compile(rb"\r?\n[ \t]+")
_MAX_PARAMETERS = 20_000  # octets
_MOST_GUESSED = 1_000  # octets of a field whose charset is guessed, which is slow
_CONTINUED = re.compile(r"^(.+?)(?:\*(\d{1,3}))?(\*)?$")


def raw_text(octets: bytes) -> str:
    """Header octets as text: UTF-8 (RFC 6532), with other 8-bit octets as Windows-1252. Fast; for fields that programs
    write."""
    return patched(octets)


def decoded(octets: bytes, charset: str | None = None, names: Iterable[str] = ()) -> str:
    """An unstructured field's value as shown to people: unfolded, encoded words decoded, one line. ``charset`` is that
    of the letter's text: programs that write 8-bit characters in the header use it there too."""
    return decoded_with_folds(octets, charset, names)[0]


def decoded_with_folds(
    octets: bytes, charset: str | None = None, names: Iterable[str] = ()
) -> tuple[str, tuple[int, ...]]:
    """The same, and the offsets of its blanks at which the field was folded (RFC 5322 2.2.3)."""
    if octets.isascii() and b"=?" not in octets and (plain := octets.decode("ascii")).isprintable():
        return plain.strip(), ()
    text = _words_of_people(octets, charset, names)
    if "=?" in text:
        text = _WORD_RUN.sub(_decode_run, _BETWEEN.sub(r"\1", text))
    lines = [line.strip(" \t") for line in tidy(text).split("\n")]
    whole = " ".join(lines)
    value = whole.strip()
    at = len(whole) - len(whole.lstrip())
    ends = accumulate((len(line) + 1 for line in lines[:-1]), initial=-1 - at)
    return value, tuple(end for end in islice(ends, 1, None) if 0 < end < len(value) - 1)


def without_folds(octets: bytes) -> bytes:
    """A field's value with what a fold parted joined again: a fold within a word leaves a blank there."""
    return _FOLD.sub(b"", octets) if b"\n" in octets else octets


def _words_of_people(octets: bytes, charset: str | None, names: Iterable[str]) -> str:
    if (not octets.isascii() or b"\x1b" in octets) and len(octets) <= _MOST_GUESSED:
        return decode(octets, charset if codec_of(charset or "utf-8") else None, names)
    return raw_text(octets)


_WORD_RUN = re.compile(r"(?:=\?[^?*\s]{1,40}(?:\*[^?\s]{0,40})?\?[bBqQ]\?[^?]*\?=)+")


def _decode_run(run: re.Match[str]) -> str:
    """Adjacent encoded words of one charset are joined before decoding, because programs split characters."""
    pieces: list[tuple[str, list[bytes]]] = []
    for charset, encoding, body in _WORD.findall(run.group()):
        octets = _q(body) if encoding in "qQ" else _b(body)
        if pieces and pieces[-1][0] == charset.lower():
            pieces[-1][1].append(octets)
        else:
            pieces.append((charset.lower(), [octets]))
    try:
        return "".join(decode(b"".join(octets), charset) for charset, octets in pieces)
    except CannotAnonymise:
        return run.group()


def _q(body: str) -> bytes:
    return binascii.a2b_qp(body.encode("utf-8", "replace"), header=True)


def _b(body: str) -> bytes:
    body = re.sub(r"[^A-Za-z0-9+/]", "", body)
    if len(body) % 4 == 1:
        body = body[:-1]
    return binascii.a2b_base64(body + "=" * (-len(body) % 4))


def parameters(octets: bytes) -> tuple[str, dict[str, str]]:
    """A structured field such as Content-Type: its value in lower case, and its decoded parameters.

    Joins continuations and decodes extended values (RFC 2231). Also decodes encoded words inside quotes, which RFC 2047
    forbids and many programs write.
    """
    text = raw_text(octets[:_MAX_PARAMETERS]).replace("\r\n", "\n").replace("\n\t", "\n ").replace("\n ", " ")
    text = text.replace("\n", " ")
    value, semicolon, rest = text.partition(";")
    kind = value.split("(")[0].strip().lower()
    if not semicolon:
        return kind, {}
    found: dict[str, str] = {}
    parts: dict[str, list[tuple[int, bool, str]]] = {}
    for match in _PARAMETER.finditer(semicolon + rest):
        name, quoted, plain = match.groups()
        content = _unescaped(quoted) if quoted is not None else plain.strip()
        base, number, extended = _split_name(name.lower())
        if number is None and not extended:
            found.setdefault(base, content)
        else:
            parts.setdefault(base, []).append((number or 0, extended, content))
    for base, pieces in parts.items():
        found[base] = _joined(sorted(pieces))
    return kind, {name: decoded(value.encode("utf-8", "replace")) for name, value in found.items()}


def _unescaped(quoted: str) -> str:
    """A quoted string's content (RFC 5322 3.2.4). Programs that put a Windows path there do not escape: before a letter
    or digit a backslash stands for itself."""
    return re.sub(r"\\([^A-Za-z0-9])", r"\1", quoted) if "\\" in quoted else quoted


def _split_name(name: str) -> tuple[str, int | None, bool]:
    if "*" not in name:
        return name, None, False
    match = _CONTINUED.match(name)
    if match is None:
        return name, None, False
    base, number, star = match.groups()
    return base, None if number is None else int(number), star is not None


def _joined(pieces: list[tuple[int, bool, str]]) -> str:
    charset = "utf-8"
    if pieces[0][1] and pieces[0][2].count("'") >= 2:
        charset, _, rest = pieces[0][2].split("'", 2)
        pieces = [(0, True, rest), *pieces[1:]]
    octets = b"".join(
        unquote_to_bytes(content) if extended else content.encode("utf-8", "replace") for _, extended, content in pieces
    )
    try:
        return decode(octets, charset or None)
    except CannotAnonymise:
        return decode(octets, "iso-8859-1")
