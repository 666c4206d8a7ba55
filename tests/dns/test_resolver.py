"""The hosts that accept mail for a domain, their order and their addresses (RFC 5321 5.1, RFC 7505)."""

from __future__ import annotations

import pytest

from relay.dns.resolver import DnsTrouble, HostAddresses, LoopsBack, MailHosts, NoSuchDomain, NullMx, Resolver, Tlsa
from relay.settings import Address, DnsSettings

OURS = "mx.relay.example.org"


async def test_hosts_come_in_order_of_preference_and_equals_are_shuffled(name_server) -> None:
    where = await name_server({("far.example", "MX"): ["20 c.", "10 A.", "10 b.", "30 ."]})
    resolver = Resolver(DnsSettings(nameservers=(where,)), "mx.relay.example.org")
    orders = {(await resolver.exchangers("far.example")).hosts for _ in range(60)}
    assert orders == {("a", "b", "c"), ("b", "a", "c")}


async def test_hosts_with_no_better_preference_than_our_own_are_left_out(name_server) -> None:
    zone: dict[object, object] = {("far.example", "MX"): ["10 a.", "20 MX.relay.example.org.", "20 b.", "30 c."]}
    where: Address = await name_server(zone)
    resolver = Resolver(DnsSettings(nameservers=(where,)), "mx.relay.example.org")
    assert (await resolver.exchangers("far.example")).hosts == ("a",)
    with pytest.raises(LoopsBack):
        await Resolver(DnsSettings(nameservers=(where,)), "a").exchangers("far.example")


@pytest.mark.parametrize(
    ("zone", "hosts"),
    [
        ({("far.example", "A"): ["192.0.2.1"]}, ["far.example"]),
        ({("far.example", "MX"): ["10 a.far.example."]}, ["a.far.example"]),
        ({("far.example", "MX"): ["0 ."]}, NullMx),
        ({}, NoSuchDomain),
        ({"far.example": "SERVFAIL"}, DnsTrouble),
    ],
)
async def test_the_hosts_of_a_domain_are_as_rfc_5321_says(
    zone: dict[object, object], hosts: object, name_server
) -> None:
    resolver = Resolver(DnsSettings(nameservers=(await name_server(zone),)), OURS)
    if isinstance(hosts, list):
        assert await resolver.exchangers("far.example") == MailHosts(tuple(hosts), secure=False)
    else:
        with pytest.raises(hosts):  # type: ignore[call-overload]
            await resolver.exchangers("far.example")


async def test_addresses_come_ipv4_first_and_a_failed_query_is_not_an_empty_answer(name_server) -> None:
    zone: dict[object, object] = {
        ("both.example", "A"): ["192.0.2.1"],
        ("both.example", "AAAA"): ["2001:db8::1"],
        ("none.example", "TXT"): ['"x"'],
        "ill.example": "SERVFAIL",
    }
    resolver = Resolver(DnsSettings(nameservers=(await name_server(zone),)), OURS)
    assert await resolver.addresses("both.example") == HostAddresses(("192.0.2.1", "2001:db8::1"), ())
    for name in ("none.example", "gone.example"):
        with pytest.raises(NoSuchDomain):
            await resolver.addresses(name)
    with pytest.raises(DnsTrouble):
        await resolver.addresses("ill.example")


PROVEN: dict[object, object] = {
    ("far.example", "MX"): ["10 a.far.example."],
    ("a.far.example", "A"): ["192.0.2.1"],
    ("a.far.example", "AAAA"): ["2001:db8::1"],
    ("_25._tcp.a.far.example", "TLSA"): ["3 1 1 " + "ab" * 32],
    ("alias.far.example", "CNAME"): ["host.away.example."],
    ("inner.far.example", "CNAME"): ["a.far.example."],
    ("host.away.example", "A"): ["192.0.2.2"],
    ("gone.far.example", "TXT"): ['"x"'],
    "secure": ("far.example",),
}
RECORD = Tlsa(3, 1, 1, b"\xab" * 32)


async def ask(name_server, dnssec: str = "validated", **more: object) -> Resolver:
    where = await name_server(PROVEN | more)
    return Resolver(DnsSettings(nameservers=(where,), dnssec=dnssec), OURS)


async def test_an_answer_with_the_ad_bit_is_secure(name_server) -> None:
    resolver = await ask(name_server)
    assert await resolver.exchangers("far.example") == MailHosts(("a.far.example",), secure=True)
    assert await resolver.exchangers("a.far.example") == MailHosts(("a.far.example",), secure=True), "there is no MX"
    found = await resolver.addresses("a.far.example")
    assert found == HostAddresses(("192.0.2.1", "2001:db8::1"), ("a.far.example",))
    assert await resolver.tlsa("a.far.example", 25) == (RECORD,)
    assert await resolver.tlsa("a.far.example", 26) == (), "DNSSEC proves that there is none"


async def test_an_answer_without_the_ad_bit_is_not_secure(name_server) -> None:
    resolver = await ask(name_server, secure=())
    assert not (await resolver.exchangers("far.example")).secure
    assert (await resolver.addresses("a.far.example")).bases == ()
    assert await resolver.tlsa("a.far.example", 25) == ()


async def test_the_ad_bit_is_ignored_unless_the_settings_trust_the_resolver(name_server) -> None:
    resolver = await ask(name_server, "ignored")
    assert not (await resolver.exchangers("far.example")).secure
    assert (await resolver.addresses("a.far.example")).bases == ()
    assert await resolver.tlsa("a.far.example", 25) == ()


@pytest.mark.parametrize(
    ("host", "secure", "bases"),
    [
        ("inner.far.example", ("far.example",), ("a.far.example", "inner.far.example")),
        ("alias.far.example", ("far.example", "away.example"), ("host.away.example", "alias.far.example")),
        ("alias.far.example", ("far.example",), ("alias.far.example",)),
        ("alias.far.example", ("away.example",), ()),
        ("alias.far.example", (), ()),
    ],
)
async def test_a_cname_may_have_tlsa_records_below_either_name(host, secure, bases, name_server) -> None:
    assert (await (await ask(name_server, secure=secure)).addresses(host)).bases == bases


@pytest.mark.parametrize("trouble", ["SERVFAIL", "silence"])
async def test_tlsa_records_that_fail_validation_are_an_error_and_not_an_empty_answer(
    trouble: str, name_server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("relay.dns.resolver._TIMEOUT", 1.0)
    resolver = await ask(name_server, **{"_25._tcp.a.far.example": trouble})
    with pytest.raises(DnsTrouble):
        await resolver.tlsa("a.far.example", 25)
