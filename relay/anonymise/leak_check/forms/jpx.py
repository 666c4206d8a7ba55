"""Proves a JPEG 2000 picture in a PDF (ISO/IEC 15444-1, annexes A and I): listed boxes, and empty comments."""

from __future__ import annotations

from relay.anonymise.leak_check.forms.reading import need

# Annex I.5: XML, UUID, intellectual property and further boxes are not listed.
_INSIDE = {
    b"": frozenset((b"jP  ", b"ftyp", b"jp2h", b"jp2c")),
    b"jp2h": frozenset((b"ihdr", b"bpcc", b"colr", b"pclr", b"cmap", b"cdef")),
}
_SOT, _SOD, _EOC, _COM = 0xFF90, 0xFF93, 0xFFD9, 0xFF64


def read_jpx(octets: bytes) -> None:
    """Raises NotOurForm for any other box, and for a comment."""
    if octets.startswith(b"\xff\x4f"):
        _read_codestream(octets)
    else:
        _read_boxes(octets, b"")


def _read_boxes(octets: bytes, inside: bytes) -> None:
    at = 0
    while at < len(octets):
        length, kind = int.from_bytes(octets[at : at + 4], "big"), octets[at + 4 : at + 8]
        need(8 <= length <= len(octets) - at and kind in _INSIDE[inside], "a box that is not listed")
        body = octets[at + 8 : at + length]
        if kind == b"jp2h":
            _read_boxes(body, kind)
        elif kind == b"jp2c":
            _read_codestream(body)
        at += length


def _read_codestream(octets: bytes) -> None:
    """Markers of the main header and of each tile part (A.2); a comment (A.9.2) holds zeros."""
    at, tile_end = 2, 0
    while at + 4 <= len(octets):
        marker, length = int.from_bytes(octets[at : at + 2], "big"), int.from_bytes(octets[at + 2 : at + 4], "big")
        if marker == _EOC:
            break
        if marker == _SOD:
            if tile_end <= at:
                return
            at = tile_end
            continue
        need(marker > 0xFF00 and length >= 2, "no marker")
        if marker == _SOT:
            size = int.from_bytes(octets[at + 6 : at + 10], "big")
            tile_end = at + size if size else 0
        need(marker != _COM or not any(octets[at + 4 : at + 2 + length]), "a comment")
        at += 2 + length
    need(octets[at : at + 2] in (b"\xff\xd9", b"") and at + 2 >= len(octets), "octets behind the picture")
