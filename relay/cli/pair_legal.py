"""relay pair hold-legal: keeps all of a pair for a legal duty, until the hold is lifted."""

from __future__ import annotations

import click

from relay.cli.output import say
from relay.cli.pair_shown import show_pair
from relay.cli.session import Session, in_session, now, who_types
from relay.cli.verbs import Verb
from relay.mentoring.legal_hold import hold_legal as put
from relay.model import Pair


@click.command("hold-legal", cls=Verb)
@click.argument("pair_id", metavar="PAIR")
@click.argument("to", metavar="on|off", type=click.Choice(["on", "off"]))
@click.option("--reason", default="", help="Who asks for it and why, such as a file number; this is recorded.")
@click.option("--json", "as_json", is_flag=True, help="One object.")
@click.pass_context
def hold_legal(ctx: click.Context, pair_id: str, to: str, reason: str, as_json: bool) -> None:
    """Keep all of a pair for a legal duty (on), or no longer (off). Needs --reason.

    While it is on, nothing of the pair is deleted by age, and its members are not forgotten. A member who asks for that
    leaves at once, and is forgotten when the hold is off. Letters are relayed as before; pause the pair to stop them.
    """
    if not reason.strip():
        raise click.UsageError("A legal hold needs a reason: give with --reason who asks for it; it is recorded.")

    async def work(session: Session) -> tuple[Pair, bool]:
        pair = await put(pair_id, session.store, now(), on=to == "on", who=who_types(), why=reason)
        return pair, session.settings.store.content == "kept"

    pair, kept = in_session(ctx, work)
    show_pair(pair, as_json)
    say(f"Legal hold is {to}; relay log events --pair {pair.id} shows who set it and why.")
    if to == "on" and not kept:
        say('store.content is "none", so letters are not kept, not even these: set it to "kept" to keep new ones.')
    if to == "off":
        say("Members who asked to be forgotten meanwhile are forgotten now, by relay serve.")
