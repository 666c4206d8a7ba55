"""Decodes octets to text, in every character set that mail uses."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterable

from relay.message.read import charset_guess, charset_patterns
from relay.message.read.charset_labels import codec_of
from relay.refusals import CannotAnonymise

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_LINE_ENDS = re.compile("\r\n?|\x85|\u2028|\u2029")

_HIGH = bytes(range(0x80, 0x100))
_FEWEST_TOLD = 5  # non-ASCII letters needed to guess a charset with no other hint
_FEWEST_SEQUENCES = 3  # letters in whole lines of UTF-8 that prove a mixture
_FEWEST_PATCHED = 2  # letters beyond ASCII in text that is declared as UTF-8, and mostly is
_FEWEST_IN_LINES = 12  # the same for lines within a text in UTF-8

_SEVEN_BITS = (("iso2022_jp", "shift_jis"), ("iso2022_kr", "euc-kr"), ("hz", "gb18030"))

_LARGER = {"cp950": "big5hkscs"}  # Hong Kong writes more characters under the same label (WHATWG Encoding 11.1)

_MOST_MARKS = 30  # more than any language puts on one letter
_JOINER = "\u034f"  # COMBINING GRAPHEME JOINER: invisible, separates marks that would be reordered together


def decode(octets: bytes, label: str | None, names: Iterable[str] = ()) -> str:
    """Decode ``octets`` declared as ``label`` (None: not declared). ``names`` are registered names that may occur.

    Wrong declarations are common: text that cannot be in its declared charset, or fits another one far better, is
    decoded as that. The result can be encoded as UTF-8. Raises CannotAnonymise when the label is unknown and the
    charset cannot be guessed.
    """
    return decode_with_codec(octets, label, names)[0]


def decode_with_codec(octets: bytes, label: str | None, names: Iterable[str] = ()) -> tuple[str, str]:
    """Like ``decode``, and returns the codec that was used."""
    codec = codec_of(label) if label else "utf-8"
    if codec and not octets.isascii() and (other := _of_eight_bits(codec)):
        label, codec = other, codec_of(other)
    found = _codec_by_octets(octets, codec)
    if found is not None:
        return _encodable(
            _of_japan(octets) if found == "iso2022_jp" else charset_patterns.decoded(octets, found)
        ), found
    if codec is not None and codec.startswith(("utf-16", "utf-32")):
        label, codec = None, "utf-8"
    return _as_declared(octets, codec, names) or _as_guessed(octets, label, codec, names)


def _of_eight_bits(codec: str) -> str | None:
    """The label of the usual 8-bit charset of those who write under a 7-bit one (RFC 1468, 1557, 1843): octets with the
    eighth bit set cannot be in that."""
    return next((label for beginning, label in _SEVEN_BITS if codec.startswith(beginning)), None)


def _as_declared(octets: bytes, codec: str | None, names: Iterable[str]) -> tuple[str, str] | None:
    for candidate in (codec, _LARGER.get(codec or ""), "utf-8"):
        if candidate is not None:
            try:
                text = octets.decode(candidate)
            except (UnicodeDecodeError, ValueError):
                continue
            better = charset_guess.better(octets, candidate, names) if candidate != "utf-8" else None
            return _encodable(text if better is None else charset_patterns.decoded(octets, better)), better or candidate
    return None


def _as_guessed(octets: bytes, label: str | None, codec: str | None, names: Iterable[str]) -> tuple[str, str]:
    if codec is not None and codec != "utf-8" and not charset_guess.knows(codec):
        return _encodable(octets.decode(codec, "replace")), codec
    if codec in (None, "utf-8") and _sequences_in_lines(octets) >= _FEWEST_SEQUENCES:
        return _with_other_lines(octets, names), "utf-8"
    if label is not None and codec == "utf-8" and _is_damaged_utf_8(octets):
        return patched(octets), "utf-8"
    written = charset_guess.of_letter(octets, names, label)
    if written.codec == "utf-8":
        return _with_other_lines(octets, names), "utf-8"
    text = _encodable(written.shown)
    if codec is None and ("\ufffd" in text or len(text) - len(octets.translate(None, _HIGH)) < _FEWEST_TOLD):
        raise CannotAnonymise("this letter uses a character set that is not known here; please send it as UTF-8")
    return text, written.codec


def _codec_by_octets(octets: bytes, codec: str | None) -> str | None:
    """The codec that the octets themselves prove, whatever the label; or None."""
    if octets.isascii():
        shifts = b"\x1b" in octets or (b"~{" in octets and codec in (None, "gb18030"))
        if shifts and codec != "utf-7":
            return charset_patterns.shifted(octets)
    if b"\0" in octets or (codec or "").startswith(("utf-16", "utf-32")):
        return _wide(octets, codec or "utf-8")
    return None


def _wide(octets: bytes, codec: str) -> str | None:
    """UTF-16 and UTF-32. Without a byte order mark UTF-16 is big-endian (RFC 2781 4.3), unless the octets
    contradict."""
    if octets.startswith((b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")):
        return "utf-32" if b"\0\0" in (octets[:2], octets[2:4]) else "utf-16"
    found = charset_patterns.wide(octets)
    if found is not None or not codec.startswith(("utf-16", "utf-32")):
        return found
    if b"\0" not in octets and (b"\n" in octets or b" " in octets):
        return None  # in UTF-16 and UTF-32 every blank and line end contains a NUL
    return {"utf-16": "utf-16-be", "utf-32": "utf-32-be"}.get(codec, codec)


_SET_OF_JAPAN = re.compile(rb"\x1b(\$[@B]|\([BIJ])")


def _of_japan(octets: bytes) -> str:
    """ISO-2022-JP as Windows writes it: with Microsoft's additional characters (髙, ①) and half-width katakana."""
    try:
        return octets.decode("iso2022_jp")
    except UnicodeDecodeError:
        plain, *rest = _SET_OF_JAPAN.split(octets)
    out = [plain.decode("ascii", "replace")]
    for shift, run in zip(rest[::2], rest[1::2], strict=True):
        if shift.startswith(b"$"):
            out.append(b"".join(map(_shift_jis, run[::2], run[1::2])).decode("cp932", "replace"))
        elif shift == b"(I":
            out.append(bytes(octet | 0x80 for octet in run).decode("cp932", "replace"))
        else:
            out.append(run.decode("ascii", "replace"))
    return "".join(out)


