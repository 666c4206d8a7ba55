"""Removes identities, paths and invisible characters from file names."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from urllib.parse import unquote

from relay.anonymise import tokens
from relay.anonymise.echoes import is_known_name
from relay.anonymise.identities import Redactor
from relay.anonymise.parted_names import parted_names
from relay.anonymise.program_names import made_up, without_clock
from relay.anonymise.tally import Tally
from relay.model import Attachment, Message, Scrubbed

_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,8}\Z")
_SLASHES = re.compile(r"[/\\]")
# A path whose separators were replaced or dropped: C__Users_jane_plan.csv, C:Usersjaneplan.csv, home-jane-plan.csv.
_FLAT_PATH = re.compile(
    r"[A-Za-z]:|file[:_]|(?:[A-Za-z][_\-. ]{1,3}|[_\-.]{1,2})"
    r"(?:users|home|volumes|documents and settings|documents_and_settings|benutzer|utilisateurs|usuarios)[_\-:]",
    re.IGNORECASE,
)
_BLANKS = re.compile(r"\s+")
_MADE = ("image/", "video/", "audio/")
_NEUTRAL = {"image": "picture", "audio": "recording", "video": "video"}


def scrub_filenames(message: Message, redactor: Redactor) -> Scrubbed:
    """A neutral name ("picture-1.jpg", "document-2.txt") for every file whose name held an address or name of the two
    people, a path (also without separators), or a control or direction character, and for every picture, film
    and recording whose name a program made up. Of a path the last part is kept when it identifies nobody. A time of
    day behind a date is left out, because it shows the author's time zone. Other names are unchanged."""
    if not any(attachment.filename for attachment in message.attachments):
        return Scrubbed(message)
    tally = Tally()
    attachments = tuple(
        _renamed(attachment, number, redactor, tally) for number, attachment in enumerate(message.attachments, 1)
    )
    return Scrubbed(replace(message, attachments=attachments) if tally else message, tally.removals())


def _renamed(attachment: Attachment, number: int, redactor: Redactor, tally: Tally) -> Attachment:
    name = attachment.filename
    if name is None:
        return attachment
    if is_known_name(attachment, redactor.known):
        return attachment
    invented = is_invented(name, attachment.media_type)
    if not (invented or _unseemly(name) or names_somebody(name, redactor)):
        timeless = without_clock(name)
        if timeless is None:
            return attachment
        tally.add("file-name")
        return replace(attachment, filename=timeless or neutral_name(name, attachment.media_type, number, redactor))
    tally.add("file-name")
    last = _SLASHES.split(name)[-1].strip()
    if (
        last not in ("", name)
        and not is_invented(last, attachment.media_type)
        and not (_unseemly(last) or names_somebody(last, redactor) or without_clock(last) is not None)
    ):
        return replace(attachment, filename=last)
    return replace(attachment, filename=neutral_name(name, attachment.media_type, number, redactor))


def is_invented(name: str, media_type: str) -> bool:
    """Whether a program, and no person, gave a picture, film or recording this name."""
    return media_type.startswith(_MADE) and made_up(name)


def neutral_name(name: str, media_type: str, number: int, redactor: Redactor) -> str:
    """A name that says only what kind of file it is: "picture-1.jpg"."""
    family = _NEUTRAL.get(media_type.partition("/")[0], "document")
    extension = _EXTENSION.search(name)
    neutral = f"{family}-{number}{extension[0].lower() if extension else ''}"
    # An extension can be a name, too ("letter.jane").
    return f"{family}-{number}" if redactor.find(neutral) else neutral


def names_somebody(name: str, redactor: Redactor) -> bool:
    """Whether the file name identifies somebody, also through percent-encoding or base64, or parted by a blank, as a
    program's fold within a word leaves it."""
    plain = unquote(name)
    if redactor.find(name) or (plain != name and redactor.find(plain)) or tokens.find(name, redactor):
        return True
    parted = parted_names(name, (found.span() for found in _BLANKS.finditer(name)), redactor)
    return bool(parted)


def _unseemly(name: str) -> bool:
    if "/" in name or "\\" in name or len(name) > 200 or _FLAT_PATH.match(unquote(name)):
        return True
    # Joiners are needed in emoji and in Indic and Persian spelling; other invisible characters are not.
    return any(
        unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and sign not in "\u200c\u200d" for sign in name
    )
