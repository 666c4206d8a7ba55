"""What relay understood of a name, told to the operator who registers it."""

from __future__ import annotations

from relay.cli.output import say
from relay.model import Identity, Known, Persona

_MOST_PEOPLE = 20


def say_understood(identity: Identity, whom: str = "") -> None:
    """One line with what is found and what stays, and a line for each piece of advice; on standard error."""
    # Languages are read only when they are needed: the help of a command has to be there at once.
    from relay.anonymise.names.understood import understood

    told = understood(identity)
    prefix = f"{whom}: " if whom else ""
    say(f"{prefix}{told.line}.")
    for advice in told.advice:
        say(f"{prefix}{advice}.")


def say_understood_of_many(people: list[tuple[str, Identity]]) -> None:
    """The same for the people of a file; of more than a few only those of whom something is to be said."""
    for whom, identity in people[:_MOST_PEOPLE]:
        say_understood(identity, whom)
    if len(people) > _MOST_PEOPLE:
        say(f"And {len(people) - _MOST_PEOPLE} more; relay member known-as … test shows what a text would become.")


def tried(identity: Identity, persona: Persona | None, text: str) -> str:
    """What a text of this person would become."""
    from relay.anonymise.identities import Redactor

    stands_for = persona or Persona("[name]", "[address]")
    return Redactor(Known(identity, stands_for, Identity(()), Persona("", "")), text).redact(text)[0]
