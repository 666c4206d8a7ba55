"""A cleaner's own check of its result: a document that still contains an address of the author is refused."""

from __future__ import annotations

from html import unescape

from relay.anonymise.identities import Redactor
from relay.anonymise.returned_files import FileEchoes
from relay.refusals import CannotAnonymise

DRAWING = (
    "a document in this letter holds a drawing (EMF, WMF) that cannot be made anonymous; please put a JPEG or PNG "
    "picture in its place, and attach the document anew"
)
_LEFT = "a document in this letter names one of you in a way that cannot be taken out; please leave the name out of it"


def refuse_remains(content: bytes, redactor: Redactor) -> None:
    """Raises CannotAnonymise when the octets contain an address of the author, as UTF-8 or UTF-16."""
    low = content.lower()
    known = redactor.known
    for address in known.author.addresses:
        word = address.strip(" <>").lower()
        if len(word) < 6 or redactor.of_letter(FileEchoes).may_hold(word):
            continue
        forms = (word.encode("utf-8", "replace"), word.encode("utf-16-le", "replace"), _escaped(word))
        if any(form in low for form in forms):
            raise CannotAnonymise(_LEFT)


def _escaped(word: str) -> bytes:
    return word.encode("ascii", "xmlcharrefreplace") if unescape(word) == word else word.encode()
