"""relay member add-address, set-primary and resume: the addresses of members."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from relay.cli.output import print_json, say
from relay.cli.session import Session, in_session, now, who_types
from relay.cli.verbs import Verb
from relay.cli.writing import writer_of
from relay.letters.member_letters import MemberLetters
from relay.mentoring import members
from relay.mentoring.members import member_of
from relay.message.read.addresses import normalise
from relay.store import Asked


def _who(verb: Callable[..., Any]) -> Callable[..., Any]:
    return click.argument("who", metavar="PAIR SIDE", nargs=-1, required=True)(verb)


@click.command("add-address", cls=Verb)
@_who
@click.argument("address", metavar="ADDRESS")
@click.option("--json", "as_json", is_flag=True, help="One object.")
@click.pass_context
def add_address(ctx: click.Context, who: tuple[str, ...], address: str, as_json: bool) -> None:
    """Add another real ADDRESS from which a member may write.

    relay sends a confirmation request to ADDRESS; the answer proves that it is the member's. It also sends a notice to
    an address of theirs that is proven. Until ADDRESS is proven, letters from it are held and the member is asked about
    them. ADDRESS is removed from letters from now on. Run this again to send the request again.
    """

    async def work(session: Session) -> Asked:
        found = await member_of(who, session.store)
        return await members.add_address(
            found, address, session.store, MemberLetters(writer_of(session)), now(), who=who_types()
        )

    again = in_session(ctx, work) is Asked.AGAIN
    if as_json:
        print_json({"done": "add-address", "asked_again": again})
    say("The request is queued again; relay serve sends it." if again else "Added. The confirmation request is queued.")
    say("The address is proven when it is answered from there within seven days; relay member show says whether it is.")


@click.command("set-primary", cls=Verb)
@_who
@click.argument("address", metavar="ADDRESS")
@click.option("--json", "as_json", is_flag=True, help="One object.")
@click.pass_context
def set_primary(ctx: click.Context, who: tuple[str, ...], address: str, as_json: bool) -> None:
    """Send a member's letters to another ADDRESS of theirs, which must be proven.

    The address that letters went to until now gets a notice.
    """

    async def work(session: Session) -> None:
        found = await member_of(who, session.store)
        await members.set_primary(
            found, address, session.store, MemberLetters(writer_of(session)), now(), who=who_types()
        )

    in_session(ctx, work)
    if as_json:
        print_json({"done": "set-primary"})
    say("New letters go there. Letters accepted before still go to the old address.")


@click.command(cls=Verb)
@click.argument("address", metavar="ADDRESS")
@click.option("--json", "as_json", is_flag=True, help="One object.")
@click.pass_context
def resume(ctx: click.Context, address: str, as_json: bool) -> None:
    """Deliver to a suspended real ADDRESS again. Letters held for it are due now."""
    try:
        meant = normalise(address)
    except ValueError as error:
        raise click.UsageError(str(error)) from error

    async def work(session: Session) -> int | None:
        return await session.store.suspensions.resume(meant, now(), who=who_types())

    released = in_session(ctx, work)
    if released is None:
        raise click.ClickException("that address is not suspended; relay member list --suspended shows who is")
    if as_json:
        print_json({"done": "resume", "letters": released})
    say(f"The address is no longer suspended. Held letters that are due now: {released}")
