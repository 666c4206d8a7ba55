"""Recognises charsets by patterns of octets: byte order marks, UTF-8, UTF-16, escape sequences."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\0\0", "utf-32-le"),
    (b"\0\0\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_SHIFTS = re.compile(rb"\x1b(?:\$[@B]|\([BIJ])")
_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
HIGH = re.compile(rb"[\x80-\xff]")


def is_utf_8(content: bytes) -> bool:
    """Whether it decodes as UTF-8."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def decoded(content: bytes, codec: str) -> str:
    """``content`` decoded with ``codec``; undecodable octets become lone surrogates (PEP 383)."""
    if codec.startswith(("utf-16", "utf-32")):
        width = 2 if codec.startswith("utf-16") else 4
        whole = content[: len(content) // width * width]
        try:
            return whole.decode(codec, "surrogatepass")
        except UnicodeDecodeError:
            return whole.decode(codec, "replace")
    return content.decode(codec, "surrogateescape")


def wide(content: bytes) -> str | None:
    """The codec of UTF-16 without a byte order mark: the byte order in which it is text, with blanks, line ends and
    other ASCII. At least one letter in a hundred contains a NUL octet itself, such as "一"."""
    head = content[:8192]
    nuls = head.count(0)
    if not nuls or len(content) % 2:
        return None
    # Nearly all ASCII with few NULs: a binary file, whose octet pairs look like Chinese.
    if len(_ASCII_SIGN.findall(head)) > (len(head) - nuls) * 0.85 and nuls * 3 < len(head):
        return None
    most, best = 0, None
    for codec in ("utf-16-le", "utf-16-be"):
        text = head[: len(head) // 2 * 2].decode(codec, "replace")
        counts = Counter(text)
        odd = sum(number for sign, number in counts.items() if _is_no_text(sign)) - text.endswith("\ufffd")
        blanks, plain = (sum(counts[sign] for sign in signs) for signs in (_OF_ANY_TEXT, _PLAIN))
        if odd * 50 <= len(text) and blanks * 3 + plain > most:
            most, best = blanks * 3 + plain, codec
    return best


_ASCII_SIGN = re.compile(rb"[\t\n\r -~]")
_OF_ANY_TEXT = "\r\n\t ,.\u3000\u3001\u3002\uff0c"
_PLAIN = "".join(map(chr, range(0x21, 0x7F)))


def _is_no_text(sign: str) -> bool:
    return sign == "\ufffd" or (unicodedata.category(sign) in ("Cn", "Co", "Cs", "Cc") and sign not in "\t\r\n\f")


def shifted(content: bytes) -> str | None:
    """Seven-bit charsets that switch their meaning by escape sequences (RFC 1468)."""
    if b"\x1b" in content and _SHIFTS.search(content):
        return "iso2022_jp"
    if b"\x1b$)C" in content and b"\x0e" in content:
        return "iso2022_kr"
    return "hz" if b"~{" in content and b"~}" in content and content.isascii() and _is_hz(content) else None


def _is_hz(content: bytes) -> bool:
    try:
        return not content.decode("hz").isascii()
    except UnicodeDecodeError:
        return False


def utf_8_or_none(content: bytes) -> str | None:
    """ "utf-8" for UTF-8, including ASCII and text with a few wrong octets; None otherwise."""
    if content.isascii():
        return "utf-8"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        # A few wrong octets, from a cut or a mixture, do not make it another charset.
        sequences = sum(len(found) for found in _SEQUENCE.findall(content))
        high = len(HIGH.findall(content))
        return "utf-8" if sequences * 10 >= high * 9 else None
    return "utf-8"
