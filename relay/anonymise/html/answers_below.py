"""Recognises that a letter announces answers between the lines it quotes: "see below in red", or it ends in a comma."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache
from importlib.resources import files

_GOES_ON = (",", ":", "،", "、", "，", "：", "⬇", "↓", "👇")
_WITHOUT_SPACES = frozenset(("ja", "ko", "th", "zh"))


def says_more_below(text: str) -> bool:
    """Whether ``text``, an author's own words above a quotation, announces more of them below it. It errs on that
    side. Linear in the text."""
    text = unicodedata.normalize("NFC", text).casefold().strip()
    return text.rstrip("\ufe0f").endswith(_GOES_ON) or _announcement().search(text) is not None


@cache
def _announcement() -> re.Pattern[str]:
    table = tomllib.loads(files(__package__).joinpath("answers_below.toml").read_text("utf-8"))
    whole, within = set[str](), set[str]()
    for language, phrases in table.items():
        forms = {unicodedata.normalize("NFC", phrase).casefold() for phrase in phrases}
        (within if language in _WITHOUT_SPACES else whole).update(forms)
    words = "|".join(re.escape(one).replace(r"\ ", r"\s").replace(r"\*", r"\w{0,12}") for one in sorted(whole))
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)|{'|'.join(map(re.escape, sorted(within)))}")
