"""Which hosts take a domain's mail, in which order, and at which addresses (RFC 5321 5.1, RFC 7505)."""

from __future__ import annotations

import pytest

from relay.dns.resolver import DnsTrouble, HostAddresses, LoopsBack, MailHosts, NoSuchDomain, NullMx, Resolver, Tlsa
from relay.settings import Address, DnsSettings

OURS = "mx.relay.example.org"


async def test_hosts_come_in_order_of_preference_and_equals_are_shuffled(name_server) -> None:  # type: ignore[no-untyped-def]
    where = await name_server({("far.example", "MX"): ["20 c.", "10 A.", "10 b.", "30 ."]})
    resolver = Resolver(DnsSettings(nameservers=(where,)), "mx.relay.example.org")
    orders = {(await resolver.exchangers("far.example")).hosts for _ in range(60)}
    assert orders == {("a", "b", "c"), ("b", "a", "c")}


async def test_hosts_no_better_than_ourselves_are_left_out(name_server) -> None:  # type: ignore[no-untyped-def]
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
async def test_what_takes_the_mail_of_a_domain(zone: dict[object, object], hosts: object, name_server) -> None:  # type: ignore[no-untyped-def]
    resolver = Resolver(DnsSettings(nameservers=(await name_server(zone),)), OURS)
    if isinstance(hosts, list):
        assert await resolver.exchangers("far.example") == MailHosts(tuple(hosts), secure=False)
    else:
        with pytest.raises(hosts):  # type: ignore[call-overload]
            await resolver.exchangers("far.example")


async def test_addresses_are_found_ipv4_first_and_trouble_is_told_from_none(name_server) -> None:  # type: ignore[no-untyped-def]
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


async def ask(name_server, dnssec: str = "validated", **more: object) -> Resolver:  # type: ignore[no-untyped-def]
    where = await name_server(PROVEN | more)
    return Resolver(DnsSettings(nameservers=(where,), dnssec=dnssec), OURS)


async def test_what_the_resolver_has_proved_is_secure(name_server) -> None:  # type: ignore[no-untyped-def]
    resolver = await ask(name_server)
    assert await resolver.exchangers("far.example") == MailHosts(("a.far.example",), secure=True)
    assert await resolver.exchangers("a.far.example") == MailHosts(("a.far.example",), secure=True), "there is no MX"
    found = await resolver.addresses("a.far.example")
    assert found == HostAddresses(("192.0.2.1", "2001:db8::1"), ("a.far.example",))
    assert await resolver.tlsa("a.far.example", 25) == (RECORD,)
    assert await resolver.tlsa("a.far.example", 26) == (), "DNSSEC proves that there is none"


async def test_what_it_has_not_proved_is_not(name_server) -> None:  # type: ignore[no-untyped-def]
    resolver = await ask(name_server, secure=())
    assert not (await resolver.exchangers("far.example")).secure
    assert (await resolver.addresses("a.far.example")).bases == ()
    assert await resolver.tlsa("a.far.example", 25) == ()


async def test_the_word_of_a_resolver_that_nobody_vouches_for_counts_for_nothing(name_server) -> None:  # type: ignore[no-untyped-def]
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
async def test_an_alias_may_have_records_below_either_name(host, secure, bases, name_server) -> None:  # type: ignore[no-untyped-def]
    assert (await (await ask(name_server, secure=secure)).addresses(host)).bases == bases


@pytest.mark.parametrize("trouble", ["SERVFAIL", "silence"])
async def test_records_that_somebody_tampered_with_are_trouble_and_not_none(
    trouble: str, name_server, monkeypatch: pytest.MonkeyPatch
) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr("relay.dns.resolver._PATIENCE", 1.0)
    resolver = await ask(name_server, **{"_25._tcp.a.far.example": trouble})
    with pytest.raises(DnsTrouble):
        await resolver.tlsa("a.far.example", 25)
