"""What a decoder needs to know before the first frame (CodecPrivate), without comments, by codec (RFC 9559 27.8)."""

from __future__ import annotations

import re
from collections.abc import Callable

from relay.anonymise.attachments.cleaning import BrokenRecording

_NOTHING = bytes(8)  # no vendor, no comments (Vorbis I 5.2.1)
_USER_DATA = re.compile(rb"\x00\x00\x01\xb2.*?(?=\x00\x00\x01|\Z)", re.DOTALL)  # MPEG-4 part 2, 6.2.1
# Forms of Windows that only a Microsoft header describes.
_FOURCCS = frozenset((b"WMV1", b"WMV2", b"WMV3", b"WVC1", b"MP42", b"MP43", b"DIV3", b"FLV1"))
_WMA = frozenset((0x0160, 0x0161, 0x0162))


def _at_most(limit: int) -> Callable[[bytes], bytes]:
    def checked(private: bytes) -> bytes:
        if len(private) > limit:
            raise BrokenRecording
        return private

    return checked


def _nothing(_private: bytes) -> bytes:
    return b""


def _vp9(private: bytes) -> bytes:
    """Features, each of three octets: number, length 1, value."""
    fits = len(private) <= 12 and len(private) % 3 == 0 and set(private[1::3]) <= {1}
    return private if fits else b""


def _av1(private: bytes) -> bytes:
    """The fixed part of av1C; the sequence header is in the stream as well (AV1-ISOBMFF 2.3)."""
    return private[:4]


def _without_user_data(private: bytes) -> bytes:
    return _at_most(1024)(_USER_DATA.sub(b"", private))


def _opus(private: bytes) -> bytes:
    if not private.startswith(b"OpusHead") or len(private) < 19:
        raise BrokenRecording
    return private[:19] if private[18] == 0 else private[: 21 + private[9]]


def _flac(private: bytes) -> bytes:
    """The stream info alone, which comes first (RFC 9639 8.2)."""
    if not private.startswith(b"fLaC") or private[4] & 0x7F or private[5:8] != b"\0\0\x22" or len(private) < 42:
        raise BrokenRecording
    return b"fLaC\x80\0\0\x22" + private[8:42]


def _xiph(comments: bytes) -> Callable[[bytes], bytes]:
    """Three headers with Xiph lacing; the second, the comments, is replaced."""

    def cleaned(private: bytes) -> bytes:
        sizes, at = [], 1
        for _ in range(2):
            size = 0
            while at < len(private) and private[at] == 255:
                size, at = size + 255, at + 1
            if at >= len(private):
                raise BrokenRecording
            sizes.append(size + private[at])
            at += 1
        if private[0] != 2 or at + sum(sizes) >= len(private) or sizes[0] > 254:
            raise BrokenRecording
        head, setup = private[at : at + sizes[0]], private[at + sum(sizes) :]
        return bytes((2, len(head), len(comments))) + head + comments + setup

    return cleaned


def _windows_video(private: bytes) -> bytes:
    if len(private) < 40 or private[16:20] not in _FOURCCS or len(private) > 40 + 64:
        raise BrokenRecording
    return private


def _windows_audio(private: bytes) -> bytes:
    if not 18 <= len(private) <= 18 + 64 or int.from_bytes(private[:2], "little") not in _WMA:
        raise BrokenRecording
    return private


CODECS: dict[bytes, Callable[[bytes], bytes]] = {
    b"V_VP8": _nothing,
    b"V_VP9": _vp9,
    b"V_AV1": _av1,
    b"V_MPEG4/ISO/AVC": _at_most(4096),
    b"V_MPEGH/ISO/HEVC": _at_most(16384),
    **dict.fromkeys(
        (b"V_MPEG4/ISO/SP", b"V_MPEG4/ISO/ASP", b"V_MPEG4/ISO/AP", b"V_MPEG1", b"V_MPEG2"), _without_user_data
    ),
    b"V_THEORA": _xiph(b"\x81theora" + _NOTHING),
    b"V_MS/VFW/FOURCC": _windows_video,
    b"A_OPUS": _opus,
    b"A_VORBIS": _xiph(b"\x03vorbis" + _NOTHING + b"\x01"),
    b"A_FLAC": _flac,
    b"A_AAC": _at_most(64),
    b"A_ALAC": _at_most(64),
    **dict.fromkeys((b"A_MPEG/L3", b"A_MPEG/L2", b"A_AC3", b"A_EAC3", b"A_DTS"), _nothing),
    **dict.fromkeys((b"A_PCM/INT/LIT", b"A_PCM/INT/BIG", b"A_PCM/FLOAT/IEEE"), _nothing),
    b"A_MS/ACM": _windows_audio,
    **dict.fromkeys((b"S_TEXT/UTF8", b"S_TEXT/WEBVTT", b"D_WEBVTT/SUBTITLES", b"D_WEBVTT/CAPTIONS"), _nothing),
}
"""Codec → what is kept of its private data. Others hold data of their own, and their films are refused."""
