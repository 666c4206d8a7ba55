"""Tells an emoji from the description of a picture: Gmail, Facebook and others send emoji as pictures."""

from __future__ import annotations

import regex

_LONGEST = 24
# A digit is an emoji only in a keycap ("1️⃣"), a letter only as a tag of a flag.
_EMOJI = regex.compile(
    r"(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\p{Regional_Indicator}|[0-9#*]\ufe0f?\u20e3"
    r"|[\u200d\ufe0f\U000e0020-\U000e007f ])+"
)
# As letters: ":)", ";-)", "<3".
_TYPED = regex.compile(r"[:;=8xX][-'^]?[()\[\]DPpOo/|*3]|<3|\^_?\^")


def is_emoji(words: str) -> bool:
    """Whether a picture's words are emoji, or one typed with letters and signs."""
    return len(words) <= _LONGEST and (_TYPED.fullmatch(words) or _EMOJI.fullmatch(words)) is not None
