"""Whether somebody is named for each role (relay/roles.py) and has confirmed it; whether members' clocks are known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from relay.operations.counted import counted
from relay.operations.findings import Finding, fine, warn
from relay.roles import CONTACT, COORDINATOR, DEPUTY, Named
from relay.settings import Settings

_MEANING = {COORDINATOR: "decides about members", CONTACT: "hears reports", DEPUTY: "hears late reports"}


def check_roles(settings: Settings, people: Sequence[Named]) -> Iterator[Finding]:
    """Who is missing, who has not confirmed it, and who has several roles."""
    there = {one.role for one in people}
    if COORDINATOR not in there:
        yield fine("no coordinator is named: programme.operator decides what a person decides about members")
    if CONTACT not in there:
        yield warn(
            "nobody is named for safeguarding: what members report would reach programme.operator only",
            "set safeguarding.contact, and deputy, to people who answer",
        )
    elif DEPUTY not in there:
        yield warn(
            "safeguarding has no deputy: a report waits when the contact is ill or away",
            "set safeguarding.deputy to somebody else",
        )
    for one in people:
        if not one.proven:
            yield _unproven(one)
    proven = sum(one.proven for one in people)
    if proven:
        yield fine(f"{proven} of {len(people)} people with a role have confirmed it")
    yield from _twice(settings, people)


def check_clocks(settings: Settings, without: int) -> Iterator[Finding]:
    """Whether the quiet hours go by the clocks of those who are to be left alone. ``without``: members without a time
    zone."""
    programme = settings.programme
    if programme.quiet_hours and without and not programme.time_zone:
        count = counted(without, "member has", "members have")
        yield warn(
            f"{count} no time zone: for them the quiet hours go by UTC",
            "set programme.time_zone, or relay member time-zone for each; who is invited is asked for theirs",
        )


def _unproven(one: Named) -> Finding:
    who = f"{one.setting}" + (f' for "{one.cohort}"' if one.cohort else "")
    until = "until they do, programme.operator gets that mail"
    if one.asked is None:
        return warn(f"{who} ({_MEANING[one.role]}) was not asked yet", f"relay roles ask; {until}")
    if one.asked.answer.value == "no":
        return warn(f"whoever reads the mail of {who} says that they are not that", "correct the address in relay.toml")
    return warn(
        f"{who} ({_MEANING[one.role]}) was asked and has not confirmed it",
        f"call them, or relay roles ask --again; {until}",
    )


def _twice(settings: Settings, people: Sequence[Named]) -> Iterator[Finding]:
    """One person in several roles, which is allowed, except that a deputy must be somebody else."""
    by_address: dict[str, list[str]] = {}
    for one in people:
        by_address.setdefault(one.address.lower(), []).append(one.setting)
    if settings.programme.operator.lower() in by_address:
        by_address[settings.programme.operator.lower()].append("programme.operator")
    for settings_named in by_address.values():
        if {"safeguarding.contact", "safeguarding.deputy"} <= set(settings_named):
            yield warn("safeguarding.contact and deputy are one person", "name somebody else as deputy")
        elif len(settings_named) > 1:
            yield fine(f"one person is {' and '.join(dict.fromkeys(settings_named))}")
