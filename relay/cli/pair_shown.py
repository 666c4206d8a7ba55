"""Prints a pair: pseudonyms, aliases, state, languages. Real addresses and names are not shown."""

from __future__ import annotations

from relay.cli.output import print_facts, print_json
from relay.model import Pair, Side

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

    A member's language is "" when none was given for that member.
    """
    own = {"mentor_language": one.mentor_language, "mentee_language": one.mentee_language}
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


def print_pair(one: Pair) -> None:
    """Print a pair for people, one fact a line."""
    facts = [("pair", one.id), ("state", one.state), ("mentor", one.mentor.name), ("mentee", one.mentee.name)]
    facts += [("the mentee writes to", one.mentor.alias), ("the mentor writes to", one.mentee.alias)]
    facts += [("cohort", one.cohort), ("the mentor's language", one.language_of(Side.MENTOR))]
    facts += [
        ("the mentee's language", one.language_of(Side.MENTEE)),
        ("created", f"{one.created_at:%Y-%m-%dT%H:%M:%SZ}"),
    ]
    print_facts(facts)
