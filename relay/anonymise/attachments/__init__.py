"""Cleans each attachment by the type of its content, whatever its name or declared type."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from importlib import import_module

from relay.anonymise.attachments.acting.names import harmless_name
from relay.anonymise.attachments.acting.recognise import refuse_what_acts
from relay.anonymise.attachments.archives.zip_archive import clean_zip
from relay.anonymise.attachments.cleaning import ActsByItself, Cleaner, Cleaning, LeftOut
from relay.anonymise.attachments.conversion import clean_converted, refuse_unconverted
from relay.anonymise.attachments.documents.mail import clean_mail
from relay.anonymise.attachments.documents.web_page import clean_page
from relay.anonymise.attachments.pictures.clean import clean_image
from relay.anonymise.attachments.pictures.svg import clean_svg
from relay.anonymise.attachments.recordings.clean import clean_recording
from relay.anonymise.attachments.sniff import family_of
from relay.anonymise.attachments.text_files import clean as plain
from relay.anonymise.attachments.uncleaned import (
    clean_unknown,
    leave_out_card,
    leave_out_crypto,
    leave_out_fork,
    leave_out_reference,
    words_for,
)
from relay.anonymise.doubts import Doubts
from relay.anonymise.echoes import is_known_file
from relay.anonymise.identities import Redactor
from relay.anonymise.links.in_files import BrokenLinks
from relay.anonymise.returned_files import FileEchoes
from relay.anonymise.returned_words import EchoFilter
from relay.anonymise.scrubbers import AFTER_ATTACHMENTS, BEFORE_ATTACHMENTS, Scrubber
from relay.anonymise.tally import Tally
from relay.model import Attachment, Message, Scrubbed
from relay.refusals import CannotAnonymise

_NOTHING_LEFT = "nothing in this letter can be passed on; please write some words, too"


def _later(module: str, name: str) -> Cleaner:
    """A cleaner whose library is slow to load: it is imported with the first file that needs it, so that a restarted
    relay or worker is ready at once."""

    def clean(attachment: Attachment, cleaning: Cleaning) -> Attachment:
        cleaner: Cleaner = getattr(import_module(f"{__name__}.{module}"), name)
        return cleaner(attachment, cleaning)

    return clean


# Family → its cleaner. A family in uncleaned.WORDS cannot be cleaned; its text there says what to do instead.
CLEANERS: dict[str, Cleaner] = {
    **dict.fromkeys(("jpeg", "png", "gif", "webp", "tiff", "bmp", "icons", "netpbm"), clean_image),
    "heic": _later("pictures.heif", "clean_heif"),
    "svg": clean_svg,
    "pdf": _later("documents.pdf", "clean_pdf"),
    "office": _later("documents.ooxml", "clean_ooxml"),
    "opendocument": _later("documents.opendocument", "clean_opendocument"),
    "ebook": _later("documents.epub", "clean_epub"),
    "fictionbook": _later("documents.fictionbook", "clean_fictionbook"),
    "rtf": _later("documents.rtf", "clean_rtf"),
    "text": plain.clean_text,
    "html": clean_page,
    **dict.fromkeys(("mp3", "aac", "ogg", "wav", "aiff", "flac", "amr", "midi", "mp4", "matroska"), clean_recording),
    "zip": clean_zip,
    "oldoffice": _later("documents.old_office", "clean_old_office"),
    **{kind: partial(clean_converted, kind, "video") for kind in ("avi", "asf", "flv", "mpeg")},
    "mail": clean_mail,
    "calendar": _later("calendars.entries", "clean_calendar"),
    "crypto": leave_out_crypto,
    "contact": leave_out_card,
    "fork": leave_out_fork,
    "elsewhere": leave_out_reference,
    "unknown": clean_unknown,
}


def scrub_attachments(message: Message, redactor: Redactor) -> Scrubbed:
    """Clean every attachment. Raises CannotAnonymise, with a text for its kind, when one cannot be cleaned, and when
    nothing of the letter is left; NeedsConversion when other programs have to convert some first."""
    if not message.attachments:
        return Scrubbed(message)
    tally = Tally()
    try:
        clean = scrub_within(message, Cleaning(redactor, tally, _cleaned, _scrub_mail))
    except ActsByItself as refusal:
        # The plain type is the one that has a place in refusals.py.
        raise CannotAnonymise(refusal.detail, refusal.file) from refusal
    refuse_unconverted(redactor)
    tally.add("broken-link", redactor.of_letter(BrokenLinks).count)
    return Scrubbed(clean, tally.removals())


def scrub_within(message: Message, cleaning: Cleaning) -> Message:
    """The same for a mail inside of a letter: counts towards the limits and the tally of the outer letter."""
    attachments: list[Attachment] = []
    for attachment in message.attachments:
        if cleaning.depth:
            cleaning.room.take(len(attachment.content))
        try:
            clean_one = cleaning.each(attachment, cleaning)
        except LeftOut:
            continue
        # Invitations often occur twice, as an alternative body and as a file.
        if clean_one.media_type != "text/calendar" or all(clean_one.content != a.content for a in attachments):
            attachments.append(clean_one)
    clean = replace(message, attachments=tuple(attachments))
    if message.attachments and not (attachments or (clean.text or "").strip() or clean.html):
        raise CannotAnonymise(_NOTHING_LEFT)
    return clean


def _scrub_mail(message: Message, within: Cleaning) -> Message:
    """Run all scrubbers over an attached mail, with its attachments cleaned in the context ``within``."""
    with within.redactor.of_letter(EchoFilter).in_another_mail():
        message = _scrubbed(message, BEFORE_ATTACHMENTS, within)
    return _scrubbed(scrub_within(message, within), AFTER_ATTACHMENTS, within)


def _scrubbed(message: Message, scrubbers: Sequence[Scrubber], within: Cleaning) -> Message:
    for scrubber in scrubbers:
        done = scrubber(message, within.redactor)
        message = done.message
        for removal in done.removals:
            within.tally.add(removal.kind, removal.count)
    return message


def _cleaned(attachment: Attachment, cleaning: Cleaning) -> Attachment:
    family = family_of(attachment)
    refuse_what_acts(attachment, family)
    if is_known_file(attachment, cleaning.redactor.known):
        return harmless_name(attachment, family, cleaning.tally)
    cleaner = CLEANERS.get(family)
    if cleaner is None:
        raise CannotAnonymise(words_for(family), attachment.filename or "")
    redactor = cleaning.redactor
    # A mail is read like a letter, and entries are known by their identifiers.
    reading = (
        redactor.sifted(None)
        if family in ("mail", "calendar")
        else redactor.of_letter(FileEchoes).reading(attachment.content, redactor)
    )
    try:
        with redactor.of_letter(Doubts).inside(attachment.filename or ""), reading:
            return harmless_name(cleaner(attachment, cleaning), family, cleaning.tally)
    except CannotAnonymise as refusal:
        refusal.file = refusal.file or attachment.filename or ""
        raise
