"""Domains that are probably mistyped, and domains that can get no mail."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

import pytest

from relay.mentoring.mail_domains import MOST, without_mail
from relay.mentoring.mistyped import probably_meant, providers
from relay.settings import Address, DnsSettings, Settings


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("gmial.com", "gmail.com"),  # two letters exchanged
        ("gmal.com", "gmail.com"),  # one missing
        ("gmaill.com", "gmail.com"),  # one too many
        ("gmail.con", "gmail.com"),  # a wrong one
        ("gmail.cm", "gmail.com"),
        ("t-onlin.de", "t-online.de"),
        ("laposte.ent", "laposte.net"),
        ("wbe.de", "web.de"),
        ("gmx.de", ""),  # a provider, though near to gmx.fr
        ("mail.com", ""),
        ("hotmail.fi", ""),  # the provider's name in another country
        ("web.dk", ""),  # too short to say
        ("northbank.example", ""),
        ("gmail.com.evil.example", ""),
        ("", ""),
        ("a", ""),
    ],
)
def test_one_mistake_away_from_a_provider_is_probably_mistyped(typed: str, meant: str) -> None:
    assert probably_meant(typed) == meant


def test_no_provider_is_taken_for_another() -> None:
    assert len(providers()) > 200
    assert [domain for domain in providers() if probably_meant(domain)] == []
    assert all(domain == domain.lower().strip() and "." in domain for domain in providers())


async def test_domains_without_mx_and_address_are_found(name_server: Callable[..., Awaitable[Address]]) -> None:
    server = await name_server(
        {
            ("mx.test", "MX"): ["10 mail.mx.test."],
            ("null.test", "MX"): ["0 ."],
            ("address.test", "A"): ["127.0.0.1"],
            ("txt.test", "TXT"): ['"x"'],
            "broken.test": "SERVFAIL",
        }
    )
    domains = ["mx.test", "null.test", "address.test", "txt.test", "broken.test", "none.test", "bücher.test"]
    settings = Settings("relay.test", dns=DnsSettings(nameservers=(server,)))
    assert await without_mail(domains, settings) == ["null.test", "txt.test", "none.test", "bücher.test"]
    assert await without_mail([], settings) == []


async def test_a_resolver_that_is_silent_costs_little_and_finds_nothing(
    name_server: Callable[..., Awaitable[Address]],
) -> None:
    domains = [f"d{number}.test" for number in range(3 * MOST)]
    server = await name_server(dict.fromkeys(domains, "silence"))
    settings = Settings("relay.test", dns=DnsSettings(nameservers=(server,)))
    begun = time.monotonic()
    assert await without_mail(domains, settings, 0.2) == []
    assert time.monotonic() - begun < 2
