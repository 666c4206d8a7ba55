"""What an operator types: one file a noun, each read only when it is asked for."""

from __future__ import annotations

import importlib

import click

from relay import __version__

# verb → (the module that holds a click command of that name, the one line that relay --help says of it)
VERBS = {
    "init": ("relay.cli.init", "Make a new home: settings, keys, database."),
    "serve": ("relay.cli.serve", "Take letters and carry them on, until stopped."),
    "pair": ("relay.cli.pair", "Make, list, pause, resume and end pairs."),
    "member": ("relay.cli.member", "The people of the pairs, and their addresses."),
    "status": ("relay.cli.status", "How relay is doing at this moment."),
    "log": ("relay.cli.log", "What was relayed and what was refused."),
    "queue": ("relay.cli.queue", "Letters that still have to be delivered."),
    "jobs": ("relay.cli.jobs", "What falls due by the clock."),
    "held": ("relay.cli.held", "Letters that wait for a person."),
    "letters": ("relay.cli.letters", "The letters relay writes itself, with samples."),
    "preview": ("relay.cli.preview", "Show what the other side would see of a letter."),
    "rehearse": ("relay.cli.rehearse", "Play months of the programme in seconds, on a copy."),
    "dns": ("relay.cli.dns", "The DNS records this relay needs."),
    "dkim": ("relay.cli.dkim", "Replace the keys that letters are signed with."),
    "store": ("relay.cli.store", "Move a programme to another database."),
    "vault": ("relay.cli.vault", "Replace the key that the database is sealed with."),
    "backup": ("relay.cli.backup", "Save the whole home into one file, while relay runs."),
    "restore": ("relay.cli.restore", "Make a home of a backup."),
    "check": ("relay.cli.check", "What is wrong, and what to do about it."),
}


class Verbs(click.Group):
    """A group whose verbs are imported on use, so that relay --help answers at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The verbs, in the order of their use."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The verb itself, or None when there is none of that name."""
        if cmd_name not in VERBS:
            return None
        command: click.Command = getattr(importlib.import_module(VERBS[cmd_name][0]), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list that --help shows, without importing any verb."""
        with formatter.section("Verbs"):
            formatter.write_dl([(verb, line) for verb, (_, line) in VERBS.items()])


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--home", metavar="DIR", help="The relay's folder. Default: RELAY_HOME, or here, or /var/lib/relay.")
@click.version_option(__version__, prog_name="relay", message="%(prog)s %(version)s")
@click.pass_context
def relay(ctx: click.Context, home: str | None) -> None:
    """An email-first mentoring relay: two people write to each other and neither learns who the other is.

    Words and progress go to standard error, results to standard output; --json gives one object, or one a line.
    Exit codes: 0 done, 1 failed, 2 usage, 75 try again.
    """
    ctx.obj = home
