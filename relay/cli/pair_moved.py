"""relay pair invite, pause, resume and end: move a pair from one state to another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from relay.cli.output import say
from relay.cli.pair_shown import (
    show_pair,
)
from relay.cli.session import Session, confirm, in_session, now, who_types
from relay.cli.verbs import Verb
from relay.cli.writing import writer_of
from relay.letters.invitations import InvitationWriter
from relay.letters.member_letters import MemberLetters
from relay.mentoring import consent, pairing
from relay.model import Pair, PairState


def _json_option(verb: Callable[..., Any]) -> Callable[..., Any]:
    return click.option("--json", "as_json", is_flag=True, help="One object, or one object a line.")(verb)


def _reason_option(verb: Callable[..., Any]) -> Callable[..., Any]:
    return click.option("--reason", default="", help="Why; needed for a pair that was reported, and recorded.")(verb)


@click.command(cls=Verb)
@click.argument("pair_id", metavar="PAIR")
@_json_option
@click.pass_context
def invite(ctx: click.Context, pair_id: str, as_json: bool) -> None:
    """Send the invitation again to the members of a pair who have not said yes.

    A pair whose invitation has expired is invited again.
    """

    async def work(session: Session) -> Pair:
        writer = InvitationWriter(writer_of(session))
        return await consent.invite_again(pair_id, session.store, writer, now(), who=who_types())

    show_pair(in_session(ctx, work), as_json)
    say("The invitations are queued; relay serve sends them.")


def _state_verb(name: str, state: PairState, line: str) -> click.Command:
    """A verb that moves a pair to ``state``."""

    def verb(ctx: click.Context, pair_id: str, yes: bool, as_json: bool, reason: str = "") -> None:
        async def work(session: Session) -> Pair:
            letters = MemberLetters(writer_of(session))
            return await pairing.change_state(
                pair_id, state, session.store, now(), who=who_types(), why=reason, letters=letters
            )

        show_pair(in_session(ctx, work), as_json)

    decorated = click.pass_context(verb)
    if state is PairState.ACTIVE:
        decorated = _reason_option(decorated)
    decorated = _json_option(click.option("--yes", is_flag=True, help="Do not ask.")(decorated))
    decorated = click.argument("pair_id", metavar="PAIR")(decorated)
    return click.command(name, cls=Verb, help=line)(decorated)


pause = _state_verb("pause", PairState.PAUSED, "Pause a pair: its letters are refused until it is resumed.")
resume = _state_verb("resume", PairState.ACTIVE, "Resume a pair that is paused, or was reported.")


@click.command(cls=Verb)
@click.argument("pair_id", metavar="PAIR")
@click.option("--silent", is_flag=True, help="Do not tell the members.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@_reason_option
@_json_option
@click.pass_context
def end(ctx: click.Context, pair_id: str, *, silent: bool, yes: bool, reason: str, as_json: bool) -> None:
    """End a pair for good, and tell both members."""
    confirm(f"End pair {pair_id} for good? It cannot be resumed.", yes)

    async def work(session: Session) -> Pair:
        letters = None if silent else MemberLetters(writer_of(session))
        return await pairing.change_state(
            pair_id, PairState.ENDED, session.store, now(), who=who_types(), why=reason, letters=letters
        )

    show_pair(in_session(ctx, work), as_json)
