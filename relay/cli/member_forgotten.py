"""relay member forget: erases a member for good."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from relay.cli.output import print_json, say
from relay.cli.session import Session, confirm, in_session, now, who_types
from relay.cli.verbs import Verb
from relay.cli.writing import writer_of
from relay.letters.member_letters import MemberLetters
from relay.mentoring import members
from relay.mentoring.members import member_of
from relay.store import Forgotten


def _who(verb: Callable[..., Any]) -> Callable[..., Any]:
    return click.argument("who", metavar="PAIR SIDE", nargs=-1, required=True)(verb)


@click.command(cls=Verb)
@_who
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="One object: how much was erased.")
@click.pass_context
def forget(ctx: click.Context, who: tuple[str, ...], yes: bool, as_json: bool) -> None:
    """Erase a member for good, and end their pairs.

    This erases addresses, names, letters, thread links and everything else that says who they were.

    Pseudonyms and the journal's times and counts stay. Deliveries to and from them are given up; their partners get
    a notice about letters of their own that will not arrive.
    """
    found = in_session(ctx, lambda session: member_of(who, session.store))
    names = ", ".join(f"{part.pair.persona(part.side).name} ({part.side} of {part.pair.id})" for part in found.parts)
    confirm(f"Forget {names} for good? Their letters are destroyed and cannot be brought back.", yes)

    async def work(session: Session) -> Forgotten:
        letters = MemberLetters(writer_of(session))
        return await members.forget(found, who_types(), session.store, letters, now(), home=session.home)

    done = in_session(ctx, work)
    if as_json:
        print_json({"pairs": done.pairs, "letters": done.letters, "deliveries": done.deliveries})
    say(
        f"Forgotten. Pairs ended: {done.pairs}; kept letters erased: {done.letters}; "
        f"deliveries given up: {done.deliveries}."
    )
    if done.traces:
        say("Another program was reading the database, so relay.db-wal may hold traces: run this command once more.")
    say("Earlier backups still hold this person, encrypted: destroy those that you do not need.")
    say("keys/forgotten makes relay restore forget them again: copy that file to where you keep the keys.")
