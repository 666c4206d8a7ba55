"""Cleans each attachment by what its bytes are, whatever it is called."""

from __future__ import annotations

from dataclasses import replace

from relay.anonymise.attachments import plain, refused
from relay.anonymise.attachments.archive import clean_zip
from relay.anonymise.attachments.cleaning import Cleaner, Cleaning, LeftOut
from relay.anonymise.attachments.images import clean_image
from relay.anonymise.attachments.left_out import leave_out_card, leave_out_crypto, leave_out_fork, leave_out_reference
from relay.anonymise.attachments.mail import clean_mail
from relay.anonymise.attachments.recordings import clean_recording
from relay.anonymise.attachments.ooxml import clean_ooxml
from relay.anonymise.attachments.opendocument import clean_opendocument
from relay.anonymise.attachments.rtf import clean_rtf
from relay.anonymise.attachments.sniff import family_of
from relay.anonymise.attachments.web_page import clean_page
from relay.anonymise.identities import Redactor
from relay.anonymise.tally import Tally
from relay.model import Attachment, Message, Scrubbed
from relay.refusals import CannotAnonymise

_NOTHING_LEFT = "nothing in this letter can be passed on; please write some words, too"


def _clean_calendar(attachment: Attachment, cleaning: Cleaning) -> Attachment:
    # Not at the top: the library behind it takes long to load, and a relay that starts again should be back at once.
    from relay.anonymise.attachments.calendar import clean_calendar

    return clean_calendar(attachment, cleaning)


# Family → its cleaner. A family that stands in refused.WORDS cannot be cleaned; its words say what to do instead.
CLEANERS: dict[str, Cleaner] = {
    "jpeg": clean_image,
    "png": clean_image,
    "gif": clean_image,
    "webp": clean_image,
    "tiff": clean_image,
    "bmp": clean_image,
    **dict.fromkeys(("mp3", "aac", "ogg", "wav", "aiff", "flac", "amr", "mp4"), clean_recording),
    "office": clean_ooxml,
    "opendocument": clean_opendocument,
    "rtf": clean_rtf,
    "text": plain.clean_text,
    "html": clean_page,
    "zip": clean_zip,
    "mail": clean_mail,
    "calendar": _clean_calendar,
    "crypto": leave_out_crypto,
    "contact": leave_out_card,
    "fork": leave_out_fork,
    "elsewhere": leave_out_reference,
}


def scrub_attachments(message: Message, redactor: Redactor) -> Scrubbed:
    """Clean every attachment. Raises CannotAnonymise, with words that fit its kind, when one cannot be cleaned, and
    when nothing is left of the letter."""
    if not message.attachments:
        return Scrubbed(message)
    tally = Tally()
    return Scrubbed(scrub_within(message, Cleaning(redactor, tally, _cleaned)), tally.removals())


def scrub_within(message: Message, cleaning: Cleaning) -> Message:
    """The same for a mail inside of a letter: the bounds of the letter around it hold, its tally counts."""
    attachments: list[Attachment] = []
    for attachment in message.attachments:
        if cleaning.depth:
            cleaning.room.take(len(attachment.content))
        try:
            clean_one = cleaning.each(attachment, cleaning)
        except LeftOut:
            continue
        # An invitation often comes twice, as a telling of the letter and as a file.
        if clean_one.media_type != "text/calendar" or all(clean_one.content != a.content for a in attachments):
            attachments.append(clean_one)
    clean = replace(message, attachments=tuple(attachments))
    if message.attachments and not (attachments or (clean.text or "").strip() or clean.html):
        raise CannotAnonymise(_NOTHING_LEFT)
    return clean


def _cleaned(attachment: Attachment, cleaning: Cleaning) -> Attachment:
    family = family_of(attachment)
    cleaner = CLEANERS.get(family)
    if cleaner is None:
        raise CannotAnonymise(refused.words_for(family))
    return cleaner(attachment, cleaning)
