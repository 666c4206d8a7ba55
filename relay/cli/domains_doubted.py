"""Tells the operator which members' addresses are probably mistyped, or are at a domain that can get no mail."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import zip_longest

from relay.cli.output import say
from relay.mentoring.mail_domains import without_mail
from relay.mentoring.mistyped import probably_meant, providers
from relay.model import NewPair
from relay.settings import Settings

_MOST_LINES = 20
_RIGHT = "if so, give the right one: relay member add-address, then set-primary"
IN_FILE = "if so, correct it in the file"


async def say_doubts(
    people: Iterable[tuple[str, str]], settings: Settings, *, look_up: bool, remedy: str = _RIGHT
) -> None:
    """Print a line on standard error for each domain of ``people`` (who, address) that is in doubt. ``look_up``: ask
    DNS, too, for a few seconds at most. Never raises for a doubt."""
    first: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for whom, address in people:
        domain = address.rpartition("@")[2].lower()
        first.setdefault(domain, whom)
        counts[domain] += 1
    meant = {domain: other for domain in counts if (other := probably_meant(domain))}
    lines = [
        f"{first[domain]}: {domain} is probably mistyped for {other}; {remedy}." for domain, other in meant.items()
    ]
    if look_up:
        unknown = [domain for domain in counts if domain not in meant and domain not in providers()]
        rarest = sorted(unknown, key=lambda domain: counts[domain])
        lines += [
            f"{first[domain]}: {domain} has no mail server in DNS, so no letter can reach it; {remedy}."
            for domain in await without_mail(rarest, settings)
        ]
    for line in lines[:_MOST_LINES]:
        say(line)
    if len(lines) > _MOST_LINES:
        say(f"And {len(lines) - _MOST_LINES} more domains are in doubt.")


def members_of(pairs: Iterable[NewPair], places: Iterable[str] = ()) -> Iterable[tuple[str, str]]:
    """Each member of new pairs: who it is in words, and the address. ``places``: where each pair is in a file, when
    they are not made yet."""
    for one, place in zip_longest(pairs, places, fillvalue=""):
        assert isinstance(one, NewPair)
        for side, identity in (("mentor", one.mentor_identity), ("mentee", one.mentee_identity)):
            for address in identity.addresses:
                yield f"{place}: {side}" if place else f"{side} of {one.id}", address
