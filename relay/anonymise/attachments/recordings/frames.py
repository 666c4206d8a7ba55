"""Keeps only the frames of MP3 (or MP1, MP2), AAC and AMR files (ISO 11172-3 2.4.2.3, ISO 14496-3 1.A.2.2, RFC 4867 5).

Everything before, between and after the frames is removed: ID3v1, ID3v2, APEv2, Lyrics3 and other data.
"""

from __future__ import annotations

from collections.abc import Callable

from relay.anonymise.attachments.cleaning import BrokenRecording
from relay.anonymise.attachments.recordings.encoder_names import without_banners

_MAX_FRAMES = 4_000_000
_MAX_ASTRAY = 200_000
_BITRATES = {
    # (MPEG-1?, layer): kbit/s by index
    (True, 1): (0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (True, 2): (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (True, 3): (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (False, 1): (0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (False, 2): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
_ENCODER = b"LAME3.100"


def clean_mp3(content: bytes) -> bytes:
    """The frames of an MPEG audio file. The encoder's name in the first one (the Xing or LAME tag) is replaced by the
    most common one; the rest of that tag, with length and gapless playback data, stays. Raises BrokenRecording when no
    frames are found, or when they have no bit rate ("free format")."""
    frames = _frames(content, _mp3_length, b"\xff", same=0xFFFE0C00)
    return _uniform_encoder(frames[0]) + b"".join(frames[1:])


def clean_aac(content: bytes) -> bytes:
    """The frames of an ADTS file. Raises BrokenRecording when no frames are found."""
    return without_banners(b"".join(_frames(content, _adts_length, b"\xff", same=0xFFFEFC00)))


def _frames(content: bytes, length_at: Callable[[bytes, int], int], sync: bytes, *, same: int) -> list[bytes]:
    """Every frame. ``same`` masks the header bits that are equal in all frames of a stream."""
    frames: list[bytes] = []
    place, kind, lost, astray = 0, None, True, 0
    while place < len(content) - 3:
        length = length_at(content, place)
        head = int.from_bytes(content[place : place + 4], "big") & same
        end = place + length
        # After a gap two consecutive frames are required: a single one may be a coincidence.
        fits = length > 0 and end <= len(content) and (kind is None or head == kind)
        if fits and (not lost or _follows(content, end, head, length_at, same)):
            frames.append(content[place:end])
            kind, lost, place = head, False, end
            if len(frames) > _MAX_FRAMES:
                raise BrokenRecording
            continue
        place, lost = _next_sync(content, place, sync), True
        astray += 1
        if astray > _MAX_ASTRAY:
            raise BrokenRecording
    if not frames:
        raise BrokenRecording
    return frames


def _follows(content: bytes, end: int, head: int, length_at: Callable[[bytes, int], int], same: int) -> bool:
    if end >= len(content) - 3:
        return end == len(content)
    return length_at(content, end) > 0 and int.from_bytes(content[end : end + 4], "big") & same == head


def _next_sync(content: bytes, place: int, sync: bytes) -> int:
    """Where to search next: after an ID3v2 tag (whose pictures may contain false frames), or at the next sync."""
    if content.startswith(b"ID3", place) and place + 10 <= len(content):
        size = content[place + 6 : place + 10]
        if all(octet < 0x80 for octet in size):
            length = size[0] << 21 | size[1] << 14 | size[2] << 7 | size[3]
            return place + 10 + length + (10 if content[place + 5] & 0x10 else 0)
    if content.startswith(b"APETAGEX", place) and place + 24 <= len(content):
        # APEv2: the size includes items and footer, but not a header (bit 29 of the flags) before them.
        length = int.from_bytes(content[place + 12 : place + 16], "little")
        header = int.from_bytes(content[place + 20 : place + 24], "little") & 0x2000_0000
        return place + 32 + (length if header else 0)
    following = content.find(sync, place + 1)
    tag = content.find(b"ID3", place + 1, following if following >= 0 else len(content))
    ape = content.find(b"APETAGEX", place + 1, following if following >= 0 else len(content))
    return min((at for at in (following, tag, ape) if at >= 0), default=len(content))


def _mp3_length(content: bytes, place: int) -> int:
    """The length of the frame at ``place``; 0 when there is none."""
    if place + 4 > len(content) or content[place] != 0xFF or content[place + 1] & 0xE0 != 0xE0:
        return 0
    version, layer = content[place + 1] >> 3 & 3, 4 - (content[place + 1] >> 1 & 3)
    bitrate, rate = content[place + 2] >> 4, content[place + 2] >> 2 & 3
    if version == 1 or layer == 4 or bitrate in (0, 15) or rate == 3:
        return 0
    first = version == 3
    bits = _BITRATES[first, layer if first or layer == 1 else 2][bitrate] * 1000
    padding = content[place + 2] >> 1 & 1
    hertz = _RATES[version][rate]
    if layer == 1:
        return (12 * bits // hertz + padding) * 4
    return (72 if layer == 3 and not first else 144) * bits // hertz + padding


def _adts_length(content: bytes, place: int) -> int:
    if place + 7 > len(content) or content[place] != 0xFF or content[place + 1] & 0xF6 != 0xF0:
        return 0
    length = (content[place + 3] & 3) << 11 | content[place + 4] << 3 | content[place + 5] >> 5
    return length if length > 7 else 0


def _uniform_encoder(frame: bytes) -> bytes:
    """The first frame with the encoder's name in its Xing tag replaced, and the tag's checksum updated."""
    tag = max(frame.find(b"Xing", 0, 48), frame.find(b"Info", 0, 48))
    if tag < 0:
        return frame
    flags = int.from_bytes(frame[tag + 4 : tag + 8], "big")
    name = tag + 8 + (4 if flags & 1 else 0) + (4 if flags & 2 else 0) + (100 if flags & 4 else 0)
    name += 4 if flags & 8 else 0
    if len(frame) < name + 36:
        return frame
    if not frame[name : name + 9].strip(b"\0"):
        return frame
    out = bytearray(frame)
    # Players require this name before they use the two delays after it.
    out[name : name + 9] = _ENCODER
    out[name + 34 : name + 36] = _crc16(bytes(out[: name + 34])).to_bytes(2, "big")
    out[name + 36 :] = bytes(len(out) - name - 36)
    return bytes(out)


def _crc16(octets: bytes) -> int:
    """CRC-16/ARC, as in the LAME tag."""
    crc = 0
    for octet in octets:
        crc ^= octet
        for _ in range(8):
            crc = crc >> 1 ^ 0xA001 if crc & 1 else crc >> 1
    return crc


# RFC 4867 5.3: octets of a frame by its type, header octet included.
_NARROW = (13, 14, 16, 18, 20, 21, 27, 32, 6, 0, 0, 0, 0, 0, 0, 1)
_WIDE = (18, 24, 33, 37, 41, 47, 51, 59, 61, 6, 0, 0, 0, 0, 1, 1)


def clean_amr(content: bytes) -> bytes:
    """The magic number and the frames. Raises BrokenRecording when there are none, or several channels."""
    if content.startswith(b"#!AMR-WB\n"):
        start, sizes = 9, _WIDE
    elif content.startswith(b"#!AMR\n"):
        start, sizes = 6, _NARROW
    else:
        raise BrokenRecording
    place = start
    while place < len(content):
        size = sizes[content[place] >> 3 & 15]
        # The first bit and the last two of a frame's header are zero.
        if content[place] & 0x83 or not size or place + size > len(content):
            break
        place += size
    if place == start:
        raise BrokenRecording
    return content[:place]
