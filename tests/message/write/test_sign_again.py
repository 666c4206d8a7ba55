"""A letter that was held gets a new Date, and signatures that hold for it; all else stays."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from relay.message.write.compose import compose
from relay.message.write.dkim_sign import Signer, Signers, new_ed25519_key, new_rsa_key, public_record
from relay.message.write.dkimpy_check import verifies
from relay.message.write.sign_again import sign_again, signing_again
from relay.model import Headers, Message

ACCEPTED, RELEASED = datetime(2026, 1, 2, 8, tzinfo=UTC), datetime(2026, 1, 9, 17, 30, 5, tzinfo=UTC)
HEADERS = Headers(
    "नदी शांत", "q@relay.example", "real@member.example", "i@relay.example", ACCEPTED, references=("a@relay.example",)
)
OLD = (("rsa1", new_rsa_key()), ("ed1", new_ed25519_key()))
NEW = (("rsa2", new_rsa_key()), ("ed2", new_ed25519_key()))
RECORDS = {f"{name}._domainkey.relay.example": public_record(pem) for name, pem in (*OLD, *NEW)}

TEXTS = ["Hello", "", "Date: Fri, 02 Jan 2026 08:00:00 +0000\n\nDKIM-Signature: v=1\n", "ü" * 300, ".\n..\n"]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("before", [OLD, ()], ids=["signed", "unsigned"])
def test_only_date_and_signatures_change(text: str, before: tuple[tuple[str, str], ...]) -> None:
    held = Signer("relay.example", before).sign(compose(Message("Date: x", text), HEADERS))
    sent = sign_again(held, RELEASED, Signer("relay.example", NEW))
    assert verifies(sent, RECORDS)
    assert sent.count(b"DKIM-Signature: v=1; a=") == 2
    plain = compose(Message("Date: x", text), HEADERS)
    old, new = b"\r\nDate: Fri, 02 Jan 2026 08:00:00 +0000\r\n", b"\r\nDate: Fri, 09 Jan 2026 17:30:05 +0000\r\n"
    head, body = plain.split(b"\r\n\r\n", 1)
    assert sent.endswith((head + b"\r\n").replace(old, new) + b"\r\n" + body)


@pytest.mark.parametrize(
    "content",
    [b"", b"hello", b"Subject: x\r\n\r\nDate: y\r\n", b"Date: a\r\nDate: b\r\n\r\nx", b"Date: a\r\n\tb\r\n\r\nx"],
)
def test_what_is_no_letter_of_ours_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="has one Date field"):
        sign_again(content, RELEASED, Signer("relay.example", OLD))


@pytest.mark.parametrize("own", [False, True])
def test_what_relay_itself_wrote_is_signed_again_with_the_keys_for_that(own: bool) -> None:
    sign = signing_again(Signers(Signer("relay.example", OLD), Signer("relay.example", NEW)))
    sent = sign(compose(Message("Words", "Hello"), HEADERS), RELEASED, own)
    names = [name for name, _ in (NEW if own else OLD)]
    assert verifies(
        sent, {f"{name}._domainkey.relay.example": RECORDS[f"{name}._domainkey.relay.example"] for name in names}
    )
