"""Files that are dropped, and without which a letter is complete: keys, signatures, contact cards."""

from __future__ import annotations

import re

from relay.anonymise.attachments.cleaning import Cleaning, LeftOut
from relay.message.read.cms import NotCmsError, opened
from relay.model import Attachment
from relay.refusals import CannotAnonymise

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
    """Drop the Finder metadata of a file that is attached beside it (RFC 1740). Raises LeftOut."""
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
