"""Tells the operator how relay reads a registered name: what it will find in letters and what it will leave."""

from __future__ import annotations

from relay.cli.output import say
from relay.model import Identity, Known, Persona

_MOST_PEOPLE = 20


def say_understood(identity: Identity, whom: str = "") -> None:
    """Print one line with what is found and what is left, and one line for each piece of advice, on standard error."""
    # The language tables are imported here, because --help must answer at once.
    from relay.anonymise.names.understood import understood

    told = understood(identity)
    prefix = f"{whom}: " if whom else ""
    say(f"{prefix}{told.line}.")
    for advice in told.advice:
        say(f"{prefix}{advice}.")


def say_understood_of_many(people: list[tuple[str, Identity]]) -> None:
    """The same for the people of a CSV file: for the first 20 of them."""
    for whom, identity in people[:_MOST_PEOPLE]:
        say_understood(identity, whom)
    if len(people) > _MOST_PEOPLE:
        say(f"And {len(people) - _MOST_PEOPLE} more; relay member known-as … test shows what a text would become.")


def tried(identity: Identity, persona: Persona | None, text: str) -> str:
    """The text as it would be relayed if this person wrote it. Without a persona, placeholders stand for it."""
    from relay.anonymise.identities import Redactor

    stands_for = persona or Persona("[name]", "[address]")
    return Redactor(Known(identity, stands_for, Identity(()), Persona("", "")), text).redact(text)[0]
