"""DANE: which TLSA records are usable, whether certificates match them, and when a letter is not sent (RFC 7672)."""

from __future__ import annotations

import asyncio
import hashlib
import random
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from relay.dns.resolver import Tlsa
from relay.outcomes import Deferred, Outcome, Sent
from relay.settings import DeliverySettings, DnsSettings, Settings, SmtpSettings
from relay.smtp.client.dane import matched, usable
from relay.smtp.client.send import Sender

from ...conftest import Authority, Issued

NOW = datetime.now(UTC)
MX = "a.far.example"
FORMS = [(selector, matching) for selector in (0, 1) for matching in (0, 1, 2)]


def der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.DER)


def record(certificate: x509.Certificate, usage: int, selector: int = 1, matching: int = 1) -> Tlsa:
    """The record that a mail server's operator would publish."""
    key = certificate.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    selected = key if selector else der(certificate)
    made = {0: bytes, 1: lambda octets: hashlib.sha256(octets).digest(), 2: lambda o: hashlib.sha512(o).digest()}
    return Tlsa(usage, selector, matching, made[matching](selected))


@pytest.fixture(scope="module")
def server(authority: Authority) -> Issued:
    return authority.issue(MX)


def chain(server: Issued, authority: Authority) -> tuple[bytes, ...]:
    return der(server.certificate), der(authority.certificate)


@pytest.mark.parametrize(("selector", "matching"), FORMS)
def test_dane_ee_matches_the_server_certificate_in_every_form(
    selector: int, matching: int, server: Issued, authority: Authority
) -> None:
    fits = record(server.certificate, 3, selector, matching)
    assert usable([fits]) == {fits}
    assert matched([fits], chain(server, authority), (MX,), NOW) == "dane-ee"
    assert matched([fits], chain(server, authority)[:1], (), NOW + timedelta(days=900)) == "dane-ee", "(RFC 7672 3.1.1)"
    other = authority.issue(MX)
    assert matched([fits], chain(other, authority), (MX,), NOW) == ""
    assert matched([fits, record(other.certificate, 3)], chain(other, authority), (MX,), NOW) == "dane-ee"


@pytest.mark.parametrize(("selector", "matching"), FORMS)
def test_dane_ta_matches_the_authority_in_every_form(
    selector: int, matching: int, server: Issued, authority: Authority, tmp_path: Path
) -> None:
    fits = record(authority.certificate, 2, selector, matching)
    shown = chain(server, authority)
    assert matched([fits], shown, (MX,), NOW) == "dane-ta"
    assert matched([fits], shown, ("other.example", MX), NOW) == "dane-ta"
    assert matched([fits], shown, ("other.example",), NOW) == "", "another name"
    assert matched([fits], shown, (MX,), NOW + timedelta(days=2)) == "", "expired"
    assert matched([fits], shown, (MX,), NOW - timedelta(days=2)) == "", "not yet valid"
    written = (selector, matching) == (0, 0)  # the record contains the authority's certificate
    assert matched([fits], shown[:1], (MX,), NOW) == ("dane-ta" if written else "")
    another = Authority(tmp_path, "Another")
    impostor = another.issue(MX)
    assert matched([fits], chain(impostor, another), (MX,), NOW) == ""
    assert matched([fits], (der(impostor.certificate), shown[1]), (MX,), NOW) == "", "an authority that signed nothing"
    assert matched([fits], (der(impostor.certificate), der(another.certificate), shown[1]), (MX,), NOW) == ""


def test_a_wildcard_certificate_matches_one_label(authority: Authority) -> None:
    fits = record(authority.certificate, 2)
    for names, way in ((("*.far.example",), "dane-ta"), (("*.example",), ""), (("far.example",), "")):
        assert matched([fits], chain(authority.issue(*names), authority), (MX,), NOW) == way


def test_a_record_for_an_authority_does_not_match_a_server_and_the_other_way_round(
    server: Issued, authority: Authority
) -> None:
    """Usage 2 names the signer, usage 3 the server (RFC 7672 3.1)."""
    assert matched([record(server.certificate, 2)], chain(server, authority), (MX,), NOW) == ""
    assert matched([record(authority.certificate, 3)], chain(server, authority), (MX,), NOW) == ""


@pytest.mark.parametrize(
    ("usage", "selector", "matching", "length"),
    [
        (0, 1, 1, 32), (1, 1, 1, 32), (4, 1, 1, 32), (255, 1, 1, 32), (3, 2, 1, 32), (3, 1, 3, 32), (3, 1, 1, 31),
        (3, 1, 1, 33), (3, 1, 1, 0), (3, 1, 2, 32), (3, 1, 2, 63), (3, 0, 0, 0), (2, 255, 0, 10),
    ],
)  # fmt: skip
def test_an_unusable_record_is_left_out(usage: int, selector: int, matching: int, length: int) -> None:
    assert usable([Tlsa(usage, selector, matching, bytes(length))]) == frozenset()


