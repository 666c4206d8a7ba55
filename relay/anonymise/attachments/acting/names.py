"""Gives files names by which no system runs them: source code and unknown text become NAME.txt."""

from __future__ import annotations

import re
from dataclasses import replace

from relay.anonymise.attachments.acting.recognise import extension_of
from relay.anonymise.attachments.acting.table import table
from relay.anonymise.tally import Tally
from relay.model import Attachment

# The ending for a file of each family, where its name has one of another kind.
_OF_FAMILY = {"html": "html", "svg": "svg", "calendar": "ics", "jpeg": "jpg", "tiff": "tif", "zip": "zip", "pdf": "pdf"}
# Endings under which a page is shown as a page or as text; another program would open it under others.
_PAGES = frozenset({"html", "htm", "xhtml", "xht", "shtml", "txt", "text", "md", ""})
_PAGES_CALLED = re.compile(r"\.(?:mht|mhtml)(?=\.eml\Z)", re.IGNORECASE)
_ENDING = re.compile(r"[\w+~#$-]{1,40}")


def harmless_name(attachment: Attachment, family: str, tally: Tally, *, as_text: bool = False) -> Attachment:
    """The file with a name that opens it as what it is, and counted in ``tally`` if that is another name. Text keeps
    the endings of text that never acts, and gets .txt behind every other (``as_text``: behind each but .txt)."""
    name = attachment.filename
    if name is None:
        return attachment
    ending = extension_of(name)
    if family == "text" and _needs_txt(ending, as_text=as_text):
        tally.add("source-code")
        return replace(attachment, filename=f"{name.rstrip(' .')}.txt", media_type="text/plain")
    if family == "html" and ending not in _PAGES:
        return replace(attachment, filename=_instead(name, ending, "html"))
    if family == "mail":
        return replace(attachment, filename=_PAGES_CALLED.sub("", name))
    if family not in ("text", "html") and ending in table().source:
        return replace(attachment, filename=f"{name.rstrip(' .')}.{_OF_FAMILY.get(family, family)}")
    return attachment


def text_type(media_type: str) -> str:
    """The media type under which a text file passes: a mail program may choose an ending by it."""
    return media_type if media_type in table().text_types else "text/plain"


def _needs_txt(ending: str, *, as_text: bool) -> bool:
    if as_text:
        return ending != "txt"
    known = table()
    if ending in known.passive or not ending or ending.isdecimal():
        return False
    # What is no ending of any system, as in "Letter to Dr. Smith", says nothing.
    return ending in known.source or _ENDING.fullmatch(ending) is not None


def _instead(name: str, ending: str, new: str) -> str:
    stem = name.rstrip(" .")
    known = 0 < len(ending) <= 5 and ending.isalnum() and stem.lower().endswith("." + ending)
    return f"{stem[: -len(ending) - 1] if known else stem}.{new}"
