"""relay member: the people of the pairs, by pair and side. Shows no address but with --reveal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from relay.cli.languages_served import say_unserved
from relay.cli.member_shown import member_facts, member_object
from relay.cli.names_understood import say_understood, tried
from relay.cli.output import print_facts, print_json, print_rows, say
from relay.cli.session import Session, confirm, in_session, now, who_types
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


@click.group()
def member() -> None:
    """The people of the pairs, and their addresses.

    A member is named by pair and side, as in “relay member show k7f3q2xw mentor”, or by an address of theirs.
    """


def _who(verb: Callable[..., Any]) -> Callable[..., Any]:
    return click.argument("who", metavar=_WHO, nargs=-1, required=True)(verb)


@member.command("list")
@click.option("--suspended", is_flag=True, help="Only those who are not written to: no such mailbox.")
@click.option("--json", "as_json", is_flag=True, help="One object a line.")
@click.pass_context
def list_(ctx: click.Context, suspended: bool, as_json: bool) -> None:
    """List members by pair and pseudonym.

    With --suspended those first who have waited longest.
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
            (row.pair_id, row.side, row.name, row.state, row.addresses, row.unproven, row.suspended_since)
            for row in rows
        )
        print_rows(_HEADINGS, cells, "There is nobody; relay pair create makes a pair.")


def _list_suspended(ctx: click.Context, as_json: bool) -> None:
    async def work(session: Session) -> list[SuspendedRow]:
        return await session.store.suspensions.rows()

    rows = in_session(ctx, work)
    if as_json:
        for row in rows:
            print_json(row)
    else:
        cells = ((row.pair_id, row.side, row.name, row.since, row.reason) for row in rows)
        print_rows(_SUSPENDED_HEADINGS, cells, "Everybody is written to.")


@member.command()
@_who
@click.option("--reveal", is_flag=True, help="Show real addresses and names, too. Needs --reason.")
@click.option("--reason", default="", help="Why somebody has to know who this is; this is recorded.")
@click.option("--json", "as_json", is_flag=True, help="One object.")
@click.pass_context
def show(ctx: click.Context, who: tuple[str, ...], reveal: bool, reason: str, as_json: bool) -> None:
    """Show one member: pairs, pseudonyms, how many addresses. Who they are is shown for a reason only."""
    if reveal and not reason.strip():
        raise click.UsageError("Who somebody is stays private: say with --reason why you have to know; it is recorded.")

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
        say("That you looked is recorded: relay log events shows it.")


@member.command("add-address")
@_who
@click.argument("address", metavar="ADDRESS")
@click.pass_context
def add_address(ctx: click.Context, who: tuple[str, ...], address: str) -> None:
    """Let a member write from another real ADDRESS, too, once it is proven.

    A letter goes there that asks for an answer, which is the proof, and a word to an address of theirs that is proven.
    Until then what comes from there is held, and they are asked about it. The address is kept from the other side from
    now on. Given again, it is asked for again.
    """

    async def work(session: Session) -> Asked:
        found = await member_of(who, session.store)
        return await members.add_address(
            found, address, session.store, MemberLetters(writer_of(session)), now(), who=who_types()
        )

    again = in_session(ctx, work) is Asked.AGAIN
    say(("Asked once more" if again else "Registered, and asked") + ": the letter goes out as soon as relay serves.")
    say("It is proven when somebody answers from there, within seven days; relay member show tells.")


@member.command("known-as")
@click.argument("words", metavar="PAIR SIDE add|remove|test TEXT", nargs=-1, required=True)
@click.pass_context
def known_as(ctx: click.Context, words: tuple[str, ...]) -> None:
    """Add or remove a name of a member, or see what a TEXT of theirs would become.

    Names, nicknames, employers and the like are kept from the other side, however they are spelt or inflected.
    """
    if len(words) < 3 or words[-2] not in ("add", "remove", "test"):
        raise click.UsageError("say whom, then add, remove or test, then a text in quotation marks")
    who, verb, text = words[:-2], words[-2], words[-1]

    async def work(session: Session) -> tuple[Member, tuple[str, ...]]:
        found = await member_of(who, session.store)
        if verb == "test":
            return found, found.known_as
        return found, await members.know_as(found, text, session.store, now(), add=verb == "add", who=who_types())

    found, names = in_session(ctx, work)
    identity = Identity(tuple(one.address for one in found.addresses), names)
    if verb == "test":
        click.echo(tried(identity, found.parts[0].pair.persona(found.parts[0].side) if found.parts else None, text))
    else:
        say_understood(identity)


@member.command("set-primary")
@_who
@click.argument("address", metavar="ADDRESS")
@click.pass_context
def set_primary(ctx: click.Context, who: tuple[str, ...], address: str) -> None:
    """Send a member's letters to another ADDRESS of theirs.

    It must be proven. The address they went to until now is told.
    """

    async def work(session: Session) -> None:
        found = await member_of(who, session.store)
        await members.set_primary(
            found, address, session.store, MemberLetters(writer_of(session)), now(), who=who_types()
        )

    in_session(ctx, work)
    say("New letters go there. What was accepted before still goes where it was to go.")


@member.command("set-language")
@_who
@click.argument("language", metavar="TAG")
@click.pass_context
def set_language(ctx: click.Context, who: tuple[str, ...], language: str) -> None:
    """Write to a member in another language from now on, such as ar or pt-BR."""

    async def work(session: Session) -> None:
        found = await member_of(who, session.store)
        await members.set_language(found, language, session.store)
        pairs = [await session.store.directory.pair(part.pair.id) for part in found.parts]
        say_unserved(session, [pair for pair in pairs if pair is not None])

    in_session(ctx, work)


@member.command()
@_who
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="One object: what was erased.")
@click.pass_context
def forget(ctx: click.Context, who: tuple[str, ...], yes: bool, as_json: bool) -> None:
    """Erase a person for good, and end their pairs.

    Erased are addresses, names, letters, thread links and all else that says who they were.

    What stays are the pseudonyms, and the log's times and counts. Letters still on their way to or from them are given
    up, and the other side is told of its own.
    """
    found = in_session(ctx, lambda session: member_of(who, session.store))
    names = ", ".join(f"{part.pair.persona(part.side).name} ({part.side} of {part.pair.id})" for part in found.parts)
    confirm(f"Forget {names} for good? Their letters are destroyed, and nobody can bring them back.", yes)

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
        say("Somebody was reading the database, so its log (relay.db-wal) may hold traces: type the same once more.")
    say("Backups made before this still hold them, sealed: destroy those that you can do without.")
    say("relay restore leaves them out by keys/forgotten: copy that file to where you keep the keys.")


@member.command()
@click.argument("address", metavar="ADDRESS")
@click.pass_context
def resume(ctx: click.Context, address: str) -> None:
    """Write to a member's real ADDRESS again. What was held for it goes out now."""
    try:
        meant = normalise(address)
    except ValueError as error:
        raise click.UsageError(str(error)) from error

    async def work(session: Session) -> int | None:
        return await session.store.suspensions.resume(meant, now(), who=who_types())

    released = in_session(ctx, work)
    if released is None:
        raise click.ClickException("that address is not suspended; relay member list --suspended shows who is")
    say(f"Written to again. Letters that were held and are due now: {released}")
