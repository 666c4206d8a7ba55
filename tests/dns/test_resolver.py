"""Which hosts take a domain's mail, in which order, and at which addresses (RFC 5321 5.1, RFC 7505)."""

from __future__ import annotations

import pytest

from relay.dns.resolver import DnsTrouble, LoopsBack, NoSuchDomain, NullMx, Resolver
from relay.settings import Address, DnsSettings

OURS = "mx.relay.example.org"


async def test_hosts_come_in_order_of_preference_and_equals_are_shuffled(name_server) -> None:  # type: ignore[no-untyped-def]
    where = await name_server({("far.example", "MX"): ["20 c.", "10 A.", "10 b.", "30 ."]})
    resolver = Resolver(DnsSettings(nameservers=(where,)), "mx.relay.example.org")
    orders = {tuple(await resolver.exchangers("far.example")) for _ in range(60)}
    assert orders == {("a", "b", "c"), ("b", "a", "c")}


async def test_hosts_no_better_than_ourselves_are_left_out(name_server) -> None:  # type: ignore[no-untyped-def]
    zone: dict[object, object] = {("far.example", "MX"): ["10 a.", "20 MX.relay.example.org.", "20 b.", "30 c."]}
    where: Address = await name_server(zone)
    assert await Resolver(DnsSettings(nameservers=(where,)), "mx.relay.example.org").exchangers("far.example") == ["a"]
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
        assert await resolver.exchangers("far.example") == hosts
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
    assert await resolver.addresses("both.example") == ["192.0.2.1", "2001:db8::1"]
    for name in ("none.example", "gone.example"):
        with pytest.raises(NoSuchDomain):
            await resolver.addresses(name)
    with pytest.raises(DnsTrouble):
        await resolver.addresses("ill.example")
