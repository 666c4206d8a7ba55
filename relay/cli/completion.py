"""relay completion: prints the script by which a shell completes verbs and options."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from relay.cli.verbs import Verb


@click.command(cls=Verb)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print a script that makes a SHELL complete the verbs and options of relay.

    \b
    bash: save it as /etc/bash_completion.d/relay
    zsh:  save it as _relay in a folder of $fpath
    fish: save it as ~/.config/fish/completions/relay.fish
    """
    kind = get_completion_class(shell)
    assert kind is not None  # the choices are click's
    script = kind(ctx.find_root().command, {}, "relay", "_RELAY_COMPLETE")
    click.echo(script.source_template % script.source_vars())
