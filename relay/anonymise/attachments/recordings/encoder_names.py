"""Covers the names that encoders write into the compressed stream itself, sign for sign."""

from __future__ import annotations

import re

# x264 and x265 write their version and settings into a message no player shows (H.264 D.1.7, user data); FFmpeg its
# version into the filling of the first frame of AAC.
_BANNERS = re.compile(rb"x26[45] (?:- core|\(build) [ -~]{1,2000}|Lavc\d{1,3}\.\d{1,3}\.\d{1,3}")


def without_banners(content: bytes) -> bytes:
    """The same octets, every banner of a known encoder made a row of "U"."""
    return _BANNERS.sub(lambda found: b"U" * len(found[0]), content)
