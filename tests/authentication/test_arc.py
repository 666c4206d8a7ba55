"""Chains of ARC seals as they stand: whole, or nothing (RFC 8617 5.2)."""

from __future__ import annotations

import re

import dkim
import pytest

from relay.authentication.arc import arc_sets, seal_digests
from relay.authentication.dkim_verify import Letter
from relay.authentication.public_keys import public_key
from relay.message.write.dkim_sign import new_rsa_key, public_record

PEM = new_rsa_key()
LETTER = b"From: <ann@home.example>\r\nTo: <x@relay.example>\r\nSubject: s\r\n\r\nHello\r\n"


def seal(content: bytes, server: str, results: str) -> bytes:
    found = f"Authentication-Results: {server}; {results}\r\n".encode() + content
    fields = dkim.arc_sign(
        found, b"k", server.encode(), PEM.encode(), server.encode(), include_headers=[b"from", b"subject"]
    )
    return b"".join(fields) + content


ONCE = seal(LETTER, "a.example", "dmarc=pass header.from=home.example")
TWICE = seal(ONCE, "b.example", "arc=pass")


def without(content: bytes, name: bytes, instance: int) -> bytes:
    found, count = re.subn(
        rb"(?m)^" + name + rb": i=%d;(?:.*\r\n(?=[ \t]))*.*\r\n" % instance, b"", content, flags=re.IGNORECASE
    )
    assert count == 1
    return found


def test_a_whole_chain_is_read_in_order_and_its_seals_hold() -> None:
    sets = arc_sets(Letter.of(TWICE))
    assert [one.domain for one in sets] == ["a.example", "b.example"]
    assert sets[0].results.split() == ["a.example;", "dmarc=pass", "header.from=home.example"]
    key, other = public_key([public_record(PEM)]), public_key([public_record(new_rsa_key())])
    assert key is not None
    assert other is not None
    for one, digest in zip(sets, seal_digests(sets), strict=True):
        assert key.signed(digest, one.value)
        assert not other.signed(digest, one.value)
    assert not key.signed(seal_digests((sets[0], sets[0]))[1], sets[0].value)


BROKEN = {
    "no chain": LETTER,
    "its results missing": without(ONCE, b"ARC-Authentication-Results", 1),
    "its signature missing": without(ONCE, b"ARC-Message-Signature", 1),
    "its seal missing": without(ONCE, b"ARC-Seal", 1),
    "the first set missing": without(
        without(without(TWICE, b"ARC-Authentication-Results", 1), b"ARC-Message-Signature", 1), b"ARC-Seal", 1
    ),
    "a set twice": seal(LETTER, "a.example", "none").removesuffix(LETTER) + ONCE,
    "a seal twice": b"ARC-Seal: i=1; a=rsa-sha256; cv=none; d=a.example; s=k; b=AAAA\r\n" + ONCE,
    "a first that claims one before": ONCE.replace(b"cv=none", b"cv=pass"),
    "a second that knows of none": TWICE.replace(b"cv=pass", b"cv=none"),
    "a second that found it broken": TWICE.replace(b"cv=pass", b"cv=fail"),
    "an instance that is no number": ONCE.replace(b"i=1;", b"i=one;"),
    "an instance beyond all others": b"ARC-Seal: i=51; cv=pass\r\n" + ONCE,
    "header fields under the seal": ONCE.replace(b"cv=none", b"cv=none; h=from"),
    "a weak algorithm": ONCE.replace(b"a=rsa-sha256", b"a=rsa-sha1"),
    "rubbish": b"ARC-Seal: \xff\r\n" + ONCE,
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_a_chain_that_is_not_whole_is_none(content: bytes) -> None:
    assert arc_sets(Letter.of(content)) == ()


def test_there_are_never_more_than_fifty() -> None:
    fields = b"".join(b"ARC-Seal: i=%d; cv=pass; d=a.example; s=k; a=rsa-sha256; b=AAAA\r\n" % n for n in range(1, 90))
    assert arc_sets(Letter.of(fields + LETTER)) == ()
