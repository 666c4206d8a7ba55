"""Prints a pair: pseudonyms, aliases, state, languages. Real addresses and names are not shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from relay.cli.output import print_facts, print_json
from relay.model import Pair, Side
from relay.store import ConsentShown, Report

PAIR_HEADINGS = ("PAIR", "STATE", "MENTOR", "MENTEE", "COHORT", "CREATED")


def pair_object(one: Pair) -> dict[str, object]:
    """The JSON object of relay pair create: id, state, pseudonyms and aliases."""
    return {
        "pair": one.id,
        "state": one.state,
        "mentor": {"name": one.mentor.name, "alias": one.mentor.alias},
        "mentee": {"name": one.mentee.name, "alias": one.mentee.alias},
    }


def full_object(one: Pair) -> dict[str, object]:
    """The JSON object of relay pair show: all of a pair that may be shown.

    A member's language and time zone are "" when none was given for that member.
    """
    mentor, mentee = one.mentor_manner, one.mentee_manner
    own = {"mentor_language": mentor.language, "mentee_language": mentee.language}
    own |= {"mentor_time_zone": mentor.time_zone, "mentee_time_zone": mentee.time_zone}
    return {**pair_object(one), "cohort": one.cohort, "language": one.language, **own, "created_at": one.created_at}


def pair_row(one: Pair) -> tuple[object, ...]:
    """The fields of a pair, in the order of PAIR_HEADINGS."""
    return (one.id, one.state, one.mentor.name, one.mentee.name, one.cohort, one.created_at)


def show_pair(one: Pair, as_json: bool) -> None:
    """Print a pair that was created or changed."""
    if as_json:
        print_json(pair_object(one))
    else:
        print_pair(one)


def consent_object(one: ConsentShown) -> dict[str, object]:
    """The JSON object of what is kept of a member's consent, with the text that was shown."""
    return {
        "side": one.side,
        "guardian": bool(one.asks),
        "answer": one.answer,
        "answered_at": one.answered_at,
        "reply_sha256": one.reply,
        "invited_at": one.sent_at,
        "reminded": one.reminded,
        "expires_at": one.expires_at,
        "version": one.version,
        "text": one.text,
    }


def report_object(one: Report, pair_id: str) -> dict[str, object]:
    """The JSON object of a report about a pair, without its words. ``told``: the role of who has heard it last."""
    return {
        "side": _reporter(one, pair_id),
        "reported_at": one.reported_at,
        "author": one.author,
        "told": one.told,
        "answered_at": one.answered_at,
    }


def print_pair(
    one: Pair,
    consents: Sequence[ConsentShown] = (),
    legal_hold_since: datetime | None = None,
    reports: Sequence[Report] = (),
) -> None:
    """Print a pair for people, one fact a line, with what is known of its members' consent, any legal hold, and the
    reports that stand."""
    facts = [("pair", one.id), ("state", one.state), ("mentor", one.mentor.name), ("mentee", one.mentee.name)]
    facts += [("the mentee writes to", one.mentor.alias), ("the mentor writes to", one.mentee.alias)]
    facts += [("cohort", one.cohort), ("the mentor's language", one.language_of(Side.MENTOR))]
    facts += [
        ("the mentee's language", one.language_of(Side.MENTEE)),
        ("created", f"{one.created_at:%Y-%m-%dT%H:%M:%SZ}"),
    ]
    facts += [(f"{_whose(consent)} consent", _consent(consent)) for consent in consents]
    if legal_hold_since is not None:
        facts.append(("on legal hold since", f"{legal_hold_since:%Y-%m-%dT%H:%M:%SZ}"))
    facts += [("reported", _report(report, one.id)) for report in reports]
    print_facts(facts)


def _report(one: Report, pair_id: str) -> str:
    answered = "not answered yet" if one.answered_at is None else f"answered on {one.answered_at:%Y-%m-%d %H:%M} UTC"
    who = f"by the {_reporter(one, pair_id)} on {one.reported_at:%Y-%m-%d %H:%M} UTC, {one.author}"
    return f"{who}; told: {f'the {one.told}' if one.told else 'nobody'}, {answered}"


def _reporter(one: Report, pair_id: str) -> str:
    return next(part.side.value for part in one.parts if part.pair.id == pair_id)


def _whose(one: ConsentShown) -> str:
    return f"the {one.side}'s guardian's" if one.asks else f"the {one.side}'s"


def _consent(one: ConsentShown) -> str:
    if one.answered_at is not None:
        return f"{one.answer} on {one.answered_at:%Y-%m-%d} (text {one.version})"
    return f"asked on {one.sent_at:%Y-%m-%d}, no answer yet; until {one.expires_at:%Y-%m-%d} (text {one.version})"
