"""Recognises picture names that a mail program made up: they say nothing, and tell the program."""

from __future__ import annotations

import re

_MADE_UP = re.compile(
    r"""
      image\d{0,4}                    # Gmail "image.png", Outlook "image001.png", iPhone "image0.jpeg"
    | Outlook-[A-Za-z0-9_-]{1,40}     # Outlook in the browser
    | PastedGraphic(?:-\d{1,3})?      # Apple Mail
    | (?:unnamed|noname|ATT\d{2,8}|~WRD\d{1,8}|oledata|cid_[\w.@-]{1,80}|part\d+\.[\w.@-]{1,80})
    | ii_[a-z0-9_-]{4,60}             # Gmail's Content-ID
    | \{?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\}?
    | [0-9a-f]{24,128}                # a hash
    """,
    re.VERBOSE | re.IGNORECASE,
)
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,8}\Z")
_COPY = re.compile(r"(?: ?\(\d{1,3}\)|[-_]\d{1,2})\Z")
_RANDOM = re.compile(r"[A-Za-z0-9]{16}")
_HUMP = re.compile(r"[A-Z]?[a-z]+|[A-Z]|\d+")
_WORD = re.compile(r"(?=.*[aeiouyAEIOUY])(?!.*[b-df-hj-np-tvwxzB-DF-HJ-NP-TVWXZ]{4}).{3,}|\d\d+")


def made_up(name: str) -> bool:
    """Whether a program, and no person or camera, gave a picture this file name."""
    stem = _EXTENSION.sub("", name.strip())
    return _MADE_UP.fullmatch(_COPY.sub("", stem)) is not None or _is_random(stem)


def _is_random(stem: str) -> bool:
    """Sixteen letters and digits at random, as Thunderbird draws them for pasted pictures. They fall into pieces like
    "t", "Q" and "4"; names that people write in one word ("MyHolidayInParis") fall into words and numbers."""
    if not _RANDOM.fullmatch(stem):
        return False
    humps = _HUMP.findall(stem)
    return len(humps) >= 7 and sum(len(hump) for hump in humps if _WORD.fullmatch(hump)) < 10
