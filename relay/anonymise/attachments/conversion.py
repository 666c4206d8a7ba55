"""Files that another program has to convert before they can be cleaned: old Office documents, AVI and WMV films.

The middle is pure and starts no program. So a letter with such files is read twice: the first time they are collected,
and NeedsConversion carries them out; the second time Known.conversions has what was made of them, and that is cleaned
like any file that arrived. Nothing of the original reaches the letter.
"""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

from relay.anonymise.attachments.cleaning import Cleaning
from relay.anonymise.attachments.sniff import family_of
from relay.anonymise.attachments.uncleaned import words_for
from relay.anonymise.identities import Redactor
from relay.model import Attachment, ToConvert
from relay.refusals import CannotAnonymise, NeedsConversion

MAX_FILES = 10
"""Files of one letter that may need a converter. Each takes seconds."""

RESULTS: dict[str, tuple[frozenset[str], str]] = {
    "doc": (frozenset({"office"}), "docx"),
    "xls": (frozenset({"office"}), "xlsx"),
    "ppt": (frozenset({"office"}), "pptx"),
    **dict.fromkeys(("avi", "asf", "flv", "mpeg"), (frozenset({"mp4", "matroska"}), "mp4")),
}
"""Form of a file → the families that its converter may make of it, and the extension of the new file."""

_TOO_MANY = "more files of this letter would have to be converted than can be at once; please send them in two letters"


class _Wanted(dict[bytes, ToConvert]):
    """The files of one letter that wait for a converter, by digest, with the words for their refusal."""

    detail = ""


def clean_converted(kind: str, refused: str, attachment: Attachment, cleaning: Cleaning) -> Attachment:
    """Clean what a converter made of a file of the form ``kind``; note the file when none has seen it yet. Raises
    CannotAnonymise with the words for the family ``refused`` when no converter for it is here, or it failed."""
    conversions = cleaning.redactor.known.conversions
    digest = sha256(attachment.content).digest()
    made = dict(conversions.made)
    if digest in made:
        return _cleaned(kind, refused, made[digest], attachment, cleaning)
    if kind not in conversions.kinds:
        raise CannotAnonymise(words_for(refused))
    wanted = cleaning.redactor.of_letter(_Wanted)
    wanted[digest] = ToConvert(kind, attachment.content, attachment.filename or "")
    wanted.detail = wanted.detail or words_for(refused)
    if len(wanted) > MAX_FILES:
        raise CannotAnonymise(_TOO_MANY)
    # No octet of the original stays, even if the letter were sent.
    return replace(attachment, content=b"")


def refuse_unconverted(redactor: Redactor) -> None:
    """Raises NeedsConversion when files of the letter wait for a converter."""
    wanted = redactor.of_letter(_Wanted)
    if wanted:
        raise NeedsConversion(wanted.detail, files=tuple(wanted.values()))


def _cleaned(kind: str, refused: str, made: bytes | None, attachment: Attachment, cleaning: Cleaning) -> Attachment:
    families, extension = RESULTS[kind]
    if made is None:
        raise CannotAnonymise(words_for(refused))
    new = Attachment(made, "application/octet-stream", _named(attachment.filename, extension))
    if family_of(new) not in families:
        raise CannotAnonymise(words_for(refused))
    cleaning.tally.add("converted")
    cleaned = cleaning.inside(new)
    return replace(attachment, content=cleaned.content, media_type=cleaned.media_type, filename=cleaned.filename)


def _named(filename: str | None, extension: str) -> str | None:
    """The file name with ``extension`` in the place of the old one."""
    if filename is None:
        return None
    stem, dot, old = filename.rpartition(".")
    return f"{stem if dot and stem and 1 <= len(old) <= 5 else filename}.{extension}"
