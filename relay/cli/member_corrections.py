"""relay member rename and guardian: corrects a member's real name, and the address of a mentee's guardian."""

from __future__ import annotations

import click

from relay.cli.names_understood import say_understood
from relay.cli.output import print_json, say
from relay.cli.session import Session, in_session, now, who_types
from relay.cli.verbs import Verb
from relay.cli.writing import writer_of
from relay.letters.invitations import InvitationWriter
from relay.mentoring import corrections
from relay.mentoring.corrections import Renamed
from relay.mentoring.members import member_of
from relay.model import Identity, Pair, PairState
from relay.store import Member

_who = click.argument("who", metavar="PAIR SIDE", nargs=-1, required=True)
_json = click.option("--json", "as_json", is_flag=True, help="One object.")


@click.command("rename", cls=Verb)
@_who
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@_json
@click.pass_context
def rename(ctx: click.Context, who: tuple[str, ...], old: str, new: str, as_json: bool) -> None:
    """Correct a real name of a member: NEW is removed from their letters from now on, and OLD is not any more.

    If they are known by both, use known-as add. Letters that were accepted before and wait are not changed; this verb
    says how many there are.
    """

    async def work(session: Session) -> tuple[Member, Renamed]:
        found = await member_of(who, session.store)
        return found, await corrections.rename(found, old, new, session.store, now(), who=who_types())

    found, renamed = in_session(ctx, work)
    if as_json:
        print_json({"done": "rename", "known_as": len(renamed.names), "waiting": renamed.waiting})
    say_understood(Identity(tuple(one.address for one in found.addresses), renamed.names))
    if renamed.waiting:
        say(
            f"Letters of theirs that were searched for the old name and have not left: {renamed.waiting}. "
            "relay queue list and relay held list show them; relay queue hold stops one."
        )


@click.command("guardian", cls=Verb)
@_who
@click.argument("address", metavar="ADDRESS")
@_json
@click.pass_context
def set_guardian(ctx: click.Context, who: tuple[str, ...], address: str, as_json: bool) -> None:
    """Correct the ADDRESS of a mentee's guardian.

    While the pair has not begun, the guardian is asked there, and an answer from the address before counts no more, not
    even a yes that was given: it may have been somebody else's. In a pair that has begun the consent stays, and ADDRESS
    is removed from letters.
    """

    async def work(session: Session) -> list[Pair]:
        found = await member_of(who, session.store)
        writer = InvitationWriter(writer_of(session))
        return await corrections.set_guardian(found, address, session.store, writer, now(), who=who_types())

    pairs = in_session(ctx, work)
    asked = [one.id for one in pairs if one.state is PairState.INVITED]
    expired = [one.id for one in pairs if one.state is PairState.EXPIRED]
    if as_json:
        print_json({"done": "guardian", "asked": asked, "expired": expired})
    say("The guardian is asked there; relay serve sends the letter." if asked else "Changed. Nobody is asked now.")
    for pair_id in expired:
        say(f"The invitation to pair {pair_id} has expired; to ask again: relay pair invite {pair_id}")
