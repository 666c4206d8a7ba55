"""Signatures hold for everybody who verifies them, and break when anything is changed."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from relay.message.write.compose import compose
from relay.message.write.dkim_sign import Signer, new_ed25519_key, new_rsa_key, public_record
from relay.message.write.dkimpy_check import verifies
from relay.model import Headers, Message

HEADERS = Headers(
    "Quiet River", "q@relay.example", "real@member.example", "i@relay.example", datetime(2026, 1, 2, tzinfo=UTC)
)
KEYS = (("rsa", new_rsa_key()), ("ed", new_ed25519_key()))
RECORDS = {f"{selector}._domainkey.relay.example.".encode(): public_record(pem).encode() for selector, pem in KEYS}


def verified(octets: bytes, index: int) -> bool:
    try:
        return bool(dkim.DKIM(octets).verify(index, dnsfunc=lambda name, timeout=5: RECORDS.get(name)))
    except dkim.ValidationError:
        return False


@pytest.mark.parametrize("text", ["Hello", "", "two  blanks \n\n\ttab\n\n\n", "é" * 200, ".\n..\n"])
@pytest.mark.parametrize("index", [0, 1])
def test_both_signatures_verify(text: str, index: int) -> None:
    assert verified(Signer("relay.example", KEYS).sign(compose(Message("Subject", text), HEADERS)), index)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"Hello", b"Hallo"),
        (b"Subject: Words", b"Subject: Wards"),
        (b"Date:", b"Subject: two\r\nDate:"),
        (b"Quiet", b"Loud"),
    ],
)
def test_a_changed_letter_does_not_verify(old: bytes, new: bytes) -> None:
    signed = Signer("relay.example", KEYS).sign(compose(Message("Words", "Hello"), HEADERS))
    changed = signed.replace(old, new)
    assert changed != signed
    assert not verified(changed, 0)
    assert not verified(changed, 1)


def test_signing_a_megabyte_of_blanks_takes_no_time() -> None:
    octets = compose(Message("x", "a"), HEADERS) + b" " * 1_000_000 + b"\r\n" * 100_000
    started = time.monotonic()
    Signer("relay.example", KEYS).sign(octets)
    assert time.monotonic() - started < 2  # seconds; quadratic code takes minutes


def test_a_key_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match=r"."):
        Signer("relay.example", (("rsa", "not a key"),))


def test_a_key_of_a_kind_that_dkim_does_not_know_is_refused_with_the_kinds_it_knows() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    with pytest.raises(ValueError, match="RSA or Ed25519"):
        Signer("relay.example", (("ec", pem),))
    with pytest.raises(ValueError, match="RSA or Ed25519"):
        public_record(pem)


def test_another_program_reads_our_signatures_as_ours_and_as_nobody_elses() -> None:
    rsa, ed25519 = new_rsa_key(), new_ed25519_key()
    signed = Signer("relay.example", (("r", rsa), ("e", ed25519))).sign(
        b"From: a@relay.example\r\nSubject: x\r\n\r\nHello\r\n"
    )
    records = {"r._domainkey.relay.example": public_record(rsa), "e._domainkey.relay.example": public_record(ed25519)}
    assert verifies(signed, records)
    assert not verifies(signed.replace(b"Hello", b"Hallo"), records)
    assert not verifies(signed, {**records, "e._domainkey.relay.example": public_record(new_ed25519_key())})
    assert not verifies(b"From: a@relay.example\r\n\r\nHello\r\n", records)


@pytest.mark.parametrize("body", [b"a  b\t c \r\ndef\r\n\r\n", b"abc\r\n", b" \r\n\t\r\n", b"", b"\r\n\r\n"])
def test_blanks_are_signed_as_others_verify_them(body: bytes) -> None:
    signed = Signer("relay.example", KEYS).sign(b"From: a@relay.example\r\nSubject: x\r\n\r\n" + body)
    assert verified(signed, 0) and verified(signed, 1)
