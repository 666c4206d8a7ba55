"""relay show: shows the program at work in a browser on this machine."""

from __future__ import annotations

import asyncio

import click

from relay.cli.output import say
from relay.cli.verbs import Verb


@click.command(cls=Verb)
@click.option("--port", type=click.IntRange(0, 65535), default=8026, show_default=True, help="0: a free one.")
@click.option(
    "--language", default="en", show_default=True, metavar="TAG", help="Of the page and the two people: ar, en, es, …"
)
@click.pass_context
def show(ctx: click.Context, port: int, language: str) -> None:
    """Show relay at work in a browser: two made-up mailboxes side by side, and a real relay between them.

    For demonstrations, never for real mail. It makes a home of its own in a temporary folder, uses none of yours,
    listens on loopback only, and sends nothing. Ctrl-C stops it and deletes everything.
    """
    if ctx.find_root().obj:
        raise click.UsageError("relay show makes a home of its own and uses no other: leave out --home")
    from relay.show.run import show as run
    from relay.show.words import languages, words_in

    if words_in(language).language != language.lower().partition("-")[0]:
        raise click.UsageError(f"--language must be one of {', '.join(languages())}")
    asyncio.run(run(port, language, _say_ready))


def _say_ready(address: str) -> None:
    say(f"Open {address} in a browser. Ctrl-C stops relay and deletes everything.")
