"""The options of relay pair create about its two people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import click

from relay.mentoring.validation import Person
from relay.model import Side

_OPTIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("", {"required": True, "metavar": "EMAIL", "help": "The {side}'s real address."}),
    ("name", {"default": "", "metavar": "PSEUDONYM", "help": "The {side}'s pseudonym. Default: a random one."}),
    ("known-as", {"multiple": True, "metavar": "WORDS", "help": "A real name of the {side}; repeatable."}),
    ("language", {"default": "", "metavar": "TAG", "help": "The language of letters from relay to the {side}."}),
    ("time-zone", {"default": "", "metavar": "ZONE", "help": "Where the {side}'s clock is: an IANA name."}),
    (
        "discreet",
        {
            "type": click.Choice(["on", "off"]),
            "metavar": "on|off",
            "help": "Whether letters from relay to the {side} hide at a glance what they are about.",
        },
    ),
)


def people_options(verb: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the options; the verb gets their values as ``mentor``, ``mentor_name`` and so on."""
    for name, values in reversed(_OPTIONS):
        for side in reversed(Side):
            option = f"--{side}-{name}" if name else f"--{side}"
            verb = click.option(option, **{**values, "help": values["help"].format(side=side)})(verb)
    return click.option(
        "--mentee-guardian",
        default="",
        metavar="EMAIL",
        help="Who must agree, too, where programme.under_18 is guardian; adult for nobody.",
    )(verb)


def person_of(side: Side, given: Mapping[str, Any]) -> Person:
    """The person whom the values of these options describe."""
    name, known_as, language, zone, discreet = (
        given[f"{side}_{field}"] for field in ("name", "known_as", "language", "time_zone", "discreet")
    )
    return Person(given[side.value], name, known_as, language, zone, discreet or "", given.get(f"{side}_guardian", ""))
