"""Decodes Content-Transfer-Encodings (RFC 2045 6), tolerating common encoder errors."""

from __future__ import annotations

import binascii
import re

import pybase64

from relay.refusals import CannotAnonymise

_NOT_BASE64 = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="))


def decode_transfer(octets: bytes, encoding: str) -> bytes:
    """Decode ``octets`` from ``encoding`` (its name in any case). Raises CannotAnonymise for an unknown one."""
    name = encoding.strip().lower()
    if name in ("", "7bit", "8bit", "binary", "7-bit", "8-bit"):
        return octets
    if name in ("quoted-printable", "qp"):
        return binascii.a2b_qp(octets)
    if name == "base64":
        return _base64(octets)
    if name in ("x-uuencode", "uuencode", "x-uue", "uue"):
        return _uuencode(octets)
    raise CannotAnonymise("this letter is packed in a way that is not known here; please send it again as plain text")


def _base64(octets: bytes) -> bytes:
    """Base64, skipping foreign characters (RFC 2045 6.8); padding ends a piece, and another may follow."""
    try:
        return pybase64.b64decode(octets, validate=True, ignorechars=b"\r\n\t ")
    except binascii.Error:
        return _base64_of_sorts(octets)


def _base64_of_sorts(octets: bytes) -> bytes:
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
