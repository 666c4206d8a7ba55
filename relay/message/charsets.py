"""Octets → text, in every character set that mail is written in."""

from __future__ import annotations

import codecs
import re
import unicodedata

from relay.refusals import CannotAnonymise

_LABELS = {
    # What mail calls it → the codec that reads all of what is really sent under that name (WHATWG Encoding 4.2).
    "us-ascii": "utf-8",
    "ascii": "utf-8",
    "ansi_x3.4-1968": "utf-8",
    "unknown-8bit": "utf-8",
    "x-unknown": "utf-8",
    "default": "utf-8",
    "utf8mb4": "utf-8",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "iso-8859-8-i": "iso8859-8",
    "iso-8859-8-e": "iso8859-8",
    "iso-8859-6-i": "iso8859-6",
    "windows-874": "cp874",
    "windows-31j": "cp932",
    "shift_jis": "cp932",
    "x-sjis": "cp932",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "x-gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "big5": "cp950",
    "x-mac-roman": "mac-roman",
    "macintosh": "mac-roman",
    "unicode-1-1-utf-7": "utf-7",
    "tis-620": "cp874",
}

_NO_CHARSET = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"})
"""Codecs of Python's own that no mail declares in earnest; some are quadratic, some run escapes."""

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_LINE_ENDS = re.compile("\r\n?|\x85|\u2028|\u2029")

_MOST_MARKS = 30  # more than any language writes upon one letter
_JOINER = "\u034f"  # COMBINING GRAPHEME JOINER: shows nothing, and parts what would be put in order

_COMMON = dict.fromkeys(("utf-8", "UTF-8", "us-ascii", "US-ASCII"), "utf-8")
"""What nearly every letter declares, without a search in Python's codecs."""


def codec_of(label: str) -> str | None:
    """The Python codec for a charset label (RFC 2046 4.1.2), or None when it names no text encoding we read."""
    if label in _COMMON:
        return _COMMON[label]
    name = label.strip().strip("\"'").lower()
    name = _LABELS.get(name, name)
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    if not getattr(found, "_is_text_encoding", True) or found.name.replace("-", "_") in _NO_CHARSET:
        return None
    return found.name


def decode(octets: bytes, label: str | None) -> str:
    """The text of ``octets`` declared as ``label`` (None: not declared).

    A wrong declaration is common: what does not read as declared is read as UTF-8, and as declared with replacement
    only after that. What comes out can be written as UTF-8. Raises CannotAnonymise when the label is unknown and the
    octets are not UTF-8 either.
    """
    codec = codec_of(label) if label else "utf-8"
    for candidate in (codec, "utf-8"):
        if candidate is not None:
            try:
                text = octets.decode(candidate)
                return text if candidate == "utf-8" else _encodable(text)
            except (UnicodeDecodeError, ValueError):
                continue
    if codec is None:
        raise CannotAnonymise("this letter uses a character set that is not known here; please send it as UTF-8")
    if codec == "utf-8":
        return _patched(octets)
    return _encodable(octets.decode(codec, "replace"))


def tidy(text: str) -> str:
    """``text`` with LF line ends, in NFC, without control characters and byte order marks."""
    text = _LINE_ENDS.sub("\n", text.removeprefix("\ufeff"))
    if text.isascii() and text.isprintable():
        return text
    text = _encodable(_CONTROLS.sub("", text))
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", _stream_safe(text))


# Characters among which there are marks that combine, and no ideograph or Hangul syllable: text in those is long.
_NEAR_MARKS = "[\u0300-\u2fff\u302a-\u302f\u3099\u309a\ua66f-\uabff\ufb00-\ufeff\U00010000-\U0001ffff]"
_LONG_RUN = re.compile(f"(?<!{_NEAR_MARKS}){_NEAR_MARKS}{{{_MOST_MARKS + 1},}}+")
_MARKS_IN_ONE = "\u0344\u0f73\u0f75\u0f81"
"""Those that decompose into two marks though two of them count as letters."""


def _stream_safe(text: str) -> str:
    """``text`` with a mark of its own after every _MOST_MARKS marks in a row, which are put in order one by one: a
    quarter of a million of them take half a minute (UAX #15, 13: Stream-Safe Text Format)."""
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
    """A lone surrogate, as UTF-7 may hold it, has no UTF-8 form and would stop the composer."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode("utf-8")
    return text


def _patched(octets: bytes) -> str:
    """UTF-8 in which each octet that is none is read as Windows-1252: what mixed-up programs mostly meant."""
    return _OTHER.sub(lambda run: run[0].translate(_WESTERN), octets.decode("utf-8", "surrogateescape"))


_OTHER = re.compile("[\udc80-\udcff]+")
_WESTERN = {0xDC00 + octet: bytes((octet,)).decode("cp1252", "replace") for octet in range(0x80, 0x100)}
