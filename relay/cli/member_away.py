"""relay member away and vacation: until when a member is away, and whether automatic absence messages are mentioned."""

from __future__ import annotations

import click

from relay.cli.output import print_json, say
from relay.cli.session import Session, in_session, now, who_types
from relay.cli.verbs import Verb
from relay.cli.writing import writer_of
from relay.mentoring import absences
from relay.mentoring.members import member_of

_who = click.argument("who", metavar="PAIR SIDE", nargs=-1, required=True)
_json = click.option("--json", "as_json", is_flag=True, help="One object.")


@click.command("away", cls=Verb)
@_who
@click.option("--until", metavar="DATE", required=True, help="The last day, such as 2027-02-09.")
@_json
@click.pass_context
def set_away(ctx: click.Context, who: tuple[str, ...], until: str, as_json: bool) -> None:
    """Note that a member is away until a day, the last of their absence by their own clock.

    Their partners are told that day, once, and nothing else. Letters go on: they wait in the member's mailbox. The day
    after, the member is active again by themselves. Members do the same by mail to away@, and end it by resume@.
    """

    async def work(session: Session) -> str:
        found = await member_of(who, session.store)
        day = await absences.set_away(found, until, session.store, writer_of(session), now(), who=who_types())
        return day.isoformat()

    day = in_session(ctx, work)
    if as_json:
        print_json({"done": "away", "until": day})
    say(f"Away until {day}. Partners in pairs that exchange letters are told.")


@click.command("vacation", cls=Verb)
@_who
@click.argument("tell", metavar="on|off", type=click.Choice(["on", "off"]))
@_json
@click.pass_context
def set_vacation(ctx: click.Context, who: tuple[str, ...], tell: str, as_json: bool) -> None:
    """Set whether partners are told that a member is away when the member's mailbox answers a letter by itself.

    With on, the partner hears at most once in 30 days that the member is away, and the last day if the automatic
    message names it clearly; nothing else of it is passed on. Use it only for members who agreed; they do the same by
    mail: away auto.
    """

    async def work(session: Session) -> None:
        found = await member_of(who, session.store)
        await session.store.absences.allow(found.number, now(), allowed=tell == "on", who=who_types())

    in_session(ctx, work)
    if as_json:
        print_json({"done": "vacation", "vacation": tell == "on"})
