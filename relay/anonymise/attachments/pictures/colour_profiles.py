"""Rewrites colour profiles: keeps the colours, removes device information (ICC.1:2022)."""

from __future__ import annotations

import struct
from collections.abc import Iterator

_Vector = tuple[float, float, float]

# Red, green and blue under D50. sRGB is not listed: a picture without a profile is read as sRGB.
_SHARED: dict[str, tuple[_Vector, _Vector, _Vector]] = {
    "Display P3": ((0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407)),
    "Adobe RGB": ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457)),
    "Generic RGB": ((0.45427, 0.24263, 0.01482), (0.35332, 0.67441, 0.09042), (0.15662, 0.08336, 0.71953)),
}
_SRGB: tuple[_Vector, _Vector, _Vector] = (
    (0.43607, 0.22249, 0.01392),
    (0.38515, 0.71687, 0.09708),
    (0.14307, 0.06061, 0.71410),
)
_MAX_TAGS = 100
# Numeric tags of profiles with more than three primaries: tables, curves, white and black.
_NUMBERS = frozenset(bytes.split(b"A2B0 A2B1 A2B2 B2A0 B2A1 B2A2 gamt wtpt bkpt kTRC rTRC gTRC bTRC chad"))
_GAMMA = {"Adobe RGB": 2.19921875, "Generic RGB": 1.8}
_D50: _Vector = (0.9642, 1.0, 0.8249)
_TOLERANCE = 0.004


def fresh_profile(profile: bytes) -> bytes | None:
    """A new profile for the colour space of ``profile``; None when the picture needs none: it is sRGB, or no common
    space (a screen's or camera's own profile is a fingerprint)."""
    colours = tuple(_colour(profile, tag) for tag in (b"rXYZ", b"gXYZ", b"bXYZ"))
    for name, wanted in _SHARED.items():
        if all(
            found is not None and all(abs(a - b) < _TOLERANCE for a, b in zip(found, want, strict=True))
            for found, want in zip(colours, wanted, strict=True)
        ):
            return _written(name, wanted)
    return None


def display_p3() -> bytes:
    """The profile of Display P3, for a picture that declares this space in another way."""
    return _written("Display P3", _SHARED["Display P3"])


def bare_profile(profile: bytes) -> bytes | None:
    """A profile for a place that requires one: with three primaries, the common one or sRGB; with others (grey, inks,
    tables) the numbers alone, without device, maker, program, date and text. None when it is no profile."""
    if len(profile) < 132 or profile[36:40] != b"acsp":
        return None
    if profile[16:20] == b"RGB " and _colour(profile, b"rXYZ") is not None:
        return fresh_profile(profile) or _written("sRGB", _SRGB)
    tags = [(tag, body) for tag, body in _tags(profile) if tag in _NUMBERS]
    header = (
        bytes(8) + profile[8:24] + struct.pack(">6H", 2020, 1, 1, 0, 0, 0) + b"acsp" + bytes(24) + profile[64:80]
    ).ljust(128, b"\0")
    words = _words if profile[8] >= 4 else _old_words
    tags += [(b"desc", words("Colours")), (b"cprt", words("Public domain") if profile[8] >= 4 else _old_text("Free"))]
    return _assembled(header, tags)


def _tags(profile: bytes) -> Iterator[tuple[bytes, bytes]]:
    count = min(int.from_bytes(profile[128:132], "big"), _MAX_TAGS)
    for entry in range(132, min(132 + 12 * count, len(profile) - 11), 12):
        offset, size = struct.unpack_from(">LL", profile, entry + 4)
        if offset + size <= len(profile):
            yield profile[entry : entry + 4], profile[offset : offset + size]


def _colour(profile: bytes, tag: bytes) -> _Vector | None:
    if len(profile) < 132 or profile[36:40] != b"acsp":
        return None
    count = min(int.from_bytes(profile[128:132], "big"), _MAX_TAGS)
    for entry in range(132, min(132 + 12 * count, len(profile) - 11), 12):
        if profile[entry : entry + 4] == tag:
            offset = int.from_bytes(profile[entry + 4 : entry + 8], "big")
            if offset + 20 <= len(profile):
                x, y, z = struct.unpack_from(">3l", profile, offset + 8)
                return x / 65536, y / 65536, z / 65536
    return None


def _written(name: str, colours: tuple[_Vector, _Vector, _Vector]) -> bytes:
    if name not in _GAMMA:
        # The curve of sRGB (IEC 61966-2-1) as parameters: gamma 2.4 with a linear toe.
        curve = b"para\0\0\0\0\0\3\0\0" + struct.pack(
            ">5l", *(round(v * 65536) for v in (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045))
        )
    else:
        curve = b"para\0\0\0\0\0\0\0\0" + struct.pack(">l", round(_GAMMA[name] * 65536))
    tags = [
        (b"desc", _words(name)),
        (b"cprt", _words("Public domain")),
        (b"wtpt", _xyz(_D50)),
        *((tag, _xyz(colour)) for tag, colour in zip((b"rXYZ", b"gXYZ", b"bXYZ"), colours, strict=True)),
        *((tag, curve) for tag in (b"rTRC", b"gTRC", b"bTRC")),
    ]
    header = struct.pack(
        ">L4sL4s4s4s6H4s4sL4s4sQL3l4s16s28x",
        0, b"\0" * 4, 0x04300000, b"mntr", b"RGB ", b"XYZ ", 2020, 1, 1, 0, 0, 0, b"acsp", b"\0" * 4,
        0, b"\0" * 4, b"\0" * 4, 0, 0, *(round(v * 65536) for v in _D50), b"\0" * 4, b"\0" * 16,
    )  # fmt: skip
    return _assembled(header, tags)


def _assembled(header: bytes, tags: list[tuple[bytes, bytes]]) -> bytes:
    table, body = struct.pack(">L", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for tag, content in tags:
        table += struct.pack(">4sLL", tag, start + len(body), len(content))
        body += content + b"\0" * (-len(content) % 4)
    return struct.pack(">L", start + len(body)) + header[4:] + table + body


def _xyz(colour: _Vector) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">3l", *(round(v * 65536) for v in colour))


def _words(words: str) -> bytes:
    text = words.encode("utf-16-be")
    return b"mluc\0\0\0\0" + struct.pack(">LL4sLL", 1, 12, b"enUS", len(text), 28) + text


def _old_words(words: str) -> bytes:
    """A description in the format before version 4: ASCII, and two empty fields for other scripts."""
    text = words.encode("ascii") + b"\0"
    return b"desc\0\0\0\0" + struct.pack(">L", len(text)) + text + bytes(78)


def _old_text(words: str) -> bytes:
    return b"text\0\0\0\0" + words.encode("ascii") + b"\0"
