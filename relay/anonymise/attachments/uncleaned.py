"""Files that are not cleaned: dropped, refused, or passed unchanged where the programme accepts the risk."""

from __future__ import annotations

import re
from collections.abc import Iterator

from relay.anonymise.attachments.cleaning import Cleaning, LeftOut
from relay.anonymise.doubts import Doubts
from relay.message.read.cms import NotCmsError, opened
from relay.model import Attachment, Known
from relay.refusals import CannotAnonymise

WORDS: dict[str, str] = {
    "olddocument": "documents in the old Office format (.doc, .xls, .ppt) cannot be made anonymous here; please save "
    "the document as .docx, .xlsx or .pptx and attach it anew",
    "compound": "this kind of document (such as one of Publisher, Visio, Outlook or Hancom) cannot be made anonymous; "
    "please export it as PDF and attach that",
    "flatoffice": "documents saved as plain XML cannot be made anonymous; please save the document as .docx or .odt "
    "and attach it anew",
    "iwork": "documents of Pages, Numbers and Keynote cannot be made anonymous; please export the document as PDF, "
    "Word, Excel or PowerPoint and attach that",
    "brokenpackage": "a document in this letter is damaged, or of a program whose documents cannot be made anonymous; "
    "please save it again as .docx, .xlsx, .odt or PDF, or attach the files of the ZIP one by one",
    "programpackage": "packages of programs (Java, Android, Python and the like) cannot be passed on; please attach "
    "the files that matter one by one",
    "archive": "archives other than ZIP cannot be made anonymous; please send a ZIP, or the files one by one",
    "kindle": "e-books in a format of Kindle or Mobipocket cannot be made anonymous; please send the book as EPUB or "
    "PDF, or paste the text into the letter",
    "postscript": "PostScript files (.ps, .eps) are programs, and name who made them; please export the drawing as "
    "PDF, SVG or PNG and attach that",
    "otherpicture": "pictures of this kind (Photoshop, GIMP, InDesign, CorelDRAW, JPEG XL, JPEG 2000, camera raw) "
    "cannot be made anonymous; please export the picture as PNG, JPEG or PDF and attach that",
    "mailbox": "mailbox files cannot be made anonymous; please attach the mails that matter one by one",
    "tnef": "winmail.dat cannot be made anonymous; please send the letter again in plain text or HTML format",
    "audio": "this kind of recording cannot be made anonymous; please save it as MP3 or M4A and send that",
    "video": "this kind of film (AVI, WMV, FLV, MPEG) cannot be made anonymous here; please export it as .mp4 and send "
    "that",
    "unknown": "this kind of attachment cannot be made anonymous; please send pictures or plain text",
}


def words_for(family: str) -> str:
    """The text for the author when an attachment of this family is refused (ASCII, names no file)."""
    return WORDS.get(family, WORDS["unknown"])


_ENCRYPTED = "an attachment is encrypted, so nobody could open it; please attach it without encryption"
_PRIVATE = "an attachment is a private key, which nobody else should ever see; please leave it out"
_SIGNED = "an attachment is sealed together with its signature; please attach the file itself"

_MARKS = re.compile(rb"-----BEGIN ([A-Z0-9 #]{3,60})-----")
_DROPPED_TYPES = frozenset(
    str.split("""
        application/pgp-keys application/pgp-signature application/pkcs7-signature application/x-pkcs7-signature
        application/pkix-cert application/x-x509-ca-cert application/x-x509-user-cert
    """)
)
# RFC 9580 5: packet tags of keys and signatures (in the old and the new form of the header octet).
_PGP_SIGNATURE, _PGP_PUBLIC_KEY = 2, 6
_PGP_SECRET = frozenset({5, 7})


def leave_out_crypto(attachment: Attachment, cleaning: Cleaning) -> Attachment:
    """Drop public keys, certificates and signatures. Raises CannotAnonymise for encrypted content, private keys, and
    files enclosed in a signature; LeftOut otherwise."""
    _refuse_what_matters(attachment)
    cleaning.tally.add("crypto")
    raise LeftOut


def leave_out_card(_attachment: Attachment, cleaning: Cleaning) -> Attachment:
    """Drop a contact card: many mail programs attach their owner's to every letter. Raises LeftOut."""
    cleaning.tally.add("contact-card")
    raise LeftOut


def leave_out_fork(_attachment: Attachment, cleaning: Cleaning) -> Attachment:
    """Drop the metadata of a file that is beside it or missing: of the Finder (RFC 1740), of an Office package. Raises
    LeftOut."""
    cleaning.tally.add("structure")
    raise LeftOut


def leave_out_reference(_attachment: Attachment, cleaning: Cleaning) -> Attachment:
    """Drop a part whose content is elsewhere (message/external-body, RFC 2046 5.2.3). Raises LeftOut."""
    cleaning.tally.add("elsewhere")
    raise LeftOut


def _refuse_what_matters(attachment: Attachment) -> None:
    content = attachment.content
    if content.startswith(b"\x30"):
        _refuse_cms(content, attachment.media_type)
        return
    marks = {mark.decode("ascii") for mark in _MARKS.findall(content)}
    if any("PRIVATE KEY" in mark for mark in marks):
        raise CannotAnonymise(_PRIVATE)
    if {"PGP MESSAGE", "PKCS7", "CMS"} & marks or attachment.media_type == "application/pgp-encrypted":
        raise CannotAnonymise(_ENCRYPTED)
    if not marks and attachment.media_type not in _DROPPED_TYPES:
        _refuse_packets(content)


def _refuse_cms(content: bytes, media_type: str) -> None:
    try:
        kind = opened(content).kind
    except NotCmsError:
        # A certificate, or a PKCS #12 file, which holds a private key.
        if media_type == "application/x-pkcs12" or content[4:7] == b"\x02\x01\x03":
            raise CannotAnonymise(_PRIVATE) from None
        return
    if kind == "encrypted":
        raise CannotAnonymise(_ENCRYPTED)
    if kind != "detached":
        raise CannotAnonymise(_SIGNED)


def _refuse_packets(content: bytes) -> None:
    """Check the tag of the first OpenPGP packet (RFC 9580 4.2): only public keys and signatures may be dropped."""
    head = content[0] if content else 0
    tag = head & 0x3F if head & 0x40 else (head >> 2) & 0x0F
    if content.startswith(b"ssh-") or (head & 0x80 and tag in (_PGP_SIGNATURE, _PGP_PUBLIC_KEY)):
        return
    if head & 0x80 and tag in _PGP_SECRET:
        raise CannotAnonymise(_PRIVATE)
    raise CannotAnonymise(_ENCRYPTED)


_SHORTEST = 5
_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be")


def clean_unknown(attachment: Attachment, cleaning: Cleaning) -> Attachment:
    """The file unchanged, where ``programme.unknown_files`` lets it pass or leaves it to a person, who then decides
    about the letter. Raises CannotAnonymise where the setting is "refuse", and when the octets contain an address or
    name of the author. (Programs were refused before.)"""
    known, content = cleaning.redactor.known, attachment.content
    if known.unknown_files == "refuse":
        raise CannotAnonymise(words_for("unknown"))
    low = content.lower()
    if any(form in low for form in _forms(known)):
        raise CannotAnonymise(words_for("unknown"))
    if known.unknown_files != "pass":
        cleaning.redactor.of_letter(Doubts).add("file")
    return attachment


def _forms(known: Known) -> Iterator[bytes]:
    person = known.author
    for words in (*person.addresses, *person.known_as, *person.learned):
        if len(words) >= _SHORTEST:
            yield from (words.lower().encode(encoding, "replace") for encoding in _ENCODINGS)
