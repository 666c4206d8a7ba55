"""What a DKIM signature proves: dkimpy makes them, the canonical forms are held to dkimpy's, and forgers try."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable

import dkim
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from relay.authentication.dkim_verify import DkimSignature, Letter, read_signature
from relay.authentication.public_keys import public_key
from relay.message.dkim_canonical import body_hash, field_form
from relay.message.write.dkim_sign import Signer, new_ed25519_key, new_rsa_key, public_record

PEM = new_rsa_key()
RECORD = public_record(PEM)
NOW = 1_800_000_000.0
COVERED = (b"from", b"to", b"subject", b"date", b"message-id")
HEAD = (
    b"From: Ann  Other <ann@home.example>\r\nTo:\t<x@relay.example>,\r\n <y@relay.example>\r\nSubject:  two  words \r\n"
    b"Date: Wed, 4 Feb 2026 08:41:05 +0100\r\nMessage-ID: <1@home.example>\r\nX-Other: 1\r\n"
)


def signed(
    content: bytes, form: bytes = b"relaxed/relaxed", headers: tuple[bytes, ...] = COVERED, **how: object
) -> bytes:
    head, _, body = form.partition(b"/")
    stamp = dkim.sign(
        content, b"k", b"home.example", PEM.encode(), canonicalize=(head, body), include_headers=list(headers), **how
    )
    return bytes(stamp) + content


def first_signature(content: bytes) -> DkimSignature | None:
    return read_signature(next(Letter.of(content).named("dkim-signature")))


def proves(content: bytes, record: str = RECORD, now: float = NOW) -> bool:
    """Whether the topmost signature proves the letter."""
    letter, signature, key = Letter.of(content), first_signature(content), public_key([record])
    if signature is None or key is None:
        return False
    return signature.proves(letter, body_hash(content, letter.body, relaxed=signature.relaxed_body), key, now)


FORMS = [b"simple/simple", b"simple/relaxed", b"relaxed/simple", b"relaxed/relaxed"]
BODIES = [
    b"",
    b"\r\n",
    b"\r\n\r\n",
    b"hello",
    b"hello\r\n",
    b" a \t b  \r\n\r\n c\t\r\n\r\n\r\n",
    b"  \r\n \r\n",
    b"a\r\n ",
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("body", BODIES)
def test_what_another_program_signed_is_proven(form: bytes, body: bytes) -> None:
    assert proves(signed(HEAD + b"\r\n" + body, form))


@given(st.text(" \t\r\nab", max_size=60).map(lambda t: t.replace("\r", "").replace("\n", "\r\n").encode()))
@settings(max_examples=150, deadline=None)
def test_the_canonical_bodies_are_those_of_another_program(body: bytes) -> None:
    for form, theirs in ((False, dkim.canonicalization.Simple), (True, dkim.canonicalization.Relaxed)):
        wanted = dkim.HASH_ALGORITHMS[b"rsa-sha256"](theirs.canonicalize_body(body)).digest()
        assert body_hash(b"A: b\r\n\r\n" + body, 8, relaxed=form) == wanted


def test_a_body_longer_than_one_piece_has_the_same_canonical_form() -> None:
    body = (b"some \t words   here \r\n" * 4000 + b"\r\n" * 70000) * 2 + b"end\r\n\r\n"
    assert proves(signed(HEAD + b"\r\n" + body))


def test_our_own_signatures_are_proven() -> None:
    pem = new_ed25519_key()
    content = Signer("home.example", [("k", pem)]).sign(HEAD + b"\r\nhello\r\n")
    assert proves(content, public_record(pem))
    assert not proves(content, RECORD)


GOOD = signed(HEAD + b"\r\nhello\r\n")
FORGERIES: dict[str, Callable[[], bytes]] = {
    "another body": lambda: GOOD.replace(b"hello", b"hallo"),
    "another subject": lambda: GOOD.replace(b"two  words", b"three words"),
    "another author": lambda: GOOD.replace(b"From: Ann  Other <ann@", b"From: <bob@"),
    "a second From on top": lambda: b"From: <bob@home.example>\r\n" + GOOD,
    "a second From below": lambda: GOOD.replace(b"X-Other: 1", b"From: <bob@home.example>"),
    "a second Subject on top": lambda: b"Subject: other\r\n" + GOOD,
    "a second To on top": lambda: b"To: <z@relay.example>\r\n" + GOOD,
    "a second Content-Type": lambda: b"Content-Type: text/html\r\nContent-Type: text/plain\r\n" + GOOD,
    "only a part of the body signed": lambda: signed(HEAD + b"\r\nhello\r\n", length=True) + b"appended\r\n",
    "only a part that is all there is": lambda: signed(HEAD + b"\r\nhello\r\n", length=True),
    "From not signed": lambda: GOOD.replace(b"from : ", b"").replace(b"h=from", b"h=x-other"),
    "Subject not signed": lambda: signed(HEAD + b"\r\nhello\r\n", headers=(b"from", b"to", b"date")),
    "rsa-sha1": lambda: signed(HEAD + b"\r\nhello\r\n", signature_algorithm=b"rsa-sha1"),
    "an unknown algorithm": lambda: GOOD.replace(b"a=rsa-sha256", b"a=rsa-sha512"),
    "another version": lambda: GOOD.replace(b"v=1;", b"v=2;"),
    "a tag twice": lambda: GOOD.replace(b"v=1;", b"v=1; d=home.example;"),
    "no tags at all": lambda: b"DKIM-Signature: hello\r\n" + GOOD,
    "signature field of rubbish": lambda: b"DKIM-Signature: v=1; \xff=\xfe\r\n" + GOOD,
    "on behalf of another domain": lambda: GOOD.replace(b"v=1;", b"v=1; i=@evil.example;"),
    "a blank line that ends the header early": lambda: b"\r\n" + GOOD,
}


@pytest.mark.parametrize("forged", FORGERIES.values(), ids=FORGERIES)
def test_what_is_forged_or_open_to_change_is_not_proven(forged: Callable[[], bytes]) -> None:
    assert proves(GOOD)
    content = forged()
    letter = Letter.of(content)
    assert not any(True for _ in letter.named("dkim-signature")) or not proves(content)


def with_tags(more: str) -> bytes:
    """A letter signed here by hand, with tags that no signing program offers."""
    content = HEAD + b"\r\nhello\r\n"
    bh = base64.b64encode(body_hash(content, len(HEAD) + 2, relaxed=True)).decode()
    tags = f"v=1; a=rsa-sha256; c=relaxed/relaxed; d=home.example; s=k; h=from:subject; {more}; bh={bh}; b="
    field = b"DKIM-Signature: " + tags.encode()
    signed_fields = [line + b"\r\n" for line in HEAD.split(b"\r\n") if line.startswith((b"From", b"Subject"))]
    octets = b"".join(field_form(one, relaxed=True) for one in (*signed_fields, field))
    key = serialization.load_pem_private_key(PEM.encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    value = key.sign(octets.removesuffix(b"\r\n"), padding.PKCS1v15(), hashes.SHA256())
    return field + base64.b64encode(value) + b"\r\n" + content


def test_an_expired_signature_proves_nothing() -> None:
    content = with_tags("t=1700000000; x=1800000000")
    assert proves(content, now=1_800_000_000)
    assert not proves(content, now=1_800_000_001)


@pytest.mark.parametrize("more", ["i=@evil.example", "i=@nothome.example", "i=@example", "l=7", "x=never"])
def test_a_signature_that_takes_itself_back_proves_nothing(more: str) -> None:
    assert proves(with_tags("q=dns/txt; i=ann@mail.home.example"))
    assert not proves(with_tags(more))


def test_a_key_that_speaks_for_its_own_domain_only_is_taken_at_its_word() -> None:
    content = signed(HEAD + b"\r\nhello\r\n", identity=b"ann@sub.home.example")
    assert proves(content)
    assert not proves(content, RECORD.replace("k=rsa", "k=rsa; t=y:s"))
    assert proves(GOOD, RECORD.replace("k=rsa", "k=rsa; t=y:s"))


def key_of(bits: int) -> str:
    modulus = (1 << bits) - 1
    while modulus % 3 == 0 or modulus % 5 == 0:
        modulus -= 2
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    der = rsa.RSAPublicNumbers(65537, modulus).public_key().public_bytes(serialization.Encoding.DER, form)
    return f"v=DKIM1; p={base64.b64encode(der).decode()}"


@pytest.mark.parametrize(
    "record",
    [
        "",
        "v=DKIM1; p=",
        "v=DKIM2; " + RECORD.removeprefix("v=DKIM1; "),
        RECORD.replace("k=rsa", "k=rsa; h=sha1"),
        RECORD.replace("k=rsa", "k=rsa; s=tlsrpt"),
        RECORD.replace("k=rsa", "k=ed25519"),
        RECORD.replace("k=rsa", "k=dsa"),
        "v=DKIM1; p=!!!",
        "v=DKIM1; p=AAAA",
        "v=spf1 -all",
        "hello",
    ],
)
def test_a_key_that_is_revoked_broken_or_for_something_else_is_none(record: str) -> None:
    assert public_key([record]) is None


def test_a_key_of_less_than_1024_bits_is_none_nor_one_that_costs_too_much() -> None:
    assert public_key([key_of(1024)]) is not None
    assert public_key([key_of(1023)]) is None
    assert public_key([key_of(4096)]) is not None
    assert public_key([key_of(8192)]) is None


def test_the_first_usable_of_several_records_is_the_key() -> None:
    assert public_key(["v=spf1 -all", RECORD]) is not None


@pytest.mark.parametrize("body", [b" " * 3_000_000, b"\t a" * 1_000_000, b"\r\n" * 1_500_000, b" \r\n" * 1_000_000])
def test_blanks_take_no_time(body: bytes) -> None:
    begun = time.process_time()
    body_hash(b"A: b\r\n\r\n" + body, 8, relaxed=True)
    assert time.process_time() - begun < 4


def test_a_header_full_of_signatures_takes_no_time() -> None:
    many = b"".join(b"DKIM-Signature: v=1; d=home.example; h=" + b"from:" * 40 + b"\r\n" for _ in range(900))
    begun = time.process_time()
    for field in Letter.of(many + HEAD + b"\r\n").named("dkim-signature"):
        read_signature(field)
    assert time.process_time() - begun < 1
