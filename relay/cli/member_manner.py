"""relay member set-language, time-zone and discreet: how relay writes to a member."""

from __future__ import annotations

import click

from relay.cli.languages_served import say_unserved
from relay.cli.output import print_json, say
from relay.cli.session import Session, in_session
from relay.cli.verbs import Verb
from relay.mentoring import members
from relay.mentoring.members import member_of

_who = click.argument("who", metavar="PAIR SIDE", nargs=-1, required=True)
_json = click.option("--json", "as_json", is_flag=True, help="One object.")


@click.command("set-language", cls=Verb)
@_who
@click.argument("language", metavar="TAG")
@_json
@click.pass_context
def set_language(ctx: click.Context, who: tuple[str, ...], language: str, as_json: bool) -> None:
    """Set the language of letters from relay to a member: a BCP 47 TAG such as ar or pt-BR."""

    async def work(session: Session) -> None:
        found = await member_of(who, session.store)
        await members.set_language(found, language, session.store)
        pairs = [await session.store.directory.pair(part.pair.id) for part in found.parts]
        say_unserved(session, [pair for pair in pairs if pair is not None])

    in_session(ctx, work)
    if as_json:
        print_json({"done": "set-language", "language": language})


@click.command("time-zone", cls=Verb)
@_who
@click.argument("zone", metavar="ZONE")
@_json
@click.pass_context
def set_time_zone(ctx: click.Context, who: tuple[str, ...], zone: str, as_json: bool) -> None:
    """Set the time zone of a member: an IANA name such as Africa/Nairobi.

    Dates in letters from relay follow it, and so do the quiet hours.
    """

    async def work(session: Session) -> str:
        return await members.set_time_zone(await member_of(who, session.store), zone, session.store)

    name = in_session(ctx, work)
    if as_json:
        print_json({"done": "time-zone", "time_zone": name})
    say(f"relay writes to this member by the clock of {name}.")


@click.command("discreet", cls=Verb)
@_who
@click.argument("discreet", metavar="on|off", type=click.Choice(["on", "off"]))
@_json
@click.pass_context
def set_discreet(ctx: click.Context, who: tuple[str, ...], discreet: str, as_json: bool) -> None:
    """Set whether letters from relay to a member hide at a glance what they are about.

    With on, subject, sender and first lines say nothing of the programme: somebody else who sees the telephone learns
    nothing. Letters from the other member of the pair are not changed.
    """

    async def work(session: Session) -> None:
        await members.set_discreet(await member_of(who, session.store), session.store, discreet=discreet == "on")

    in_session(ctx, work)
    if as_json:
        print_json({"done": "discreet", "discreet": discreet == "on"})
