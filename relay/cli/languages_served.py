"""Tells the operator which languages of members have no letters."""

from __future__ import annotations

from collections.abc import Iterable

from relay.cli.output import say
from relay.cli.session import Session
from relay.model import NewPair, Pair, Side


def say_unserved(session: Session, pairs: Iterable[Pair | NewPair]) -> None:
    """Print a line on standard error for each language of these pairs' members that has no letters."""
    from relay.cli.writing import templates_of
    from relay.letters.language import name_of

    templates = templates_of(session)
    tags = {one.language_of(side) for one in pairs for side in Side}
    for tag in sorted(tag for tag in tags if not templates.has(tag)):
        used = name_of(templates.language_for(tag))
        say(f"There are no letters in {name_of(tag)}: relay writes to members with that language in {used}.")
