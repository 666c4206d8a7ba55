"""Decodes Content-Transfer-Encodings (RFC 2045 6), tolerating common encoder errors."""

from __future__ import annotations

import binascii
import re

import pybase64

from relay.message.read.charset_labels import codec_of
from relay.refusals import CannotAnonymise

_LONGEST = 100  # characters of a name
_NEITHER = re.compile(r"[^a-z0-9]")  # blanks, hyphens, quotation marks
_NONE = frozenset(
    ("", *str.split("7bit 8bit 7bits 8bits 7 8 bit binary bin none plain plaintext text identity raw no"))
)
_FEWEST_WORDS, _LONGEST_WORD = 3, 16
_NOT_BASE64 = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="))

_BASE64_AND_BLANKS = bytes(set(range(256)) - set(_NOT_BASE64)) + b"\r\n\t "


def decode_transfer(octets: bytes, encoding: str) -> bytes:
    """Decode ``octets`` from ``encoding``: its name, in any case and as programs misspell it ("8 bit", "base-64;"). A
    charset's name there means none. Raises CannotAnonymise for an unknown one."""
    name = _NEITHER.sub("", encoding[:_LONGEST].partition(";")[0].lower())
    if name in _NONE:
        return octets
    if name in ("quotedprintable", "qp", "quoted", "quotedprint"):
        return binascii.a2b_qp(octets)
    if name in ("base64", "b64", "b", "mimebase64", "xbase64"):
        return _base64(octets)
    if name.removeprefix("x").removeprefix("unix") in ("uuencode", "uue", "uuencoded", "uu"):
        return _uuencode(octets)
    if codec_of(encoding):
        return octets
    raise CannotAnonymise("this letter is packed in a way that is not known here; please send it again as plain text")


def _base64(octets: bytes) -> bytes:
    """Base64, skipping foreign characters (RFC 2045 6.8); padding ends a piece, and another may follow."""
    try:
        return pybase64.b64decode(octets, validate=True, ignorechars=b"\r\n\t ")
    except binascii.Error:
        return _base64_of_sorts(octets)


def _base64_of_sorts(octets: bytes) -> bytes:
    """Base64 among other characters. Some programs name base64 and write text, and some lists put their footer below
    it: text stays what it is."""
    begin = _text_in(octets) if octets.translate(None, _BASE64_AND_BLANKS) else None
    if begin is None:
        return _base64_among_others(octets)
    above = _base64_among_others(octets[:begin])
    return above + b"\r\n" + octets[begin:] if above else octets


def _text_in(octets: bytes) -> int | None:
    """Where the lines begin that are text: one has several words with blanks between, and each a sign that base64 has
    not, or none. None when there are no such lines."""
    at = 0
    begin: int | None = None
    for line in octets.split(b"\n"):
        words = line.split()
        foreign = bool(line.translate(None, _BASE64_AND_BLANKS))
        if len(words) >= _FEWEST_WORDS and len(words) * _LONGEST_WORD > sum(map(len, words)):
            return at if begin is None else begin
        begin = None if words and not foreign else at if begin is None else begin
        at += len(line) + 1
    return None


def _base64_among_others(octets: bytes) -> bytes:
    letters = octets.translate(None, _NOT_BASE64)
    alone = letters.rstrip(b"=")
    pieces = re.split(rb"=+", alone) if b"=" in alone else (alone,)
    whole = []
    for piece in pieces:
        usable = piece if len(piece) % 4 != 1 else piece[:-1]
        whole.append(binascii.a2b_base64(usable + b"=" * (-len(usable) % 4)))
    return b"".join(whole)


def _uuencode(octets: bytes) -> bytes:
    whole = []
    for line in octets.splitlines():
        if line.startswith((b"begin ", b"end", b"`")) or not line:
            continue
        try:
            whole.append(binascii.a2b_uu(line))
        except binascii.Error:
            # Some encoders pad the last group; the length octet says how much counts.
            count = (((line[0] - 32) & 63) * 4 + 5) // 3
            try:
                whole.append(binascii.a2b_uu(line[:count]))
            except binascii.Error as error:
                raise CannotAnonymise("a part of this letter is damaged; please send it again") from error
    return b"".join(whole)
