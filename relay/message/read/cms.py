"""Parses S/MIME (CMS) far enough to extract the signed content (RFC 5652, X.690)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

_PKCS7 = bytes.fromhex("2a864886f70d0107")
_SMIME_CT = bytes.fromhex("2a864886f70d01091001")
_SIGNED = _PKCS7 + b"\x02"
_KINDS = {
    _PKCS7 + b"\x03": "encrypted",
    _PKCS7 + b"\x04": "encrypted",
    _PKCS7 + b"\x06": "encrypted",
    _SMIME_CT + b"\x17": "encrypted",
    _SMIME_CT + b"\x09": "packed",
}
_SEQUENCE, _OID, _OCTETS, _OCTETS_BUILT, _CONTENT = 0x30, 0x06, 0x04, 0x24, 0xA0
_MAX_DEPTH = 16
_MAX_ELEMENTS = 100_000


class NotCmsError(ValueError):
    """The octets are no readable CMS structure."""


@dataclass(frozen=True, slots=True)
class Cms:
    """``kind``: "signed" with the signed ``content``, "detached" (a signature or certificates alone), "encrypted",
    "packed" (compressed) or "other"."""

    kind: str
    content: bytes = b""


def opened(octets: bytes) -> Cms:
    """Parse a ContentInfo. Signatures are not verified: the letter is rebuilt and the signature dropped. Raises
    NotCmsError."""
    reader = _Reader(octets)
    tag, start, stop = reader.first(0, len(octets))
    if tag != _SEQUENCE:
        raise NotCmsError
    parts = list(reader.elements(start, stop))
    if len(parts) < 1 or parts[0][0] != _OID:
        raise NotCmsError
    kind = octets[parts[0][1] : parts[0][2]]
    if kind != _SIGNED:
        return Cms(_KINDS.get(kind, "other"))
    if len(parts) < 2 or parts[1][0] != _CONTENT:
        raise NotCmsError
    _, start, stop = reader.first(parts[1][1], parts[1][2])
    # version, digestAlgorithms, encapContentInfo (RFC 5652 5.1)
    fields = list(reader.elements(start, stop))
    if len(fields) < 3 or fields[2][0] != _SEQUENCE:
        raise NotCmsError
    inner = list(reader.elements(fields[2][1], fields[2][2]))
    if len(inner) < 2 or inner[1][0] != _CONTENT:
        return Cms("detached")
    tag, start, stop = reader.first(inner[1][1], inner[1][2])
    return Cms("signed", reader.string(tag, start, stop))


_Element = tuple[int, int, int]
"""Tag octet, offset of the contents, offset of their end."""


class _Reader:
    """Reads BER: definite and indefinite lengths, strings in one or several pieces. Bounded in depth and number."""

    def __init__(self, octets: bytes) -> None:
        self._octets = octets
        self._left = _MAX_ELEMENTS

    def first(self, at: int, end: int) -> _Element:
        return self._element(at, end, 0)[0]

    def elements(self, at: int, end: int) -> Iterator[_Element]:
        while at < end:
            element, at = self._element(at, end, 0)
            yield element

    def string(self, tag: int, start: int, stop: int, depth: int = 0) -> bytes:
        """The octets of an OCTET STRING, in one or several pieces (X.690 8.7)."""
        if tag == _OCTETS:
            return self._octets[start:stop]
        if tag != _OCTETS_BUILT or depth > _MAX_DEPTH:
            raise NotCmsError
        return b"".join(self.string(*element, depth + 1) for element in self.elements(start, stop))

    def _element(self, at: int, end: int, depth: int) -> tuple[_Element, int]:
        """The element at ``at``, and the offset of the next."""
        self._left -= 1
        if self._left < 0 or depth > _MAX_DEPTH or at + 2 > end:
            raise NotCmsError
        tag, length = self._octets[at], self._octets[at + 1]
        if tag & 0x1F == 0x1F:
            raise NotCmsError
        start = at + 2
        if length == 0x80:
            return self._indefinite(tag, start, end, depth)
        if length > 0x80:
            size = length & 0x7F
            if size > 5 or start + size > end:
                raise NotCmsError
            length = int.from_bytes(self._octets[start : start + size], "big")
            start += size
        if start + length > end:
            raise NotCmsError
        return (tag, start, start + length), start + length

    def _indefinite(self, tag: int, start: int, end: int, depth: int) -> tuple[_Element, int]:
        at = start
        while self._octets[at : at + 2] != b"\0\0":
            _, at = self._element(at, end, depth + 1)
        return (tag, start, at), at + 2
