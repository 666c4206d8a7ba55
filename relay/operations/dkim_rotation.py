"""relay dkim rotate: replaces the DKIM keys while relay serve runs.

New keys are made beside the old ones, sign once their records are in DNS, and the old ones are deleted when no letter
needs them. Each call does the step that is possible then. The file keys/dkim.json, which is replaced as a whole, names
new keys before they are made, and old keys until they are deleted. So after a crash the next call completes the step.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from relay.home import Home, HomeError
from relay.message.write.dkim_sign import new_ed25519_key, new_rsa_key, public_record
from relay.operations.dns_check import visible
from relay.operations.dns_records import Record, dkim_record
from relay.operations.findings import Finding, fine, warn
from relay.settings import Settings
from relay.signing_keys import OldKey, SigningKeys
from relay.store import Store

_TRANSIT = timedelta(days=5)
"""How long the next server may keep trying to deliver a letter (RFC 5321 4.5.4.1)."""
_DATED = re.compile(r"-\d{8}(-\d+)?$")


class Step(StrEnum):
    """What a call of relay dkim rotate does."""

    BEGIN = "begin"
    WAIT = "wait"
    SWITCH = "switch"
    RETIRE = "retire"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Plan:
    """The next step of a rotation. ``retiring`` are the selectors of old keys that no undelivered letter needs."""

    step: Step
    keys: SigningKeys
    retiring: tuple[str, ...] = ()


async def plan(home: Home, settings: Settings, store: Store, now: datetime, *, force: bool, again: bool) -> Plan:
    """What a call at ``now`` would do. Queries DNS.

    ``force``: sign with the new keys even if their records are not in DNS. ``again``: start another rotation while
    records of old keys are still needed. Raises HomeError, StoreError.
    """
    keys = home.signing_keys(settings)
    owed = await store.queue.oldest_owed_at()
    retiring = tuple(old.selector for old in keys.old if old.until <= now and (owed is None or owed > old.since))
    if keys.coming:
        wanted = coming_records(home, settings)
        published = len(wanted) == len(keys.coming) and await visible(wanted, settings)
        return Plan(Step.SWITCH if force or published else Step.WAIT, keys, retiring)
    if retiring:
        return Plan(Step.RETIRE, keys, retiring)
    return Plan(Step.NOTHING if keys.old and not again else Step.BEGIN, keys)


def carry_out(home: Home, settings: Settings, planned: Plan, now: datetime) -> SigningKeys:
    """Do what was planned. Returns the keys as they are afterwards. After an interruption, plan and call it again.

    Raises HomeError.
    """
    try:
        with home.holding_keys():
            keys = planned.keys
            if planned.retiring:
                keys = _retire(home, keys, planned.retiring)
            if planned.step is Step.BEGIN:
                keys = replace(keys, coming=tuple(_fresh(home, selector, now) for selector in keys.configured))
                home.write_signing_keys(keys)
            if planned.step in (Step.BEGIN, Step.WAIT, Step.SWITCH):
                _make(home, keys.coming)
            if planned.step is Step.SWITCH:
                keys = _switch(home, settings, keys, now)
            return keys
    except OSError as error:
        raise HomeError(
            f"{home.keys} cannot be written: {error.strerror}", "correct that, then run the same command again"
        ) from error


def _fresh(home: Home, configured: str, now: datetime) -> str:
    """A selector without a key file: that of relay.toml with the date."""
    base = f"{_DATED.sub('', configured)[:45]}-{now:%Y%m%d}"
    names = (base if number == 1 else f"{base}-{number}" for number in range(1, 1000))
    return next(name for name in names if not home.dkim_key(name).exists())


def _make(home: Home, coming: Sequence[str]) -> None:
    """Make the key files that do not exist yet: first RSA, then Ed25519, as in relay.toml."""
    for selector, new in zip(coming, (new_rsa_key, new_ed25519_key), strict=False):
        if not home.dkim_key(selector).exists():
            home.write_dkim_key(selector, new())


def _switch(home: Home, settings: Settings, keys: SigningKeys, now: datetime) -> SigningKeys:
    until = now + timedelta(seconds=settings.delivery.give_up_after) + _TRANSIT
    signed = tuple(OldKey(selector, public_record(pem), now, until) for selector, pem in home.dkim_keys(settings))
    switched = replace(keys, signing=keys.coming, coming=(), old=(*keys.old, *signed))
    home.write_signing_keys(switched)
    return switched


def _retire(home: Home, keys: SigningKeys, selectors: Sequence[str]) -> SigningKeys:
    """Delete the old keys. Files go first, because the next call retries as long as dkim.json names them."""
    for selector in selectors:
        if selector not in (*keys.signing, *keys.coming):
            home.dkim_key(selector).unlink(missing_ok=True)
    left = replace(keys, old=tuple(old for old in keys.old if old.selector not in selectors))
    home.write_signing_keys(left)
    return left


def coming_records(home: Home, settings: Settings) -> list[Record]:
    """The DNS records of new keys that do not sign yet. Raises HomeError."""
    return [
        dkim_record(settings, selector, public_record(home.read_dkim_key(selector)))
        for selector in home.signing_keys(settings).coming
        if home.dkim_key(selector).exists()
    ]


def further_records(home: Home, settings: Settings) -> list[Record]:
    """The DNS records of new and old keys, needed besides those of the keys that sign. Raises HomeError."""
    old = home.signing_keys(settings).old
    return [*coming_records(home, settings), *(dkim_record(settings, one.selector, one.record) for one in old)]


def check_dkim_rotation(home: Home, settings: Settings, now: datetime) -> Iterator[Finding]:
    """How far a rotation of the DKIM keys is. Yields nothing when there is none. Raises HomeError."""
    keys = home.signing_keys(settings)
    if keys.coming:
        yield warn(
            f"new DKIM keys ({', '.join(keys.coming)}) do not sign yet",
            "publish their records (relay dns records), then: relay dkim rotate",
        )
    for old in keys.old:
        if old.until <= now:
            yield warn(
                f"the old DKIM key {old.selector} is no longer needed, unless a letter signed with it is held",
                "run relay dkim rotate: it says whether you can remove the record from DNS",
            )
        else:
            yield fine(f"the record of the old DKIM key {old.selector} is needed until {old.until:%Y-%m-%d %H:%M} UTC")
