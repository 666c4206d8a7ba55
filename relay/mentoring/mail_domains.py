"""Finds mail domains that can get no mail: no MX record and no address, or a null MX (RFC 5321 5.1, RFC 7505).

A bounded look: few domains, a few seconds, and no answer is no finding.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from relay.dns.resolver import DnsTrouble, LoopsBack, NoSuchDomain, NullMx, Resolver
from relay.settings import Settings

MOST = 50
"""Domains looked up at most."""
_SECONDS = 2.0
_AT_A_TIME = 10


async def without_mail(domains: Sequence[str], settings: Settings, seconds: float | None = None) -> list[str]:
    """Those of the first 50 ``domains`` that can get no mail, as far as DNS answers within ``seconds`` (default: 2)."""
    resolver, gate = Resolver(settings.dns, settings.hostname), asyncio.Semaphore(_AT_A_TIME)

    async def look(domain: str) -> str:
        async with gate:
            return "" if await _gets_mail(resolver, domain) else domain

    looks = [asyncio.create_task(look(domain)) for domain in domains[:MOST]]
    if not looks:
        return []
    done, late = await asyncio.wait(looks, timeout=_SECONDS if seconds is None else seconds)
    for one in late:
        one.cancel()
    await asyncio.gather(*late, return_exceptions=True)
    return [found for one in looks if one in done and (found := one.result())]


async def _gets_mail(resolver: Resolver, domain: str) -> bool:
    """Whether ``domain`` can get mail; True when nobody knows."""
    try:
        name = domain.encode("idna").decode("ascii")
        if (await resolver.exchangers(name)).hosts == (name,):
            await resolver.addresses(name)
    except (NoSuchDomain, NullMx):
        return False
    except (DnsTrouble, LoopsBack, UnicodeError):
        return True
    return True
