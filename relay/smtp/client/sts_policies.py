"""The MTA-STS policies of domains: announced in DNS, fetched over HTTPS, and cached (RFC 8461 3.3, 5.1)."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Protocol

from relay.dns.resolver import DnsTrouble, NoSuchDomain, Resolver
from relay.model import KeptPolicy
from relay.smtp.client.https_get import NotFetched
from relay.smtp.client.mta_sts import Mode, NotAPolicy, Policy, policy_id, read_policy

log = logging.getLogger(__name__)

_PATH = "/.well-known/mta-sts.txt"
_PAUSE = timedelta(minutes=5)
"""After a failed fetch, wait this long before the next one (RFC 8461 3.3)."""
_PAUSES = 1000  # failed fetches remembered
_RENEW_AFTER, _RENEW_EARLIEST = timedelta(days=1), timedelta(hours=1)
"""A policy is refreshed after half its max_age, within these bounds; RFC 8461 10.2 suggests once a day."""
_UNUSED = timedelta(days=90)
"""A policy is not refreshed when no letter went to its domain for this long."""
_AT_A_TIME = 20
_RENEWAL_SECONDS = 30.0  # for all of them together: other jobs wait


class Kept(Protocol):
    """Stores policies across restarts; ``store.sts_policies`` is one."""

    async def find(self, domain: str) -> KeptPolicy | None: ...
    async def keep(self, policy: KeptPolicy) -> None: ...
    async def used(self, domain: str, at: datetime) -> None: ...
    async def put_off(self, domain: str, until: datetime) -> None: ...
    async def due(self, now: datetime, used_after: datetime, limit: int) -> list[KeptPolicy]: ...
    async def delete_expired(self, now: datetime) -> int: ...


Get = Callable[[str, str], Awaitable[str]]
"""The text at https://HOST/PATH. Raises NotFetched, NoSuchDomain or DnsTrouble."""


class StsPolicies:
    """Looks up, fetches and refreshes policies. ``get`` fetches a file, ``kept`` stores the policies, ``now`` is the
    time (aware UTC)."""

    def __init__(self, resolver: Resolver, kept: Kept, get: Get, now: Callable[[], datetime]) -> None:
        self._resolver = resolver
        self._kept = kept
        self._get = get
        self._now = now
        self._failed: OrderedDict[tuple[str, str], datetime] = OrderedDict()
        self._fetching: dict[str, asyncio.Task[KeptPolicy | None]] = {}

    async def policy(self, domain: str) -> Policy | None:
        """The policy for letters to ``domain`` (A-labels); None when there is none.

        A stored policy is valid until it expires, unless DNS announces another one that can be fetched: an attacker who
        suppresses the DNS record or the file must not be able to remove it. Raises what ``kept`` raises.
        """
        now = self._now()
        kept = await self._kept.find(domain)
        if kept is not None and (kept.expires_at <= now or _read(kept) is None):
            kept = None
        id = await self._announced(domain)
        if id and (kept is None or kept.id != id) and not self._failed_lately(domain, id, now):
            kept = await self._fetched(domain, id) or kept
        if kept is None:
            return None
        if now - kept.used_at > _RENEW_AFTER:
            await self._kept.used(domain, now)
        policy = _read(kept)
        return None if policy is None or policy.mode is Mode.NONE else policy

    async def renew(self, now: datetime) -> None:
        """Refresh stored policies that are due, at most 20 at a time. Without this the policy of a domain that letters
        seldom go to would expire between two of them. Raises what ``kept`` raises."""
        due = await self._kept.due(now, now - _UNUSED, _AT_A_TIME)
        try:
            async with asyncio.timeout(_RENEWAL_SECONDS):
                await asyncio.gather(*(self._renewed(policy, now) for policy in due))
        except TimeoutError:
            log.warning("MTA-STS policies could not be refreshed in time; they stay valid until they expire")

    async def delete_expired(self, now: datetime) -> None:
        """Delete policies that have expired. Raises what ``kept`` raises."""
        await self._kept.delete_expired(now)

    async def close(self) -> None:
        """Cancel running fetches."""
        tasks = list(self._fetching.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _renewed(self, old: KeptPolicy, now: datetime) -> None:
        await self._kept.put_off(old.domain, now + _RENEW_EARLIEST)
        id = await self._announced(old.domain) or old.id
        fresh = await self._fetch(old.domain, id, used_at=old.used_at)
        policy = _read(old)
        if fresh is None and policy is not None and policy.mode is not Mode.NONE:
            until = f"{old.expires_at:%Y-%m-%d %H:%M} UTC"
            log.warning("an MTA-STS policy could not be refreshed; it stays valid until %s", until)

    async def _announced(self, domain: str) -> str:
        try:
            return policy_id(await self._resolver.txt(f"_mta-sts.{domain}"))
        except (NoSuchDomain, DnsTrouble):
            return ""

    def _failed_lately(self, domain: str, id: str, now: datetime) -> bool:
        failed_at = self._failed.get((domain, id))
        return failed_at is not None and now - failed_at < _PAUSE

    async def _fetched(self, domain: str, id: str) -> KeptPolicy | None:
        """Fetch the policy; letters to the same domain at the same time share one fetch."""
        task = self._fetching.get(domain)
        if task is None:
            task = asyncio.create_task(self._fetch(domain, id, used_at=self._now()))
            self._fetching[domain] = task
            task.add_done_callback(lambda ended: self._ended(domain, ended))
        return await asyncio.shield(task)

    def _ended(self, domain: str, task: asyncio.Task[KeptPolicy | None]) -> None:
        self._fetching.pop(domain, None)
        if not task.cancelled():
            task.exception()  # marks it as retrieved: asyncio warns otherwise when no letter waits any more

    async def _fetch(self, domain: str, id: str, *, used_at: datetime) -> KeptPolicy | None:
        """Fetch and store the policy. None, and a log line, when that fails."""
        try:
            text = await self._get(f"mta-sts.{domain}", _PATH)
            policy = read_policy(text)
        except (NotFetched, NotAPolicy, NoSuchDomain, DnsTrouble) as fault:
            log.info("an MTA-STS policy that DNS announces could not be fetched: %s", type(fault).__name__)
            self._note_failure(domain, id)
            return None
        now = self._now()
        wait = max(_RENEW_EARLIEST, min(policy.max_age / 2, _RENEW_AFTER))
        kept = KeptPolicy(domain, id, text, now + policy.max_age, now + wait, used_at)
        await self._kept.keep(kept)
        return kept

    def _note_failure(self, domain: str, id: str) -> None:
        self._failed[domain, id] = self._now()
        self._failed.move_to_end((domain, id))
        while len(self._failed) > _PAUSES:
            self._failed.popitem(last=False)


def _read(kept: KeptPolicy) -> Policy | None:
    try:
        return read_policy(kept.text)
    except NotAPolicy:
        return None
