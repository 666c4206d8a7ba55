"""Recognises file names that a program made up: they say nothing, and tell the program, or its clock."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from relay.message.digits import ascii_digits

_MADE_UP = re.compile(
    r"""
      image\d{0,4}                    # Gmail "image.png", Outlook "image001.png", iPhone "image0.jpeg"
    | Outlook-[A-Za-z0-9_-]{1,40}     # Outlook in the browser
    | PastedGraphic(?:-\d{1,3})?      # Apple Mail
    | (?:unnamed|noname|ATT\d{2,8}|~WRD\d{1,8}|oledata|cid_[\w.@-]{1,80}|part\d+\.[\w.@-]{1,80})
    | ii_[a-z0-9_-]{4,60}             # Gmail's Content-ID
    | \{?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\}?
    | [0-9a-f]{24,128}                # a hash
    | (?:IMG|VID|AUD|PTT|STK)-\d{8}-WA\d{2,6}                     # WhatsApp
    | (?:mmexport|wx_camera_|FB_IMG_|received_|Snapchat-)\d{6,20}  # WeChat, Facebook, Messenger, Snapchat
    """,
    re.VERBOSE | re.IGNORECASE,
)
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,8}\Z")
_COPY = re.compile(r"(?: ?\(\d{1,3}\)|[-_]\d{1,2})\Z")
_RANDOM = re.compile(r"[A-Za-z0-9]{16}")
_HUMP = re.compile(r"[A-Z]?[a-z]+|[A-Z]|\d+")
_WORD = re.compile(r"(?=.*[aeiouyAEIOUY])(?!.*[b-df-hj-np-tvwxzB-DF-HJ-NP-TVWXZ]{4}).{3,}|\d\d+")


# A date and a time of day behind it, as cameras, telephones and screenshots write them by the author's own clock:
# PXL_20260203_201411123, Bildschirmfoto 2026-02-03 um 20.14.11, Screen Shot 2026-02-03 at 8.14.11 PM.
_CLOCK = re.compile(
    r"""
    (?<!\d)(?P<date>
        (?:19|20|25|1[34])\d\d(?P<s>[-_. ]?)(?:0[1-9]|1[0-2])(?P=s)(?:0[1-9]|[12]\d|3[01])
      | (?:0?[1-9]|[12]\d|3[01])(?P<d>[-_.])(?:0?[1-9]|[12]\d|3[01])(?P=d)(?:19|20)\d\d )
    (?P<between>[-_., ]{0,2}(?:[^\W\d_]{1,8}(?:\(s\))?\.?[-_., ]{1,2}|(?:(?![A-Za-z])[^\W\d_]){1,3}){0,3})T?
    (?: (?:[01]\d|2[0-3])[0-5]\d(?P<seconds>[0-5]\d(?:\d{3})?)?
      | (?:[01]?\d|2[0-3])[-_.:h][0-5]\d(?P<parted>[-_.:m][0-5]\d(?:[-_.]\d{3})?s?)? )
    (?:[ _\u202f]?[AaPp]\.?[Mm]\.?)?(?!\d)
    """,
    re.VERBOSE,
)
_PACKAGE = re.compile(r"(?:com|org|net|de|io|me)(?:\.[a-z][a-z0-9_]*){1,5}")
_PIECES = re.compile(r"[^\W\d_]{2,}")
_SHORT = 3  # letters of a word that may stand between a date and a time of day


class _Words(NamedTuple):
    """What programs write beside a date and a time of day, and between the two, in small letters."""

    beside: frozenset[str]
    between: frozenset[str]


@lru_cache(maxsize=1)
def _words() -> _Words:
    table = tomllib.loads(files(__package__).joinpath("program_names.toml").read_text("utf-8"))
    beside = " ".join(line for name in ("screens", "cameras", "programs") for line in table[name].values())
    # In pieces, as names are: marks of vowels part the words of some scripts.
    pieces = frozenset(_PIECES.findall(beside.casefold()))
    return _Words(pieces, frozenset(table["between"]["words"].casefold().split()))


def load() -> None:
    """Read the words. Raises ValueError when the file is invalid."""
    _words()


def without_clock(name: str) -> str | None:
    """A file name without the time of day that stands in it behind a date; "" where nothing but what programs write is
    left beside the date, None where there is no clock. A time without seconds may be a person's: it counts only beside
    a program's words."""
    stem = _EXTENSION.sub("", name)
    clock = _CLOCK.search(ascii_digits(stem))
    if clock is None or not _is_between(clock["between"]):
        return None
    rest = _PACKAGE.sub(" ", stem[: clock.start()] + " " + stem[clock.end() :])
    if all(word.casefold() in _words().beside for word in _PIECES.findall(rest)):
        return ""
    if clock["seconds"] is None and clock["parted"] is None:
        return None
    return stem[: clock.end("date")] + stem[clock.end() :] + name[len(stem) :]


def clocks_in_names(text: str, ends: str) -> Iterator[tuple[int, int]]:
    """The times of day in the names of files that stand in a text: behind a date, and before one of these extensions (a
    pattern). As ranges with what joins them to the date."""
    behind = re.compile(rf"(?: ?\(\d{{1,3}}\)|[-_]\d{{1,2}})?\.(?:{ends})\b", re.IGNORECASE)
    for clock in _CLOCK.finditer(ascii_digits(text)):
        if behind.match(text, clock.end()) and _is_between(clock["between"]):
            yield clock.end("date"), clock.end()


def _is_between(words: str) -> bool:
    """Whether programs write these words between a date and a time of day: "at", "um", "alle", or a half of the day."""
    return all(len(word) <= _SHORT or word.casefold() in _words().between for word in _PIECES.findall(words))


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
