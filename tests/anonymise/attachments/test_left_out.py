"""Files that a letter is whole without are left out and counted; what matters is refused with words."""

from __future__ import annotations

from base64 import encodebytes
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs7, pkcs12
from cryptography.x509 import Certificate, CertificateBuilder, Name, NameAttribute, random_serial_number
from cryptography.x509.oid import NameOID

from relay.anonymise.attachments import scrub_attachments
from relay.anonymise.identities import Redactor
from relay.model import Attachment, Message
from relay.refusals import CannotAnonymise

PUBLIC = b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nxv8A\n-----END PGP PUBLIC KEY BLOCK-----\n"
SECRET_KEY = ec.generate_private_key(ec.SECP256R1())


def certificate(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey = SECRET_KEY) -> Certificate:
    name = Name([NameAttribute(NameOID.COMMON_NAME, "Jane Whitcombe")])
    builder = CertificateBuilder(name, name, key.public_key(), random_serial_number())
    builder = builder.not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
    return builder.not_valid_after(datetime(2027, 1, 1, tzinfo=UTC)).sign(key, hashes.SHA256())


def signed(content: bytes, *options: pkcs7.PKCS7Options) -> bytes:
    builder = pkcs7.PKCS7SignatureBuilder().set_data(content)
    builder = builder.add_signer(certificate(), SECRET_KEY, hashes.SHA256())
    return builder.sign(serialization.Encoding.DER, options)


@pytest.mark.parametrize(
    ("content", "name", "media_type", "kind"),
    [
        (PUBLIC, "0xEE95.asc", "application/pgp-keys", "crypto"),
        (PUBLIC, "notes.txt", "text/plain", "crypto"),
        (b"\x99\x01\x0d\x04" + bytes(40), "jane.gpg", "application/octet-stream", "crypto"),
        (b"\x89\x01\x33\x04" + bytes(40), "letter.sig", "application/octet-stream", "crypto"),
        (PUBLIC.replace(b"PUBLIC KEY BLOCK", b"SIGNATURE"), "signature.asc", "application/pgp-signature", "crypto"),
        (b"-----BEGIN CERTIFICATE-----\nMIIB\n", None, "text/plain", "crypto"),
        (certificate().public_bytes(serialization.Encoding.DER), "a.cer", "application/pkix-cert", "crypto"),
        (signed(b"x", pkcs7.PKCS7Options.DetachedSignature), "smime.p7s", "application/pkcs7-signature", "crypto"),
        (b"ssh-ed25519 AAAAC3 jane@laptop\n", "id.pub", "text/plain", "crypto"),
        (b"\xef\xbb\xbfBEGIN:VCARD\r\nFN:Jane\r\n", None, "text/plain", "contact-card"),
        (b"BEGIN:VCARD\r\nFN:Jane\r\nEND:VCARD\r\n", "jane.vcf", "text/vcard", "contact-card"),
        (b"\0\x05\x16\x07" + bytes(20), "._a.jpg", "application/octet-stream", "structure"),
        (b"", None, "message/external-body", "elsewhere"),
    ],
)
def test_what_a_letter_is_whole_without_is_left_out_and_counted(
    content: bytes, name: str | None, media_type: str, kind: str, redactor: Redactor
) -> None:
    beside = Attachment(b"a,b\n", "text/csv", "table.csv", charset="utf-8")
    done = scrub_attachments(Message("s", "words", None, (Attachment(content, media_type, name), beside)), redactor)
    assert done.message.attachments == (beside,)
    assert [removal.kind for removal in done.removals] == [kind]


@pytest.mark.parametrize(
    ("content", "name", "media_type", "words"),
    [
        (b"-----BEGIN PGP MESSAGE-----\n\nwf8A\n", "a.asc", "text/plain", "encrypted"),
        (b"\x85\x01\x0c\x03" + bytes(40), "plan.odt.gpg", "application/octet-stream", "encrypted"),
        (b"Version: 1\n", None, "application/pgp-encrypted", "encrypted"),
        (b"-----BEGIN OPENSSH PRIVATE KEY-----\nb3\n", "id", "text/plain", "private key"),
        (b"\x95\x01\x0c\x04" + bytes(40), "secret.gpg", "application/octet-stream", "private key"),
        (
            pkcs12.serialize_key_and_certificates(
                b"x", SECRET_KEY, certificate(), None, serialization.BestAvailableEncryption(b"x")
            ),
            "me.p12",
            "application/x-pkcs12",
            "private key",
        ),
        (signed(b"the file"), "contract.pdf.p7m", "application/octet-stream", "sealed"),
    ],
)
def test_what_matters_and_cannot_be_opened_is_refused(
    content: bytes, name: str | None, media_type: str, words: str, cleaned: Callable[[Attachment], list[Attachment]]
) -> None:
    with pytest.raises(CannotAnonymise, match=words) as refusal:
        cleaned(Attachment(content, media_type, name))
    assert "please" in refusal.value.detail


def test_a_letter_of_which_nothing_is_left_is_refused(redactor: Redactor) -> None:
    card = Attachment(b"BEGIN:VCARD\r\n", "text/vcard", "jane.vcf")
    with pytest.raises(CannotAnonymise, match="nothing in this letter"):
        scrub_attachments(Message("s", " \n", None, (card,)), redactor)


def test_a_file_named_asc_may_be_a_text_of_its_own(cleaned: Callable[[Attachment], list[Attachment]]) -> None:
    guide = Attachment(b"= Guide\n\nHow to bake.\n", "text/plain", "guide.asc", charset="utf-8")
    assert cleaned(guide) == [guide]


def test_a_signed_letter_in_one_piece_is_opened_and_its_certificate_stays_out(
    relayed: Callable[[bytes], Message],
) -> None:
    parts = b"--b\r\n\r\nWords.\r\n--b\r\nContent-Type: text/csv; name=a.csv\r\n\r\n1,2\r\n--b--\r\n"
    inner = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + parts
    head = b"Subject: x\r\nContent-Type: application/pkcs7-mime\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    message = relayed(head + encodebytes(signed(inner)))
    assert message.text == "Words.\n"
    assert [(a.filename, a.content) for a in message.attachments] == [("a.csv", b"1,2")]


def test_an_encrypted_letter_is_refused_with_words(relayed: Callable[[bytes], Message]) -> None:
    made = pkcs7.PKCS7EnvelopeBuilder().set_data(b"x").add_recipient(certificate(rsa.generate_private_key(65537, 2048)))
    head = b"Subject: x\r\nContent-Type: application/pkcs7-mime\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    with pytest.raises(CannotAnonymise, match="encrypted"):
        relayed(head + encodebytes(made.encrypt(serialization.Encoding.DER, [])))
