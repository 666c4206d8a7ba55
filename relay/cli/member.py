"""relay member: shows and changes members, their addresses and names. Shows addresses only with --reveal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from relay.cli.member_away import set_away, set_vacation
from relay.cli.member_corrections import rename, set_guardian
from relay.cli.member_export import export
from relay.cli.member_manner import set_discreet, set_language, set_time_zone
from relay.cli.member_shown import member_facts, member_object, state_shown
from relay.cli.names_understood import say_understood, tried
from relay.cli.output import print_facts, print_json, print_rows, say
from relay.cli.session import Session, confirm, in_session, now, who_types
from relay.cli.verbs import VerbGroup
from relay.cli.writing import writer_of
from relay.letters.member_letters import MemberLetters
from relay.mentoring import members
from relay.mentoring.members import member_of
from relay.message.read.addresses import normalise
from relay.model import Identity
from relay.store import Asked, Forgotten, Member, MemberRow, SuspendedRow

_HEADINGS = ("PAIR", "SIDE", "NAME", "STATE", "ADDRESSES", "UNPROVEN", "SUSPENDED SINCE")
_SUSPENDED_HEADINGS = ("PAIR", "SIDE", "NAME", "SINCE", "REASON")
_WHO = "PAIR SIDE"


@click.group(cls=VerbGroup)
def member() -> None:
    """Show and change members, their addresses and names.

    Name a member by pair and side, as in “relay member show k7f3q2xw mentor”, or by a real address.
    """


def _who(verb: Callable[..., Any]) -> Callable[..., Any]:
    return click.argument("who", metavar=_WHO, nargs=-1, required=True)(verb)


@member.command("list")
@click.option("--suspended", is_flag=True, help="Only members whose mailbox does not exist any more.")
@click.option("--json", "as_json", is_flag=True, help="One object a line.")
@click.pass_context
def list_(ctx: click.Context, suspended: bool, as_json: bool) -> None:
    """List members by pair and pseudonym.

    With --suspended, list addresses that relay does not write to because a server said there is no such mailbox, the
    longest suspended first.
    """
    if suspended:
        _list_suspended(ctx, as_json)
        return

    async def work(session: Session) -> list[MemberRow]:
        return await session.store.members.rows()

    rows = in_session(ctx, work)
    if as_json:
        for row in rows:
            print_json(row)
    else:
        cells = (
            (
                row.pair_id,
                row.side,
                row.name,
                state_shown(row.state, row.away_until),
                row.addresses,
                row.unproven,
                row.suspended_since,
            )
            for row in rows
        )
        print_rows(_HEADINGS, cells, "There are no members; relay pair create makes a pair.")


def _list_suspended(ctx: click.Context, as_json: bool) -> None:
    async def work(session: Session) -> list[SuspendedRow]:
        return await session.store.suspensions.rows()

    rows = in_session(ctx, work)
    if as_json:
        for row in rows:
            print_json(row)
    else:
        cells = ((row.pair_id, row.side, row.name, row.since, row.reason) for row in rows)
        print_rows(_SUSPENDED_HEADINGS, cells, "No member is suspended.")


@member.command()
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


@member.command("add-address")
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


@member.command("known-as")
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


@member.command("set-primary")
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


for _command in (set_language, set_time_zone, set_discreet, set_away, set_vacation, rename, set_guardian):
    member.add_command(_command)


@member.command()
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


member.add_command(export)


@member.command()
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
