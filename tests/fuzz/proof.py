"""Harnesses of what proves authorship: signatures, seals, reported results, SPF, keys, and the answers of DNS."""

from __future__ import annotations

import asyncio
from typing import Any

import dns.exception
import dns.message
import dns.rdataclass
import dns.rdatatype
import dns.resolver

from relay.authentication.arc import arc_sets, seal_digests
from relay.authentication.authentication_results import read_results
from relay.authentication.dkim_verify import Letter, read_signature, signing_domain, without_value
from relay.authentication.dmarc import organisations, read_dmarc
from relay.authentication.public_keys import public_key
from relay.authentication.spf_record import NotSpfError, expanded, is_spf, read_record
from relay.authentication.tags import tags
from relay.authentication.trusted_fields import Border, trusted_results
from relay.authentication.unsigned_content import FIELDS, accounts_for_body
from relay.authentication.upstream import domain_of, reported
from relay.authentication.verdict import decide_reported
from relay.dns.cache import Answers
from relay.dns.resolver import DnsTrouble
from relay.message.dkim_canonical import body_hash, field_form
from relay.message.write.dkim_sign import new_rsa_key, public_record
from relay.settings import DnsSettings

from .harness import Harness, text_of

_RECORD = public_record(new_rsa_key())
_KEY = public_key([_RECORD])
_ORGANISATION = organisations()
_SIGNED = (
    b"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/simple; d=real.example; s=k; h=from:to:subject:date;\r\n"
    b" bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=AAAA\r\n"
)
_LETTER = _SIGNED + b"From: a@real.example\r\nTo: b@relay.example\r\nSubject: c\r\nDate: d\r\n\r\n"
_MULTIPART = (
    b"Content-Type: multipart/alternative; boundary=zz\r\n\r\n--zz\r\n\r\nHello\r\n"
    b"--zz\r\nContent-Type: text/html\r\n\r\n<p>Hello\r\n--zz--\r\n"
)
_ENCODED = b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\nSGVsbG8sIHdvcmxk\r\n"
_ARC = (
    b"ARC-Seal: i=1; a=rsa-sha256; cv=none; d=lists.example; s=k; b=AAAA\r\n"
    + b"ARC-Message-Signature: i=1;" + _SIGNED[20:]
    + b"ARC-Authentication-Results: i=1; lists.example; dmarc=pass header.from=real.example\r\n"
)  # fmt: skip


def _signatures(octets: bytes) -> None:
    letter = Letter.of(octets)
    assert _KEY is not None
    for field in letter.named("dkim-signature"):
        signing_domain(field)
        signature = read_signature(field)
        if signature is not None:
            hashed = body_hash(octets, letter.body, relaxed=signature.relaxed_body)
            assert not signature.proves(letter, hashed, _KEY, 0.0)
            signature.proves(letter, signature.body_hash, _KEY, 0.0)
            signature.in_time(letter, 0.0)
            assert len(signature.covered(letter, hashed)) == 64


def _content(octets: bytes) -> None:
    letter = Letter.of(octets)
    accounts_for_body(letter, ())
    for name in FIELDS:
        accounts_for_body(letter, (name,))
    assert accounts_for_body(letter, FIELDS)


def _seals(octets: bytes) -> None:
    sets = arc_sets(Letter.of(octets))
    assert _KEY is not None
    assert not any(_KEY.signed(digest, one.value) for one, digest in zip(sets, seal_digests(sets), strict=True))
    for one in sets:
        read_results(one.results)


def _canonical(octets: bytes) -> None:
    for relaxed in (True, False):
        field_form(octets, relaxed=relaxed)
        body_hash(octets, 0, relaxed=relaxed)
    without_value(octets)
    read_signature(octets, arc=True)


def _results(octets: bytes) -> None:
    found = read_results(text_of(octets))
    if found is not None:
        decide_reported(reported(found, "real.example"), _ORGANISATION)
    _ORGANISATION(domain_of(text_of(octets)))
    letter = Letter.of(octets)
    for border in (Border(), Border("mail.protection.outlook.com", "0f")):
        trusted_results(letter.fields, "mx.relay.example", border, _ORGANISATION)


def _spf(octets: bytes) -> None:
    text = text_of(octets)
    if not is_spf(text):
        text = "v=spf1 " + text
    record = read_record(text)
    values = dict.fromkeys("slodiphcrtv", "a.b@real.example")
    for spec in (record.redirect, *(one.domain for one in record.mechanisms)):
        if spec is not None:
            assert len(expanded(spec, values)) <= 253


def _keys(octets: bytes) -> None:
    records = text_of(octets).split("\n")
    public_key(records)
    read_dmarc(records)
    tags(text_of(octets))


class _Wire:
    """Stands where the resolver stands: its answer are the octets, read as dnspython reads them."""

    def __init__(self, octets: bytes) -> None:
        self._octets = octets

    async def resolve(self, name: Any, kind: str, **_: Any) -> dns.resolver.Answer:
        try:
            message = dns.message.from_wire(self._octets)
            if message.rcode() != 0:
                raise dns.resolver.NXDOMAIN
            return dns.resolver.Answer(name, dns.rdatatype.from_text(kind), dns.rdataclass.IN, message)
        except dns.exception.DNSException:
            raise
        except Exception as error:  # dnspython goes on to the next resolver, and then gives up
            raise dns.resolver.NoNameservers from error


def _dns(octets: bytes) -> None:
    async def ask() -> None:
        for kind in ("TXT", "A", "AAAA", "MX", "PTR"):
            answers = Answers(DnsSettings())
            answers._resolver = _Wire(octets)  # type: ignore[assignment]
            try:
                found, _ = await answers._look_up(dns.name.from_text("real.example."), kind)
            except DnsTrouble:
                continue
            assert all(isinstance(text, str) for text in found)

    asyncio.run(ask())


def _wires() -> tuple[bytes, ...]:
    made = []
    for kind, value in (
        ("TXT", '"v=spf1 -all"'), ("A", "192.0.2.1"), ("AAAA", "2001:db8::1"), ("MX", "10 mx.real.example."),
        ("PTR", "mx.real.example."),
    ):  # fmt: skip
        answer = dns.message.make_response(dns.message.make_query("real.example.", kind))
        answer.answer.append(dns.rrset.from_text("real.example.", 60, "IN", kind, value))
        made.append(answer.to_wire())
    return tuple(made)


_ASKED = ("relay.message.read.routing_headers:read_routing_headers", "relay.message.read.headers:split_whole")

HARNESSES = (
    Harness("signatures", _signatures, (_LETTER,), _ASKED),
    Harness("unsigned-content", _content, (_MULTIPART, _ENCODED), ("relay.message.read.parse:parse",)),
    Harness("seals", _seals, (_ARC + _LETTER,), _ASKED),
    Harness("canonical", _canonical, (_SIGNED, b"a \t b \r\n\r\n\r\n"), may=()),
    Harness(
        "authentication-results", _results, (b"mx.example 1; spf=pass (a(b)) smtp.mailfrom=\"a\"@b; dkim=none",),
        ("relay.authentication.authentication_results:read_results",), may=(),
    ),
    Harness(
        "spf-record", _spf, (b"v=spf1 ip4:192.0.2.0/24 include:%{d2r}.x.example exists:%{ir}.%{l1-}.y -all",),
        ("relay.authentication.spf_record:read_record",), may=(NotSpfError,),
    ),
    Harness("keys-and-tags", _keys, (_RECORD.encode(), b"v=DMARC1; p=none; adkim=s"), may=()),
    Harness("dns-answers", _dns, _wires(), may=()),
)  # fmt: skip
