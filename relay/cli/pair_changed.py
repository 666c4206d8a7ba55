"""relay pair welcome and set-cohort: changes of a pair that leave its state as it is."""

from __future__ import annotations

import click

from relay.cli.output import say
from relay.cli.pair_shown import show_pair
from relay.cli.session import Session, in_session, now
from relay.cli.verbs import Verb
from relay.cli.writing import writer_of
from relay.letters.welcome import Welcome
from relay.mentoring.pairing import PairingError, pair_of
from relay.model import Pair, Side
from relay.states import EXCHANGING


@click.command(cls=Verb)
@click.argument("pair_id", metavar="PAIR")
@click.argument("side", type=click.Choice([side.value for side in Side]), required=False)
@click.option("--json", "as_json", is_flag=True, help="One object.")
@click.pass_context
def welcome(ctx: click.Context, pair_id: str, side: str | None, as_json: bool) -> None:
    """Send the welcome letters of a pair again: to both members, or to the one on SIDE."""

    async def work(session: Session) -> Pair:
        found = await pair_of(pair_id, session.store)
        if found.state not in EXCHANGING:
            raise PairingError(f"pair {found.id} is {found.state}: it exchanges no letters, so nobody is welcomed")
        identities = await session.store.directory.identities(found.id)
        writer, at, letters = Welcome(writer_of(session)), now(), []
        for to, identity in zip(Side, identities or (), strict=True):
            if side in (None, to.value) and identity.addresses:
                letters += writer.to_one(found, to, identity.addresses[0], at)
        await session.store.accept(letters)
        return found

    show_pair(in_session(ctx, work), as_json)
    say("The welcome letters are queued; relay serve sends them.")


@click.command("set-cohort", cls=Verb)
@click.argument("pair_id", metavar="PAIR")
@click.argument("cohort", metavar="NAME")
@click.option("--json", "as_json", is_flag=True, help="One object.")
@click.pass_context
def set_cohort(ctx: click.Context, pair_id: str, cohort: str, as_json: bool) -> None:
    """Put a pair into the cohort NAME; "" means none."""

    async def work(session: Session) -> Pair:
        found = await pair_of(pair_id, session.store)
        changed = await session.store.directory.set_cohort(found.id, cohort.strip())
        return changed or found

    show_pair(in_session(ctx, work), as_json)
