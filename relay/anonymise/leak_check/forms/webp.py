"""Proves a WebP (RFC 9649): the chunks of the picture, a common colour profile, and nothing behind them."""

from __future__ import annotations

from relay.anonymise.leak_check.forms.colours import prove_common
from relay.anonymise.leak_check.forms.reading import Proof, chunks, need

# 2.5 to 2.7. EXIF, XMP and unknown chunks are not listed.
_STILL = frozenset((b"VP8 ", b"VP8L", b"ALPH"))
_TOP = _STILL | {b"VP8X", b"ICCP", b"ANIM", b"ANMF"}
_EXIF_OR_XMP = 0x0C
_LENGTHS = {b"VP8X": 10, b"ANIM": 6}


def read_webp(octets: bytes, _proof: Proof) -> None:
    """Raises NotOurForm for any other chunk, also in frames, and for octets behind the last one."""
    need(octets[:4] == b"RIFF" and octets[8:12] == b"WEBP", "no WebP")
    need(int.from_bytes(octets[4:8], "little") + 8 == len(octets), "octets behind the picture")
    for kind, body in chunks(octets, 12, "little"):
        need(kind in _TOP and len(body) == _LENGTHS.get(kind, len(body)), "a chunk that is not listed")
        if kind == b"VP8X":
            need(not body[0] & _EXIF_OR_XMP, "EXIF or XMP announced")
        elif kind == b"ICCP":
            prove_common(body)
        elif kind == b"ANMF":
            need(all(inner in _STILL for inner, _ in chunks(body, 16, "little")), "a chunk in a frame")