def test_only_the_strongest_digest_is_used(server: Issued, authority: Authority) -> None:
    """An attacker who breaks SHA-256 gains nothing when SHA-512 is published too (RFC 7671 9)."""
    weak, strong = record(server.certificate, 3, 1, 1), record(server.certificate, 3, 1, 2)
    full, other = record(server.certificate, 3, 1, 0), record(server.certificate, 3, 0, 1)
    assert usable([weak, strong]) == {strong}
    assert usable([weak, strong, full, other]) == {strong, full, other}
    stale = Tlsa(3, 1, 2, bytes(64))
    assert matched(usable([weak, stale]), chain(server, authority), (MX,), NOW) == ""


def test_broken_certificates_match_nothing_and_raise_nothing(server: Issued, authority: Authority) -> None:
    records = [record(server.certificate, usage, *form) for usage in (2, 3) for form in FORMS if form != (0, 0)]
    whole, draw = chain(server, authority), random.Random(7)
    assert matched(records, (), (MX,), NOW) == ""
    for _ in range(2000):
        broken = bytearray(whole[0])
        for _ in range(draw.randint(1, 4)):
            broken[draw.randrange(len(broken))] = draw.randrange(256)
        cut = bytes(broken[: draw.randint(0, len(broken))])
        matched(records, (cut, whole[1]), (MX,), NOW)
        matched(records, (whole[1], cut), (MX,), NOW)


@pytest.mark.parametrize("private", [rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP384R1())])
def test_the_public_key_of_a_certificate_is_found_whatever_its_size(private: rsa.RSAPrivateKey) -> None:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "x" * 60)] * 5)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(private.public_key())
    builder = builder.serial_number(2**158).not_valid_before(NOW).not_valid_after(NOW + timedelta(days=1))
    from cryptography.hazmat.primitives.hashes import SHA256

    made = builder.sign(private, SHA256())
    assert matched([record(made, 3, 1, 0)], (der(made),), (), NOW) == "dane-ee"


# -- letters


Start = Callable[..., Awaitable[Sender]]
HOST = "127.0.0.1"


def text(*records: Tlsa) -> list[str]:
    return [f"{one.usage} {one.selector} {one.matching} {one.data.hex()}" for one in records]


@pytest.fixture
async def sender(name_server, kept) -> AsyncIterator[Start]:  # type: ignore[no-untyped-def]
    """Makes a sender for far.example, whose MX is a.far.example with these TLSA records; DNSSEC proves all of it."""
    senders: list[Sender] = []

    async def make(port: int, tlsa: Sequence[str], tls: str = "offered", **zone: object) -> Sender:
        known: dict[object, object] = {
            ("far.example", "MX"): ["10 a.far.example."],
            ("a.far.example", "A"): [HOST],
            "secure": ("far.example",),
        }
        if tlsa:
            known[f"_{port}._tcp.a.far.example", "TLSA"] = list(tlsa)
        where = await name_server(known | {tuple(k.split(" ")) if " " in k else k: v for k, v in zone.items()})
        settings = Settings(
            domain="relay.example.org",
            smtp=SmtpSettings(hostname="mx.relay.example.org"),
            delivery=DeliverySettings(smarthost=None, timeout=5.0, tls=tls),
            dns=DnsSettings(nameservers=(where,), dnssec="validated"),
        )
        senders.append(Sender(settings, kept, now=lambda: datetime.now(UTC), port=port))
        return senders[-1]

    yield make
    for one in senders:
        await one.close()
    await asyncio.sleep(0.02)


def send(sender: Sender, to: str = "bea@far.example") -> Awaitable[Outcome]:
    return sender.send(recipient=to, return_path="b-1@relay.example.org", content=b"Subject: x\r\n\r\nprivate\r\n")


async def server_of(far_server, context: ssl.SSLContext | None, **more: object):  # type: ignore[no-untyped-def]
    return await far_server(offers=("STARTTLS",) if context else (), tls=context, **more)


@pytest.mark.parametrize("usage", [2, 3])
@pytest.mark.parametrize("tls", ["offered", "required"])
async def test_a_letter_goes_to_a_server_that_matches_its_tlsa_records(
    tls, usage, far_server, sender, server, authority
) -> None:  # type: ignore[no-untyped-def]
    far = await server_of(far_server, server.context)
    whose = server if usage == 3 else authority
    one = await sender(far.port, text(record(whose.certificate, usage)), tls)
    way = {2: "dane-ta", 3: "dane-ee"}[usage]
    assert [await send(one) for _ in range(2)] == [Sent("250 2.0.0", way)] * 2
    assert far.encrypted == [True, True] and far.connections == 1


