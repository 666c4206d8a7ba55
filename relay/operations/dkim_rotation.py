"""Replaces the DKIM keys while relay serves: new ones beside the old, signing once DNS has them, the old ones retired.

Each call does what can be done at that moment. The file keys/dkim.json is replaced whole. New keys are made after it
names them, and old ones taken away before it forgets them: after a stop the next call finds what is left to do.
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
"""So long the next server may try (RFC 5321 4.5.4.1)."""
_DATED = re.compile(r"-\d{8}(-\d+)?$")


class Step(StrEnum):
    """What a call does."""

    BEGIN = "begin"
    WAIT = "wait"
    SWITCH = "switch"
    RETIRE = "retire"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done at this moment; ``retiring`` are old selectors that nothing on its way needs any more."""

    step: Step
    keys: SigningKeys
    retiring: tuple[str, ...] = ()


async def plan(home: Home, settings: Settings, store: Store, now: datetime, *, force: bool, again: bool) -> Plan:
    """What a call would do. ``force``: sign with the new keys whether or not DNS has them. ``again``: begin anew while
    the records of the last keys are still needed. Asks DNS. Raises HomeError, StoreError."""
    keys = home.signing_keys(settings)
    owed = await store.queue.oldest_owed_at()
    retiring = tuple(old.selector for old in keys.old if old.until <= now and (owed is None or owed > old.since))
    if keys.coming:
        wanted = coming_records(home, settings)
        there = len(wanted) == len(keys.coming) and await visible(wanted, settings)
        return Plan(Step.SWITCH if force or there else Step.WAIT, keys, retiring)
    if retiring:
        return Plan(Step.RETIRE, keys, retiring)
    return Plan(Step.NOTHING if keys.old and not again else Step.BEGIN, keys)


def carry_out(home: Home, settings: Settings, planned: Plan, now: datetime) -> SigningKeys:
    """Do what was planned; returns the keys as they are then. Stopped in the middle, plan and do it again. Raises
    HomeError."""
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
            f"{home.keys} cannot be written: {error.strerror}", "see to the disk, and do it again"
        ) from error


def _fresh(home: Home, configured: str, now: datetime) -> str:
    """A selector that was never used here: that of relay.toml with the day."""
    base = f"{_DATED.sub('', configured)[:45]}-{now:%Y%m%d}"
    names = (base if number == 1 else f"{base}-{number}" for number in range(1, 1000))
    return next(name for name in names if not home.dkim_key(name).exists())


def _make(home: Home, coming: Sequence[str]) -> None:
    """The keys that are named and not there yet: an RSA and an Ed25519 one, in the order of relay.toml."""
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
    """The file first: while it is named, the next call takes it away."""
    for selector in selectors:
        if selector not in (*keys.signing, *keys.coming):
            home.dkim_key(selector).unlink(missing_ok=True)
    left = replace(keys, old=tuple(old for old in keys.old if old.selector not in selectors))
    home.write_signing_keys(left)
    return left


def coming_records(home: Home, settings: Settings) -> list[Record]:
    """The records of keys that do not sign yet. Raises HomeError."""
    return [
        dkim_record(settings, selector, public_record(home.read_dkim_key(selector)))
        for selector in home.signing_keys(settings).coming
        if home.dkim_key(selector).exists()
    ]


def further_records(home: Home, settings: Settings) -> list[Record]:
    """The records that must stand in DNS besides those of the keys that sign: of keys to come, and of old ones. Raises
    HomeError."""
    old = home.signing_keys(settings).old
    return [*coming_records(home, settings), *(dkim_record(settings, one.selector, one.record) for one in old)]


def check_dkim_rotation(home: Home, settings: Settings, now: datetime) -> Iterator[Finding]:
    """Where a change of DKIM keys stands. Raises HomeError."""
    keys = home.signing_keys(settings)
    if keys.coming:
        yield warn(
            f"new DKIM keys ({', '.join(keys.coming)}) do not sign yet",
            "publish their records (relay dns records), then: relay dkim rotate",
        )
    for old in keys.old:
        if old.until <= now:
            yield warn(
                f"the old DKIM key {old.selector} is needed no longer, unless a letter from before is still held",
                "relay dkim rotate, which says when its record may go out of DNS",
            )
        else:
            yield fine(f"the record of the old DKIM key {old.selector} is needed until {old.until:%Y-%m-%d %H:%M} UTC")
