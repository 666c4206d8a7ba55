"""Rewrites WAV and AIFF recordings with only the chunks of the sound itself (RIFF, EA IFF 85, AIFF-C)."""

from __future__ import annotations

from collections.abc import Iterator

from relay.anonymise.attachments.cleaning import BrokenRecording

_MAX_CHUNKS = 10_000
_MAX_FORMAT = 512
# PCM, Microsoft ADPCM, float, A-law, µ-law, IMA ADPCM, GSM, extensible. Others contain formats with their own metadata.
_WAVE_FORMATS = frozenset((0x0001, 0x0002, 0x0003, 0x0006, 0x0007, 0x0011, 0x0031, 0xFFFE))


def clean_wav(content: bytes) -> bytes:
    """Format, sample count and sound of a WAV. Raises BrokenRecording."""
    found = dict(_chunks(content, "little", (b"fmt ", b"fact", b"data")))
    form, sound = found.get(b"fmt ", b""), found.get(b"data")
    if sound is None or not 16 <= len(form) <= _MAX_FORMAT or int.from_bytes(form[:2], "little") not in _WAVE_FORMATS:
        raise BrokenRecording
    chunks = [(b"fmt ", form)]
    if b"fact" in found:
        chunks.append((b"fact", found[b"fact"][:4]))
    return _written(b"RIFF", b"WAVE", [*chunks, (b"data", sound)], "little")


def clean_aiff(content: bytes) -> bytes:
    """Format and sound of an AIFF; of AIFF-C also the compression type, without its name. Raises BrokenRecording."""
    found = dict(_chunks(content, "big", (b"COMM", b"SSND")))
    form, sound = found.get(b"COMM", b""), found.get(b"SSND")
    compressed = content[8:12] == b"AIFC"
    if sound is None or len(form) < (22 if compressed else 18):
        raise BrokenRecording
    if not compressed:
        return _written(b"FORM", b"AIFF", [(b"COMM", form[:18]), (b"SSND", sound)], "big")
    version = (b"FVER", b"\xa2\x80\x51\x40")
    return _written(b"FORM", b"AIFC", [version, (b"COMM", form[:22] + b"\0\0"), (b"SSND", sound)], "big")


def _chunks(content: bytes, order: str, wanted: tuple[bytes, ...]) -> Iterator[tuple[bytes, bytes]]:
    """The wanted chunks, the first of each kind."""
    left = list(wanted)
    place = 12
    for _ in range(_MAX_CHUNKS):
        if place + 8 > len(content) or not left:
            return
        kind, length = content[place : place + 4], _number(content[place + 4 : place + 8], order)
        if kind in left:
            left.remove(kind)
            # Interrupted recorders leave the length of the sound at zero, or at the maximum.
            open_end = kind == b"data" and length in (0, 0xFFFF_FFFF)
            yield kind, content[place + 8 :] if open_end else content[place + 8 : place + 8 + length]
        place += 8 + length + (length & 1)


def _written(form: bytes, kind: bytes, chunks: list[tuple[bytes, bytes]], order: str) -> bytes:
    body = b"".join(
        name + _octets(len(octets), order) + octets + (b"\0" if len(octets) & 1 else b"") for name, octets in chunks
    )
    return form + _octets(4 + len(body), order) + kind + body


def _number(octets: bytes, order: str) -> int:
    return int.from_bytes(octets, "little" if order == "little" else "big")


def _octets(number: int, order: str) -> bytes:
    return number.to_bytes(4, "little" if order == "little" else "big")
