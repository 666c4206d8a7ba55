"""Prints a member: pairs, pseudonyms and counts. Real addresses and names are shown only with --reveal."""

from __future__ import annotations

from datetime import date
from typing import Any

from relay.model import MemberState
from relay.store import Member


def member_object(found: Member, reveal: bool) -> dict[str, Any]:
    """The JSON object of relay member show; with ``reveal`` also real addresses and known-as words."""
    suspended = [one.suspended_since for one in found.addresses if one.suspended_since is not None]
    fields: dict[str, Any] = {
        "pairs": [
            {
                "pair": part.pair.id,
                "side": part.side,
                "name": part.pair.persona(part.side).name,
                "alias": part.pair.persona(part.side).alias,
                "state": part.pair.state,
            }
            for part in found.parts
        ],
        "addresses": len(found.addresses),
        "unproven": sum(not one.proven for one in found.addresses),
        "state": found.state,
        "away_until": found.away_until and found.away_until.isoformat(),
        "vacation": found.tells_vacation,
        "suspended_since": min(suspended, default=None),
        "known_as": len(found.known_as),
        "language": found.manner.language,
        "time_zone": found.manner.time_zone,
        "discreet": found.manner.discreet,
        "forgotten": not found.addresses,
    }
    if reveal:
        fields["revealed"] = {"addresses": found.addresses, "known_as": found.known_as}
    return fields


def member_facts(found: Member, reveal: bool) -> list[tuple[str, object]]:
    """The same as names and values, to be printed one a line."""
    fields = member_object(found, reveal=False)
    facts: list[tuple[str, object]] = [
        (f"{part.side} of {part.pair.id}", f"{part.pair.persona(part.side).name}, {part.pair.state}")
        for part in found.parts
    ]
    facts += [
        ("state", state_shown(found.state, found.away_until)),
        ("addresses", fields["addresses"]),
        ("not proven yet", fields["unproven"]),
    ]
    facts += [("suspended since", fields["suspended_since"]), ("known-as words", fields["known_as"])]
    said = {None: "as the programme", True: "on", False: "off"}[found.manner.discreet]
    facts += [("language", found.manner.language or "as the pair"), ("discreet", said)]
    facts += [("time zone", found.manner.time_zone or "as the programme")]
    if found.tells_vacation:
        facts.append(("automatic absence messages", "mentioned to partners"))
    if fields["forgotten"]:
        facts.append(("forgotten", "yes"))
    if reveal:
        facts += [("address", _described(found, number)) for number in range(len(found.addresses))]
        facts += [("known as", words) for words in found.known_as]
    return facts


def state_shown(state: MemberState, away_until: date | None) -> str:
    """A member's state in words, with the last day of an absence."""
    until = "" if away_until is None else f"away until {away_until}"
    return until if state is MemberState.AWAY and until else ", ".join(one for one in (state.value, until) if one)


def _described(found: Member, number: int) -> str:
    """An address with its state. The first is the one that letters go to."""
    one = found.addresses[number]
    notes = [
        "letters go here" if number == 0 else "",
        "" if one.proven else "not proven yet",
        "suspended" if one.suspended_since is not None else "",
    ]
    return f"{one.address} ({', '.join(note for note in notes if note) or 'proven'})"
