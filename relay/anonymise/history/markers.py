"""Recognises the lines above a forwarded or quoted letter: "---------- Forwarded message ---------"."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files

from relay.anonymise.names.fold import skeleton_of

_RULED = re.compile(r"\*?[-–—‐]{4,40}\s{0,3}[^\s\-–—‐][^\n]{2,80}?\s{0,3}[-–—‐]{4,40}\*?\s*\Z")

_TABLE = tomllib.loads(files(__package__).joinpath("markers.toml").read_text("utf-8"))
_PHRASES = frozenset(" ".join(phrase.split()) for phrase in skeleton_of(_TABLE["phrases"]).split("|"))
_DATED = re.compile(rf"[-–—‐*\s]*(?:{'|'.join(_TABLE['words'].split())})\b", re.IGNORECASE)


def is_marker(line: str) -> bool:
    """Whether a line, without its quote marks, announces a quoted or forwarded letter."""
    if len(line) > 120:
        return False
    if line[:1] in "-–—‐*" and _RULED.match(line):
        return True
    return skeleton_of(line).strip(" -–—‐*_:：") in _PHRASES


def is_dated_marker(line: str) -> bool:
    """Whether a line above a block may hold its date ("Message du 03/11/26 14:05")."""
    return len(line) <= 80 and _DATED.match(line) is not None