def _shift_jis(row: int, cell: int) -> bytes:
    """Two octets of JIS X 0208 as Shift_JIS."""
    if row == cell == 0x0A or row < 0x21:
        return bytes((row, cell))
    lead = (row + 1) // 2 + (0x70 if row < 0x5F else 0xB0)
    trail = cell + (0x1F + (cell > 0x5F) if row % 2 else 0x7E)
    return bytes((lead & 0xFF, trail & 0xFF))


def tidy(text: str) -> str:
    """``text`` with LF line ends, in NFC, without control characters and byte order marks."""
    if text.isascii() and text.isprintable():  # most header fields
        return text
    text = _LINE_ENDS.sub("\n", text.removeprefix("\ufeff"))
    text = _encodable(_CONTROLS.sub("", text))
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", _stream_safe(text))


# Ranges that include combining marks, but no ideographs or Hangul syllables: text in those is long.
_NEAR_MARKS = "[\u0300-\u2fff\u302a-\u302f\u3099\u309a\ua66f-\uabff\ufb00-\ufeff\U00010000-\U0001ffff]"
_LONG_RUN = re.compile(f"(?<!{_NEAR_MARKS}){_NEAR_MARKS}{{{_MOST_MARKS + 1},}}+")
_MARKS_IN_ONE = "\u0344\u0f73\u0f75\u0f81"
"""Single characters that decompose into two marks."""


def _stream_safe(text: str) -> str:
    """``text`` with a separator after every _MOST_MARKS combining marks in a row. Normalisation is quadratic in them: a
    quarter of a million take half a minute (UAX #15, 13: Stream-Safe Text Format)."""
    return _LONG_RUN.sub(_parted, text)


def _parted(run: re.Match[str]) -> str:
    found: list[str] = []
    marks = 0
    for char in run[0]:
        marks = marks + 1 if unicodedata.combining(char) or char in _MARKS_IN_ONE else 0
        if marks > _MOST_MARKS:
            found.append(_JOINER)
            marks = 1
        found.append(char)
    return "".join(found)


def _encodable(text: str) -> str:
    """Replace lone surrogates, which UTF-7 may produce: they have no UTF-8 form and would fail in compose."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode("utf-8")
    return text


def patched(octets: bytes) -> str:
    """UTF-8 with each invalid octet read as Windows-1252, which faulty programs usually meant."""
    if octets.isascii():
        return octets.decode("ascii")
    return _OTHER.sub(lambda run: run[0].translate(_WESTERN), octets.decode("utf-8", "surrogateescape"))


def _is_damaged_utf_8(octets: bytes) -> bool:
    """Whether more letters beyond ASCII are UTF-8 than octets are not: a program cut the text, or pasted a word."""
    read: list[str] = _OTHER_THAN_ASCII.findall(octets.decode("utf-8", "surrogateescape"))
    invalid = sum("\udc80" <= sign <= "\udcff" for sign in read)
    fewest = 1 if _is_cut(octets) else _FEWEST_PATCHED
    return len(read) - invalid >= max(fewest, invalid)


def _is_cut(octets: bytes) -> bool:
    """Whether it is UTF-8 that ends within a letter."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(octets)
    except UnicodeDecodeError:
        return False
    return True


def _sequences_in_lines(octets: bytes) -> int:
    """How many letters beyond ASCII stand in lines that are wholly UTF-8: in other charsets hardly any line is."""
    lines = b"\n".join([line for line in octets.split(b"\n") if not line.isascii() and charset_patterns.is_utf_8(line)])
    return sum(octet >= 0xC0 for octet in lines)


def _with_other_lines(octets: bytes, names: Iterable[str]) -> str:
    """UTF-8 among which a program pasted lines in another charset: these are guessed where they hold enough to tell."""
    lines = octets.split(b"\n")
    other = [
        at
        for at, line in enumerate(lines)
        if not line.isascii() and charset_patterns.utf_8_or_none(line) is None and not _is_damaged_utf_8(line)
    ]
    foreign = b"\n".join([lines[at] for at in other])
    if len(foreign) - len(foreign.translate(None, _HIGH)) < _FEWEST_IN_LINES:
        return patched(octets)
    written = charset_guess.of_letter(foreign, names, None)
    read = [patched(line) for line in lines]
    for at, text in zip(other, written.shown.split("\n"), strict=True):
        read[at] = text
    return _encodable("\n".join(read))


_OTHER = re.compile("[\udc80-\udcff]+")
_OTHER_THAN_ASCII = re.compile("[^\x00-\x7f]")
_WESTERN = {0xDC00 + octet: bytes((octet,)).decode("cp1252", "replace") for octet in range(0x80, 0x100)}
