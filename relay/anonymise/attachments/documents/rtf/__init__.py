"""Cleans RTF documents: text and formatting stay; authors, places and programs are removed."""

from __future__ import annotations

from dataclasses import replace

from relay.anonymise.attachments.cleaning import Cleaning
from relay.anonymise.attachments.documents.ooxml.fields import clean_instruction
from relay.anonymise.attachments.documents.paths import without_places
from relay.anonymise.attachments.documents.rtf.destinations import OBJECTS, PEOPLE, kept, telling_word
from relay.anonymise.attachments.documents.rtf.pictures import clean_picture
from relay.anonymise.attachments.documents.rtf.regions import neutral_charset, without_region
from relay.anonymise.attachments.documents.rtf.text import Reader, texts_in
from relay.anonymise.attachments.documents.rtf.tokens import BROKEN, Group, Item, Text, Word, parsed, written
from relay.anonymise.attachments.documents.text_runs import redact_pieces
from relay.anonymise.attachments.documents.verify import refuse_remains
from relay.anonymise.identities import Redactor
from relay.anonymise.passages import passages
from relay.model import Attachment
from relay.refusals import CannotAnonymise

_EMBEDDED = (
    "an RTF document in this letter holds an object of another program; please put a picture of it in its place, and "
    "attach the document anew"
)


def clean_rtf(attachment: Attachment, cleaning: Cleaning) -> Attachment:
    """Clean one RTF document (Rich Text Format Specification 1.9.1): rewritten in ASCII, with the groups for its text
    and formatting. Raises CannotAnonymise when it is damaged or holds an object or picture of an unknown kind."""
    document = parsed(attachment.content)
    if document.destination != "rtf":
        raise CannotAnonymise(_EMBEDDED)
    _without_groups(document)
    reader = Reader(document)
    neutral_charset(document)
    redactor = cleaning.redactor
    groups = _by_destination(document)
    cleaning.tally.add("link", sum(_clean_field(field, redactor) for field in groups["field"]))
    for group in (group for word in PEOPLE for group in groups[word]):
        _neutral(group)
    for group in groups["pict"]:
        clean_picture(group, cleaning)
    fonts = {id(text) for table in groups["fonttbl"] for text in texts_in(table)}
    texts = reader.texts()
    found = redact_pieces([text for text in texts if id(text) not in fonts], lambda text: passages(text, redactor))
    for text in texts:
        # A font may be named like a person; one with a full name is somebody's handwriting.
        if id(text) in fonts and any(" " in text.text[f.start : f.end] for f in redactor.find(text.text)):
            text.text = "Font;"
    cleaning.tally.add("document-text", found)
    cleaning.tally.add("document-properties")
    content = written(document)
    refuse_remains(content, redactor)
    return replace(attachment, content=content, media_type="application/rtf", filename=_renamed(attachment.filename))


def _without_groups(group: Group) -> None:
    """Drop the groups and words about people, times and sessions, and all unknown ones."""
    items: list[Item] = []
    for item in group.items:
        if isinstance(item, Group):
            if item.destination in OBJECTS:
                raise CannotAnonymise(_EMBEDDED)
            if not kept(item.destination):
                continue
            _without_groups(item)
        elif isinstance(item, Word) and item.name == "*" and item is not group.items[0]:
            raise CannotAnonymise(BROKEN)  # from here on some programs hide the group, and others show it
        elif isinstance(item, Word) and telling_word(item.name):
            continue
        items.append(without_region(item) if isinstance(item, Word) else item)
    group.items = items


def _by_destination(document: Group) -> dict[str, list[Group]]:
    """The groups that need special treatment, by destination."""
    found: dict[str, list[Group]] = {word: [] for word in ("field", "pict", "fonttbl", *PEOPLE)}
    ahead = [document]
    while ahead:
        group = ahead.pop()
        found.get(group.destination, []).append(group)
        ahead += [item for item in group.items if isinstance(item, Group)]
    return found


def _neutral(group: Group) -> None:
    """Replace the author of notes and changes by the same neutral one."""
    word = PEOPLE[group.destination]
    for number, text in enumerate(texts_in(group)):
        text.text = "Author;" if word == "Author;" else "" if number else word


def _clean_field(field: Group, redactor: Redactor) -> int:
    count = 0
    for group in field.items:
        if not isinstance(group, Group) or group.destination not in ("*fldinst", "fldinst"):
            continue
        instructions = list(texts_in(group))
        whole = "".join(text.text for text in instructions)
        clean, result = clean_instruction(whole, redactor)
        clean = without_places(clean)
        if clean != whole:
            _spread(instructions, clean)
        results = [each for each in field.items if isinstance(each, Group) and each.destination == "fldrslt"]
        if result is not None:
            _spread([text for each in results for text in texts_in(each)], result)
        count += clean != whole or result is not None
    return count


def _spread(several: list[Text], text: str) -> None:
    for number, each in enumerate(several):
        each.text = "" if number else text


def _renamed(filename: str | None) -> str | None:
    if filename is None or filename.lower().endswith(".rtf"):
        return filename
    stem, dot, old = filename.rpartition(".")
    return f"{stem if dot and stem and len(old) < 6 else filename}.rtf"
