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
from relay.signing_keys import Mail, OldKey, SigningKeys
from relay.store import Store

_TRANSIT = timedelta(days=5)
"""How long the next server may keep trying to deliver a letter (RFC 5321 4.5.4.1)."""
COMMANDS = {Mail.RELAYED: "relay dkim rotate", Mail.PROGRAMME: "relay dkim rotate --programme"}
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
    """The next step of a rotation of the keys for ``mail``. ``retiring`` are the selectors of old keys that no
    undelivered letter needs."""

    step: Step
    mail: Mail
    keys: SigningKeys
    retiring: tuple[str, ...] = ()


async def plan(
    home: Home,
    settings: Settings,
    store: Store,
    now: datetime,
    *,
    mail: Mail = Mail.RELAYED,
    force: bool,
    again: bool,
) -> Plan:
    """What a call at ``now`` would do to the keys for ``mail``. Queries DNS.

    ``force``: sign with the new keys even if their records are not in DNS. ``again``: start another rotation while
    records of old keys are still needed. Raises HomeError, StoreError.
    """
    keys = home.signing_keys(settings, mail)
    if mail is Mail.PROGRAMME and keys.configured == settings.dkim.selectors(programme=False):
        raise HomeError(
            "the selectors in relay.toml are the same for relayed letters and for mail of the programme's",
            "run relay dkim rotate without --programme, or change dkim.programme_rsa_selector and "
            "dkim.programme_ed25519_selector",
        )
    owed = await store.queue.oldest_owed_at()
    retiring = tuple(old.selector for old in keys.old if old.until <= now and (owed is None or owed > old.since))
    if keys.coming:
        wanted = coming_records(home, settings, mail)
        published = len(wanted) == len(keys.coming) and await visible(wanted, settings)
        return Plan(Step.SWITCH if force or published else Step.WAIT, mail, keys, retiring)
    if retiring:
        return Plan(Step.RETIRE, mail, keys, retiring)
    return Plan(Step.NOTHING if keys.old and not again else Step.BEGIN, mail, keys)


def carry_out(home: Home, settings: Settings, planned: Plan, now: datetime) -> SigningKeys:
    """Do what was planned. Returns the keys as they are afterwards. After an interruption, plan and call it again.

    Raises HomeError.
    """
    try:
        with home.holding_keys():
            keys, mail = planned.keys, planned.mail
            if planned.retiring:
                keys = _retire(home, settings, planned)
            if planned.step is Step.BEGIN:
                keys = replace(keys, coming=_new_selectors(home, keys, now))
                home.write_signing_keys(keys, mail)
            if planned.step in (Step.BEGIN, Step.WAIT, Step.SWITCH):
                _make(home, keys.coming)
            if planned.step is Step.SWITCH:
                keys = _switch(home, settings, mail, keys, now)
            return keys
    except OSError as error:
        raise HomeError(
            f"{home.keys} cannot be written: {error.strerror}", "correct that, then run the same command again"
        ) from error


def _new_selectors(home: Home, keys: SigningKeys, now: datetime) -> tuple[str, ...]:
    """Selectors for new keys: those of relay.toml if there were no keys before, else with the date."""
    if not keys.signing and not any(home.dkim_key(selector).exists() for selector in keys.configured):
        return keys.configured
    return tuple(_fresh(home, selector, now) for selector in keys.configured)


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


def _switch(home: Home, settings: Settings, mail: Mail, keys: SigningKeys, now: datetime) -> SigningKeys:
    until = now + timedelta(seconds=settings.delivery.give_up_after) + _TRANSIT
    # () for mail of the programme's without keys of its own until now: the keys of relayed letters stay in DNS.
    before = ((selector, home.read_dkim_key(selector)) for selector in keys.signing)
    signed = tuple(OldKey(selector, public_record(pem), now, until) for selector, pem in before)
    switched = replace(keys, signing=keys.coming, coming=(), old=(*keys.old, *signed))
    home.write_signing_keys(switched, mail)
    return switched


def _retire(home: Home, settings: Settings, planned: Plan) -> SigningKeys:
    """Delete the old keys. Files go first, because the next call retries as long as dkim.json names them."""
    keys = planned.keys
    used = keys.selectors.union(*(home.signing_keys(settings, mail).selectors for mail in Mail))
    for selector in planned.retiring:
        if selector not in used:
            home.dkim_key(selector).unlink(missing_ok=True)
    left = replace(keys, old=tuple(old for old in keys.old if old.selector not in planned.retiring))
    home.write_signing_keys(left, planned.mail)
    return left


def coming_records(home: Home, settings: Settings, mail: Mail) -> list[Record]:
    """The DNS records of new keys for ``mail`` that do not sign yet. Raises HomeError."""
    return [
        dkim_record(settings, selector, public_record(home.read_dkim_key(selector)))
        for selector in home.signing_keys(settings, mail).coming
        if home.dkim_key(selector).exists()
    ]


def signing_records(home: Home, settings: Settings) -> list[Record]:
    """The DNS records of all keys that sign. Raises HomeError."""
    keys = dict(pair for mail in Mail for pair in home.dkim_keys(settings, mail))
    return [dkim_record(settings, selector, public_record(pem)) for selector, pem in keys.items()]


def further_records(home: Home, settings: Settings) -> list[Record]:
    """The DNS records of new and old keys, needed besides those of the keys that sign. Raises HomeError."""
    found: list[Record] = []
    for mail in Mail:
        old = home.signing_keys(settings, mail).old
        found += coming_records(home, settings, mail)
        found += [dkim_record(settings, one.selector, one.record) for one in old]
    return found


def programme_needs_keys(home: Home, settings: Settings) -> bool:
    """Whether mail of the programme's is to have DKIM keys of its own, and none are made yet. Raises HomeError."""
    keys = home.signing_keys(settings, Mail.PROGRAMME)
    return not keys.selectors and keys.configured != settings.dkim.selectors(programme=False)


def check_dkim_rotation(home: Home, settings: Settings, now: datetime) -> Iterator[Finding]:
    """How far rotations of the DKIM keys are. Yields nothing when there is none. Raises HomeError."""
    for mail in Mail:
        yield from _check(home.signing_keys(settings, mail), COMMANDS[mail], now)
    if programme_needs_keys(home, settings):
        yield warn(
            "mail that relay itself writes is signed with the DKIM keys for relayed letters",
            f"give it keys of its own: {COMMANDS[Mail.PROGRAMME]}",
        )


def _check(keys: SigningKeys, command: str, now: datetime) -> Iterator[Finding]:
    if keys.coming:
        yield warn(
            f"new DKIM keys ({', '.join(keys.coming)}) do not sign yet",
            f"publish their records (relay dns records), then: {command}",
        )
    for old in keys.old:
        if old.until <= now:
            yield warn(
                f"the old DKIM key {old.selector} is no longer needed, unless a letter signed with it is held",
                f"run {command}: it says whether you can remove the record from DNS",
            )
        else:
            yield fine(f"the record of the old DKIM key {old.selector} is needed until {old.until:%Y-%m-%d %H:%M} UTC")