@pytest.mark.parametrize("tls", ["offered", "required"])
@pytest.mark.parametrize("attack", ["another certificate", "no STARTTLS", "STARTTLS fails", "no chain"])
async def test_a_letter_does_not_go_to_a_server_that_does_not_match(
    attack, tls, far_server, sender, server, authority
) -> None:  # type: ignore[no-untyped-def]
    """Also with tls = "offered": TLSA records require TLS (RFC 7672 2.2)."""
    usage = 2 if attack == "no chain" else 3
    shown = {"another certificate": authority.issue(MX), "no chain": authority.issue(MX, chain=False)}.get(attack)
    script = {"STARTTLS": "454 4.7.0 not now"} if attack == "STARTTLS fails" else {}
    far = await server_of(far_server, None if attack == "no STARTTLS" else (shown or server).context, **script)
    whose = authority if usage == 2 else server
    one = await sender(far.port, text(record(whose.certificate, usage)), tls)
    status = "dane 4.7.5" if shown else "dane 4.7.10"
    assert [await send(one) for _ in range(2)] == [Deferred(status)] * 2
    assert not far.letters and not any("MAIL" in line for line in far.lines)


async def test_nothing_is_sent_while_the_tlsa_lookup_fails(far_server, sender, server) -> None:  # type: ignore[no-untyped-def]
    """An attacker who cannot forge the records can still suppress them (RFC 7672 2.1.2)."""
    far = await server_of(far_server, server.context)
    one = await sender(far.port, [], **{f"_{far.port}._tcp.a.far.example": "SERVFAIL"})
    assert await send(one) == Deferred("dane 4.4.3")
    assert far.connections == 0


async def test_unusable_records_require_tls_with_any_certificate(far_server, sender, server) -> None:  # type: ignore[no-untyped-def]
    far = await server_of(far_server, server.context)
    assert await send(await sender(far.port, ["1 1 1 " + "00" * 32])) == Sent("250 2.0.0", "encrypted")
    clear = await server_of(far_server, None)
    assert await send(await sender(clear.port, ["0 0 9 00"])) == Deferred("dane 4.7.10")


@pytest.mark.parametrize("secure", [(), ("elsewhere.example",)])
async def test_tlsa_records_without_dnssec_are_ignored(secure, far_server, sender, server) -> None:  # type: ignore[no-untyped-def]
    far = await server_of(far_server, server.context)
    one = await sender(far.port, ["3 1 1 " + "00" * 32], secure=secure)
    assert await send(one) == Sent("250 2.0.0", "opportunistic")


async def test_tlsa_records_of_a_host_from_an_insecure_mx_are_ignored(far_server, sender, server) -> None:  # type: ignore[no-untyped-def]
    """The MX record may be forged, so TLSA records of its host prove nothing (RFC 7672 2.2.1)."""
    far = await server_of(far_server, server.context)
    zone = {"other.example MX": ["10 a.far.example."]}
    one = await sender(far.port, text(record(server.certificate, 3)), **zone)
    assert await send(one, "bea@other.example") == Sent("250 2.0.0", "opportunistic")


async def test_the_next_server_is_tried_when_the_first_does_not_match(far_server, sender, server, authority) -> None:  # type: ignore[no-untyped-def]
    second = await server_of(far_server, server.context, host="127.0.0.3")
    await server_of(far_server, authority.issue(MX).context, host="127.0.0.2", port=second.port)
    records = text(record(server.certificate, 3))
    one = await sender(
        second.port,
        records,
        **{
            "far.example MX": ["10 a.far.example.", "20 b.far.example."],
            "a.far.example A": ["127.0.0.2"],
            "b.far.example A": ["127.0.0.3"],
            f"_{second.port}._tcp.b.far.example TLSA": records,
        },
    )
    assert await send(one) == Sent("250 2.0.0", "dane-ee")


async def test_sni_is_the_tlsa_base_domain(far_server, sender, authority, server) -> None:  # type: ignore[no-untyped-def]
    """The MX host is an alias: the name it leads to has the records, and is the SNI (RFC 7672 2.2.2, 8.1)."""
    final = authority.issue("b.far.example")
    context, asked = authority.issue(MX).context, []

    def choose(connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
        asked.append(name)
        connection.context = final.context

    context.sni_callback = choose  # type: ignore[assignment]
    far = await server_of(far_server, context)
    one = await sender(
        far.port,
        [],
        **{
            "far.example MX": ["10 alias.far.example."],
            "alias.far.example CNAME": ["b.far.example."],
            "b.far.example A": [HOST],
            f"_{far.port}._tcp.b.far.example TLSA": text(record(authority.certificate, 2)),
        },
    )
    assert await send(one) == Sent("250 2.0.0", "dane-ta")
    assert asked == ["b.far.example"]
