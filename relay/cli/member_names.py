"""relay member known-as: the real names that letters of a member may not hold."""

from __future__ import annotations

import click

from relay.cli.names_understood import say_understood, tried
from relay.cli.output import print_json
from relay.cli.session import Session, in_session, now, who_types
from relay.cli.verbs import Verb
from relay.mentoring import members
from relay.mentoring.members import member_of
from relay.model import Identity
from relay.store import Member


@click.command("known-as", cls=Verb)
@click.argument("words", metavar="PAIR SIDE add|remove|test TEXT", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="One object.")
@click.pass_context
def known_as(ctx: click.Context, words: tuple[str, ...], as_json: bool) -> None:
    """Add or remove a real name of a member, or test what would be removed from a TEXT of theirs.

    relay removes real names, nicknames, employers and the like from letters, in all their spellings and inflections.
    """
    if len(words) < 3 or words[-2] not in ("add", "remove", "test"):
        raise click.UsageError("Give a member, then add, remove or test, then a text in quotation marks.")
    who, verb, text = words[:-2], words[-2], words[-1]

    async def work(session: Session) -> tuple[Member, tuple[str, ...]]:
        found = await member_of(who, session.store)
        if verb == "test":
            return found, found.known_as
        return found, await members.know_as(found, text, session.store, now(), add=verb == "add", who=who_types())

    found, names = in_session(ctx, work)
    identity = Identity(tuple(one.address for one in found.addresses), names)
    if verb == "test":
        result = tried(identity, found.parts[0].pair.persona(found.parts[0].side) if found.parts else None, text)
        print_json({"text": result}) if as_json else click.echo(result)
        return
    if as_json:
        print_json({"done": f"known-as {verb}", "known_as": len(names)})
    say_understood(identity)
