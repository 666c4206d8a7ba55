"""Harnesses of what other domains publish about their mail servers: policies, answers over HTTPS, certificates."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding

from relay.dns.resolver import Tlsa
from relay.smtp.client.dane import matched, usable
from relay.smtp.client.https_get import Exchange, NotFetched
from relay.smtp.client.mta_sts import NotAPolicy, policy_id, read_policy

from .harness import Harness, text_of

_NOW = datetime(2026, 3, 1, tzinfo=UTC)
_POLICY = b"version: STSv1\nmode: enforce\nmx: mail.example.com\nmx: *.example.net\nmax_age: 604800\n"
_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n" % len(_POLICY) + _POLICY
_CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"


def _certificate() -> bytes:
    """The same each time: with this kind of key a signature has no chance in it."""
    key = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mx.far.example")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(7).not_valid_before(_NOW).not_valid_after(_NOW + timedelta(days=1))
    return builder.sign(key, None).public_bytes(Encoding.DER)


def _policy(octets: bytes) -> None:
    text = text_of(octets)
    assert len(policy_id(text.split("\n"))) <= 32
    policy = read_policy(text)
    assert all(policy.allows(one.replace("*", "x")) for one in policy.mx)
    assert policy.max_age <= timedelta(days=366)


def _answer(octets: bytes) -> None:
    exchange = Exchange("mta-sts.far.example", "/x")
    for begin in range(0, len(octets) + 1, 100):
        exchange.receive(octets[begin : begin + 100])
        text = exchange.text()
        if text is not None:
            assert len(text) <= 65536
            return


def _records(octets: bytes) -> None:
    """The octets as certificate and as record; every certificate fits the record that is made of it."""
    whole = Tlsa(3, 0, 0, octets)
    digest = Tlsa(3, 0, 1, hashlib.sha256(octets).digest())
    records = [
        Tlsa(usage, selector, kind, octets[:64]) for usage in (2, 3) for selector in (0, 1) for kind in (0, 1, 2)
    ]
    assert usable([digest]) == {digest}
    if octets:
        assert matched(usable([whole]), (octets,), (), _NOW) == "dane-ee"
    assert matched([digest], (octets,), (), _NOW) == "dane-ee"
    matched(usable(records), (octets, octets), ("mx.far.example", text_of(octets[:80])), _NOW)


HARNESSES = (
    Harness("mta-sts", _policy, (_POLICY, b"v=STSv1; id=20160831085700Z;"), may=(NotAPolicy,)),
    Harness("https-answer", _answer, (_ANSWER, _CHUNKED), may=(NotFetched,)),
    Harness("certificates", _records, (_certificate(),), may=()),
)
