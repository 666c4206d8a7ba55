"""The DNS records as zone file lines, and the checks that find them, or their faults, in DNS."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.zone
import pytest
import pytest_asyncio

from relay.home import Home
from relay.operations.dkim_rotation import signing_records
from relay.operations.dns_check import check_dns
from relay.operations.dns_records import Record, records, remarks
from relay.operations.findings import Finding, Level
from relay.settings import Address, DeliverySettings, DnsSettings, Settings, SmtpSettings
from relay.settings_file import load
from relay.signing_keys import Mail


class ZoneServer(asyncio.DatagramProtocol):
    """Answers from one zone, over UDP; ``broken`` answers SERVFAIL."""

    def __init__(self, zone: dns.zone.Zone, broken: bool = False) -> None:
        self._zone, self._broken = zone, broken

    def connection_made(self, transport: Any) -> None:
        self._transport: asyncio.DatagramTransport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        question = dns.message.from_wire(data)
        answer = dns.message.make_response(question)
        answer.flags |= dns.flags.RA
        found = self._zone.get_rrset(question.question[0].name, question.question[0].rdtype)
        if self._broken:
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif found is not None:
            answer.answer.append(found)
        elif self._zone.get_node(question.question[0].name) is None:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        self._transport.sendto(answer.to_wire(), addr)


async def served(text: str, broken: bool = False) -> tuple[asyncio.DatagramTransport, tuple[Address]]:
    zone = dns.zone.from_text(f"$ORIGIN .\n@ 60 IN SOA a. b. 1 1 1 1 1\n@ 60 IN NS a.\n{text}", relativize=False)
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: ZoneServer(zone, broken), ("127.0.0.1", 0))
    return transport, (Address("127.0.0.1", transport.get_extra_info("sockname")[1]),)


@pytest.fixture
def wanted(home: Home) -> list[Record]:
    settings = load(home.toml, {"RELAY_SMTP__HOSTNAME": "mx.relay.test"})
    return records(settings, signing_records(home, settings))


@pytest_asyncio.fixture
async def zone_lines(wanted: list[Record]) -> AsyncIterator[str]:
    yield "\n".join(record.zone_line for record in wanted) + "\n"


def test_the_records_are_mx_spf_dkim_and_dmarc(wanted: list[Record]) -> None:
    found = {(record.name, record.type): record.value for record in wanted}
    assert found["relay.test", "MX"] == "10 mx.relay.test"
    assert found["relay.test", "TXT"] == "v=spf1 mx -all"
    assert found["mx.relay.test", "TXT"] == "v=spf1 a -all"
    assert found["relay-rsa._domainkey.relay.test", "TXT"].startswith("v=DKIM1; k=rsa; p=")
    assert found["relay-ed25519._domainkey.relay.test", "TXT"].startswith("v=DKIM1; k=ed25519; p=")
    assert found["_dmarc.relay.test", "TXT"] == "v=DMARC1; p=reject; adkim=s; aspf=s; rua=mailto:dmarc@relay.test"
    assert found["programme-rsa._domainkey.relay.test", "TXT"].startswith("v=DKIM1; k=rsa; p=")
    assert found["programme-ed25519._domainkey.relay.test", "TXT"].startswith("v=DKIM1; k=ed25519; p=")
    assert len(found) == len(wanted) == 8


def test_no_record_holds_a_private_key(wanted: list[Record], home: Home) -> None:
    shown = "".join(record.zone_line for record in wanted).replace('" "', "")
    for mail in Mail:
        for _, pem in home.dkim_keys(load(home.toml, {}), mail):
            for line in pem.splitlines()[1:-1]:
                assert line not in shown


@pytest.mark.parametrize(
    ("smarthost", "spf"),
    [
        (None, "v=spf1 mx -all"),
        (Address("127.0.0.1", 25), "v=spf1 mx -all"),
        (Address("::1", 25), "v=spf1 mx -all"),
        (Address("198.51.100.7", 25), "v=spf1 mx -all"),
        (Address("1.1.1.1", 25), "v=spf1 mx ip4:1.1.1.1 -all"),
        (Address("2606:4700::1", 25), "v=spf1 mx ip6:2606:4700::1 -all"),
        (Address("smtp.mail.org", 25), "v=spf1 mx a:smtp.mail.org -all"),
        (Address("localhost", 25), "v=spf1 mx -all"),
    ],
)
def test_spf_permits_the_smarthost_unless_its_address_is_private(smarthost: Address | None, spf: str) -> None:
    settings = Settings("relay.test", delivery=DeliverySettings(smarthost))
    assert records(settings, ())[1].value == spf
    assert len(remarks(settings)) == (1 if smarthost is None else 2)


def test_a_host_with_the_name_of_the_domain_needs_one_spf_record() -> None:
    assert [record.type for record in records(Settings("relay.test", SmtpSettings()), ())] == ["MX", "TXT", "TXT"]


def test_no_string_of_a_txt_record_is_longer_than_dns_allows(wanted: list[Record], zone_lines: str) -> None:
    for record in wanted:
        if record.type == "TXT":
            pieces = record.zone_line.split(" IN TXT ")[1].strip('"').split('" "')
            assert all(len(piece) <= 255 for piece in pieces)
            assert "".join(pieces) == record.value


async def checked(wanted: list[Record], zone: str, broken: bool = False) -> list[Finding]:
    transport, servers = await served(zone, broken)
    settings = Settings("relay.test", smtp=SmtpSettings(hostname="mx.relay.test"), dns=DnsSettings(servers))
    found = await check_dns(wanted, settings)
    transport.close()
    return found


HOST = (
    "mx.relay.test. 60 IN A 192.0.2.25\n"
    '_mta-sts.relay.test. 60 IN TXT "v=STSv1; id=1"\n'
    '_smtp._tls.relay.test. 60 IN TXT "v=TLSRPTv1; rua=mailto:tls@other.test"\n'
)
REVERSE = "25.2.0.192.in-addr.arpa. 60 IN PTR mx.relay.test.\n"


async def test_published_records_are_found(wanted: list[Record], zone_lines: str) -> None:
    found = await checked(wanted, zone_lines + HOST + REVERSE)
    assert [finding.level for finding in found] == [Level.OK] * 11


@pytest.mark.parametrize(
    ("zone", "level", "what"),
    [
        (HOST, Level.ERROR, "192.0.2.25 has no reverse name"),
        (HOST + REVERSE.replace("mx.relay", "pool7.isp"), Level.ERROR, "has the reverse name pool7.isp.test"),
        ("", Level.ERROR, "mx.relay.test has no address"),
        ("", Level.WARNING, "_mta-sts.relay.test is missing"),
        ("", Level.WARNING, "_smtp._tls.relay.test is missing"),
    ],
)
async def test_missing_host_and_tls_records_are_reported(
    wanted: list[Record], zone_lines: str, zone: str, level: Level, what: str
) -> None:
    found = await checked(wanted, zone_lines + zone)
    (finding,) = [finding for finding in found if what in finding.what]
    assert finding.level is level
    assert finding.remedy


async def test_missing_and_different_records_are_reported(wanted: list[Record]) -> None:
    zone = (
        "relay.test. 60 IN MX 10 elsewhere.test.\n"
        'relay.test. 60 IN TXT "google-site-verification=x"\n'
        'mx.relay.test. 60 IN TXT "v=spf1 ip4:192.0.2.1 -all"\n'
        'relay-rsa._domainkey.relay.test. 60 IN TXT "v=DKIM1; k=rsa; p=AAAA"\n'
        "relay-ed25519._domainkey.relay.test. 60 IN A 127.0.0.1\n"
        '_dmarc.relay.test. 60 IN TXT "v=DMARC1; p=none"\n'
    )
    found = (await checked(wanted, zone))[:8]
    assert [(finding.level, finding.what.partition(":")[0]) for finding in found] == [
        (Level.ERROR, "MX relay.test is not correct"),
        (Level.ERROR, "TXT relay.test is missing"),
        (Level.WARNING, "TXT mx.relay.test differs from what relay needs"),
        (Level.ERROR, "TXT relay-rsa._domainkey.relay.test is another key, an old one or another relay's"),
        (Level.ERROR, "TXT relay-ed25519._domainkey.relay.test is missing"),
        (Level.ERROR, "TXT programme-rsa._domainkey.relay.test is missing"),
        (Level.ERROR, "TXT programme-ed25519._domainkey.relay.test is missing"),
        (Level.WARNING, "TXT _dmarc.relay.test differs from what relay needs"),
    ]
    assert all(finding.remedy for finding in found)


@pytest.mark.parametrize(
    ("value", "level"),
    [
        ("v=DMARC1; p=reject; adkim=s; aspf=s; rua=mailto:dmarc@reports.example", Level.OK),
        ("v=DMARC1;p=quarantine", Level.OK),
        ("V=DMARC1; P=Reject; pct=100", Level.OK),
        ("v=DMARC1; p=reject; pct=50", Level.WARNING),
        ("v=DMARC1; p=none; rua=mailto:dmarc@reports.example", Level.WARNING),
        ("v=DMARC1; sp=reject", Level.ERROR),
    ],
)
async def test_a_dmarc_record_may_say_more_but_not_let_others_in(
    value: str, level: Level, wanted: list[Record]
) -> None:
    (dmarc,) = [record for record in wanted if record.name.startswith("_dmarc.")]
    found = await checked([dmarc], f'{dmarc.name}. 60 IN TXT "{value}"\n')
    assert found[0].level is level


async def test_a_resolver_that_answers_nothing_is_one_error(wanted: list[Record]) -> None:
    (found,) = await checked(wanted, "", broken=True)
    assert found.level is Level.ERROR
    assert found.what == "the DNS resolver 127.0.0.1 does not answer"
    assert "dns.nameservers" in found.remedy


async def test_a_single_record_without_an_answer_is_a_warning(
    wanted: list[Record], name_server: Callable[..., Awaitable[Address]]
) -> None:
    server = await name_server({("", "SOA"): ["a. b. 1 1 1 1 1"], "relay.test": "SERVFAIL"})
    settings = Settings("relay.test", smtp=SmtpSettings(hostname="mx.relay.test"), dns=DnsSettings((server,)))
    found = (await check_dns(wanted[:1], settings))[0]
    assert found.level is Level.WARNING
    assert "no answer from DNS" in found.what


@pytest.mark.parametrize(
    ("smarthost", "said"),
    [
        (Address("127.0.0.1", 25), "if its addresses are not those of the MX"),
        (Address("smtp.example.net", 587), "add the addresses it sends from"),
    ],
)
def test_a_mail_server_on_this_machine_is_told_apart_from_another_in_what_spf_must_hold(
    smarthost: Address, said: str
) -> None:
    found = remarks(Settings(domain="relay.test", delivery=DeliverySettings(smarthost=smarthost)))
    assert said in found[-1]
