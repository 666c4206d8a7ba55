"""Patterns that take no notice of case, at a tenth of the price of re.IGNORECASE: text and pattern in small letters.

With the flag set, the regex engine cannot pass over an alternative by its first letter, and lists of a hundred words
are tried word by word at every place of a text. Without it, it can.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

# Letters that lower() keeps apart, and re.IGNORECASE takes for one and the same.
_ONE = str.maketrans(
    {
        **{"İ": "i", "ı": "i", "ſ": "s", "ς": "σ", "µ": "μ", "\u1fbe": "ι", "\u1fd3": "\u0390", "\u1fe3": "\u03b0"},
        **{"ϐ": "β", "ϵ": "ε", "ϑ": "θ", "ϰ": "κ", "ϖ": "π", "ϱ": "ρ", "ϕ": "φ", "ẛ": "ṡ", "\ufb05": "\ufb06"},
        **{"\u1c80": "в", "\u1c81": "д", "\u1c82": "о", "\u1c83": "с", "\u1c84": "т", "\u1c85": "т", "\u1c86": "ъ"},
        **{"\u1c87": "ѣ", "\u1c88": "\ua64b"},
    }
)
_UNUSUAL = re.compile("[" + "".join(map(chr, _ONE)) + "]")
_PIECE = re.compile(r"\\.|[^\\]+", re.DOTALL)


def small(text: str) -> str:
    """The text in small letters, character for character: each stays in its place."""
    if text.isascii():
        return text.lower()
    # İ becomes two characters in lower(), so it is replaced before; Σ becomes ς at the end of a word, so that is after.
    low = (text.replace("İ", "i") if "İ" in text else text).lower()
    return low.translate(_ONE) if _UNUSUAL.search(low) else low


def any_case(pattern: str) -> re.Pattern[str]:
    """The pattern compiled for texts that went through ``small``: there it matches what it would match with
    re.IGNORECASE in the text itself."""
    # What stands behind a backslash is no letter: \W is not \w.
    return re.compile(_PIECE.sub(lambda piece: piece[0] if piece[0][0] == "\\" else small(piece[0]), pattern))


def holds_any(text: str, words: Iterable[str]) -> bool:
    """Does one of the words stand in the text? Looking for many strings one by one is faster than one pattern of
    all: the engine tries that at every place."""
    return any(map(text.__contains__, words))
