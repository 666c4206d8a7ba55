"""Overwrites the names of encoders inside the compressed stream, without changing its length."""

from __future__ import annotations

import re

# x264 and x265 write their version and settings into a message that no player shows (H.264 D.1.7, user data); XviD and
# DivX their version into user data (MPEG-4 part 2, 6.2.1); FFmpeg its version into the padding of the first AAC frame.
_BANNERS = re.compile(
    rb"x26[45] (?:- core|\(build) [ -~]{1,2000}|Lavc\d{1,3}\.\d{1,3}\.\d{1,3}"
    rb"|XviD\d{4}|DivX\d{3,4}(?:Build|b)\d{3,4}p?"
)


def without_banners(content: bytes) -> bytes:
    """The same octets, with every known encoder banner overwritten by "U"s."""
    return _BANNERS.sub(lambda found: b"U" * len(found[0]), content)
