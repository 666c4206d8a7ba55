"""relay roles: who is named as coordinator and for safeguarding, and whether they have confirmed it."""

from __future__ import annotations

import click

from relay.cli.output import print_json, print_rows, say
from relay.cli.session import Session, in_session, now, who_types
from relay.cli.verbs import VerbGroup
from relay.cli.writing import writer_of
from relay.letters.role_letters import RoleLetters
from relay.roles import Named, Roles, named

_HEADINGS = ("ROLE", "COHORT", "SETTING", "STATE", "ASKED")


@click.group(cls=VerbGroup)
def roles() -> None:
    """List coordinators and safeguarding contacts, and ask them to confirm it."""


@roles.command("list")
@click.option("--json", "as_json", is_flag=True, help="One object a line.")
@click.pass_context
def list_(ctx: click.Context, as_json: bool) -> None:
    """List who is named in relay.toml for a role, and whether they have confirmed it. Shows no address."""

    async def work(session: Session) -> list[Named]:
        return await Roles(session.settings, session.store).all()

    found = in_session(ctx, work)
    if as_json:
        for one in found:
            print_json({"role": one.role, "cohort": one.cohort, "setting": one.setting, "state": state_of(one)})
    else:
        cells = (
            (one.role, one.cohort, one.setting, state_of(one), None if one.asked is None else one.asked.asked_at)
            for one in found
        )
        print_rows(_HEADINGS, cells, "Nobody is named; see [programme] coordinator and [safeguarding] in relay.toml.")


@roles.command()
@click.option("--again", is_flag=True, help="Also ask those who were asked before and have not said yes.")
@click.option("--json", "as_json", is_flag=True, help="One object.")
@click.pass_context
def ask(ctx: click.Context, again: bool, as_json: bool) -> None:
    """Ask everybody who is named for a role, and was not asked yet, to confirm it by answering a letter.

    What is kept of people who are not named any more is deleted.
    """

    async def work(session: Session) -> int:
        known = Roles(session.settings, session.store)
        await session.store.role_mailboxes.forget_others(one.address for one in named(session.settings))
        open_ = [one for one in await known.all() if one.asked is None or (again and not one.proven)]
        by_address: dict[str, list[str]] = {}
        for one in open_:
            by_address.setdefault(one.address, []).append(one.role)
        writer, at = RoleLetters(writer_of(session)), now()
        asked = [writer.question(address, names, at) for address, names in by_address.items()]
        mailboxes, letters = [one for one, _ in asked], [letter for _, letter in asked]
        names = [", ".join(dict.fromkeys(one)) for one in by_address.values()]
        await session.store.role_mailboxes.ask(mailboxes, letters, roles=names, who=who_types())
        return len(asked)

    count = in_session(ctx, work)
    if as_json:
        print_json({"asked": count})
    if count:
        say(f"Asked: {count}. The letters are queued; relay serve sends them. relay roles list shows who has answered.")
    else:
        say("Nobody is left to ask: relay roles list shows who is named, and who has answered.")


def state_of(one: Named) -> str:
    """A word for how far the confirmation is."""
    if one.asked is None:
        return "not asked"
    return {"yes": "confirmed", "no": "says no", "": "asked"}[one.asked.answer.value]
