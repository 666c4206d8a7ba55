"""Reads reactions: an emoji as an answer to a letter (RFC 9078, and the format of Gmail)."""

from __future__ import annotations

import json
import unicodedata

GMAIL = "text/vnd.google.email-reaction+json"
"""A part {"version": 1, "emoji": "…"} of a letter with In-Reply-To (Google, "Gmail emoji reactions format")."""

_LONGEST = 1000  # octets of the part
_MOST = 16  # characters of one emoji: families and flags have up to ten
_JOINERS = "\u200d\ufe0f\ufe0e\u20e3"


def emoji_of_gmail(octets: bytes) -> str:
    """The emoji of Gmail's part; "" when it holds none."""
    try:
        read = json.loads(octets[:_LONGEST])
    except (ValueError, RecursionError):
        return ""
    emoji = read.get("emoji") if isinstance(read, dict) else None
    return emoji if isinstance(emoji, str) and is_emoji(emoji) else ""


def is_emoji(text: str) -> bool:
    """Whether ``text`` is one or a few emoji, and nothing else."""
    return 0 < len(text) <= _MOST and any(map(_is_sign, text)) and all(map(_belongs, text))


def _is_sign(char: str) -> bool:
    return unicodedata.category(char) == "So" or char == "\u20e3"


def _belongs(char: str) -> bool:
    """Signs, skin tones, tags of flags, and the digits of keycaps."""
    return (
        _is_sign(char)
        or char in _JOINERS
        or char in "0123456789#*"
        or 0x1F3FB <= ord(char) <= 0x1F3FF
        or 0xE0020 <= ord(char) <= 0xE007F
    )
