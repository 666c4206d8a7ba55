"""Cleans each attachment by what its bytes are, whatever it is called."""

from __future__ import annotations

from dataclasses import replace

from relay.anonymise.attachments import plain, refused
from relay.anonymise.attachments.cleaning import Cleaner, Cleaning
from relay.anonymise.attachments.images import clean_image
from relay.anonymise.attachments.sniff import family_of
from relay.anonymise.attachments.svg import clean_svg
from relay.anonymise.identities import Redactor
from relay.anonymise.tally import Tally
from relay.model import Attachment, Message, Scrubbed
from relay.refusals import CannotAnonymise


def _clean_heif(attachment: Attachment, cleaning: Cleaning) -> Attachment:
    from relay.anonymise.attachments.heif import clean_heif

    return clean_heif(attachment, cleaning)


def _clean_pdf(attachment: Attachment, cleaning: Cleaning) -> Attachment:
    from relay.anonymise.attachments.pdf import clean_pdf

    return clean_pdf(attachment, cleaning)


# The two above load their libraries with the first file that needs them: a worker begins sooner without.
# Family → its cleaner. A family that stands in refused.WORDS cannot be cleaned; its words say what to do instead.
CLEANERS: dict[str, Cleaner] = {
    "jpeg": clean_image,
    "png": clean_image,
    "gif": clean_image,
    "webp": clean_image,
    "tiff": clean_image,
    "bmp": clean_image,
    "heic": _clean_heif,
    "svg": clean_svg,
    "pdf": _clean_pdf,
    "text": plain.clean_text,
}


def scrub_attachments(message: Message, redactor: Redactor) -> Scrubbed:
    """Clean every attachment. Raises CannotAnonymise, with words that fit its kind, when one cannot be cleaned."""
    if not message.attachments:
        return Scrubbed(message)
    tally = Tally()
    cleaning = Cleaning(redactor, tally, _cleaned)
    attachments = tuple(_cleaned(attachment, cleaning) for attachment in message.attachments)
    return Scrubbed(replace(message, attachments=attachments), tally.removals())


def _cleaned(attachment: Attachment, cleaning: Cleaning) -> Attachment:
    family = family_of(attachment)
    cleaner = CLEANERS.get(family)
    if cleaner is None:
        raise CannotAnonymise(refused.words_for(family))
    return cleaner(attachment, cleaning)
