"""Maps charset labels of mail to Python codecs."""

from __future__ import annotations

import codecs

_LABELS = {
    # Label in mail → the codec that covers what is actually sent under that label (WHATWG Encoding 4.2).
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
"""Python codecs that are no charsets of mail; some are quadratic, some execute escapes."""

_COMMON = dict.fromkeys(("utf-8", "UTF-8", "us-ascii", "US-ASCII"), "utf-8")
"""The most common labels, without a search in Python's codecs."""


def codec_of(label: str) -> str | None:
    """The Python codec for a charset label (RFC 2046 4.1.2); None when it names no supported text encoding."""
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
