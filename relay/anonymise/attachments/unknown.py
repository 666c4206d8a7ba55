"""Handles files of unknown type: refused, or passed unchanged where the programme accepts that risk."""

from __future__ import annotations

from collections.abc import Iterator

from relay.anonymise.attachments import refused
from relay.anonymise.attachments.cleaning import Cleaning
from relay.model import Attachment, Known
from relay.refusals import CannotAnonymise

_SHORTEST = 5
_PROGRAMS = (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xfe\xed\xfa", b"#!", b"dex\n")
_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be")


def clean_unknown(attachment: Attachment, cleaning: Cleaning) -> Attachment:
    """The file unchanged, if ``programme.unknown_files`` is "pass", it is no program, and its octets contain no address
    or name of the author. Raises CannotAnonymise otherwise."""
    known = cleaning.redactor.known
    content = attachment.content
    if known.unknown_files != "pass" or content.startswith(_PROGRAMS):
        raise CannotAnonymise(refused.words_for("unknown"))
    low = content.lower()
    if any(form in low for form in _forms(known)):
        raise CannotAnonymise(refused.words_for("unknown"))
    return attachment


def _forms(known: Known) -> Iterator[bytes]:
    person = known.author
    for words in (*person.addresses, *person.known_as, *person.learned):
        if len(words) >= _SHORTEST:
            yield from (words.lower().encode(encoding, "replace") for encoding in _ENCODINGS)
