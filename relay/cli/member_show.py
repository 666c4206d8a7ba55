"""relay member show: what relay knows of one member; who that is, only for a reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from relay.cli.member_shown import member_facts, member_object
from relay.cli.output import print_facts, print_json, say
from relay.cli.session import Session, in_session, now, who_types
from relay.cli.verbs import Verb
from relay.mentoring import members
from relay.mentoring.members import member_of
from relay.store import Member


def _who(verb: Callable[..., Any]) -> Callable[..., Any]:
    return click.argument("who", metavar="PAIR SIDE", nargs=-1, required=True)(verb)


@click.command(cls=Verb)
@_who
@click.option("--reveal", is_flag=True, help="Also show real addresses and names. Needs --reason.")
@click.option("--reason", default="", help="Why you must know who this is; this is recorded.")
@click.option("--json", "as_json", is_flag=True, help="One object.")
@click.pass_context
def show(ctx: click.Context, who: tuple[str, ...], reveal: bool, reason: str, as_json: bool) -> None:
    """Show one member: pairs, pseudonyms, number of addresses. Real addresses and names need --reveal and a reason."""
    if reveal and not reason.strip():
        raise click.UsageError("Who a member is is private: give with --reason why you must know; it is recorded.")

    async def work(session: Session) -> Member:
        found = await member_of(who, session.store)
        if reveal:
            await members.reveal(found, who_types(), reason, session.store, now())
        return found

    found = in_session(ctx, work)
    if as_json:
        print_json(member_object(found, reveal))
    else:
        print_facts(member_facts(found, reveal))
    if reveal:
        say("This was recorded; relay log events shows it.")
