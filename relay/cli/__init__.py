"""The `relay` command line: one module for each verb, imported only when that verb is used."""

from __future__ import annotations

import importlib

import click

from relay import __version__
from relay.cli.verbs import VerbGroup

# verb → (the module with a click command of that name, its line in relay --help)
VERBS = {
    "quickstart": ("relay.cli.quickstart", "Take relay into production on this machine, as root."),
    "init": ("relay.cli.init", "Make a new home: settings, keys, database."),
    "serve": ("relay.cli.serve", "Accept and relay letters until stopped."),
    "pair": ("relay.cli.pair", "Make, list, pause, resume and end pairs."),
    "member": ("relay.cli.member", "Show and change members, their addresses and names."),
    "roles": ("relay.cli.roles", "List coordinators and safeguarding contacts, and ask them."),
    "status": ("relay.cli.status", "Show whether relay runs, what is queued and what failed last."),
    "log": ("relay.cli.log", "Show letters relayed, letters refused, and events."),
    "queue": ("relay.cli.queue", "Show and change what is waiting to be delivered."),
    "jobs": ("relay.cli.jobs", "List planned jobs and when they are due."),
    "held": ("relay.cli.held", "Release or refuse letters held for a decision."),
    "letters": ("relay.cli.letters", "Show the letters that relay itself writes, with samples."),
    "report": ("relay.cli.report", "Write the record of processing activities."),
    "preview": ("relay.cli.preview", "Show what the other side would see of a letter."),
    "rehearse": ("relay.cli.rehearse", "Simulate weeks or months of the programme on a copy."),
    "show": ("relay.cli.show", "Show relay at work in a browser, with two made-up people."),
    "dns": ("relay.cli.dns", "Print and check the DNS records that relay needs."),
    "dkim": ("relay.cli.dkim", "Replace the DKIM signing keys."),
    "store": ("relay.cli.store", "Copy everything to another database."),
    "vault": ("relay.cli.vault", "Replace the key that encrypts the database."),
    "backup": ("relay.cli.backup", "Save settings, templates and database to one file."),
    "restore": ("relay.cli.restore", "Restore a home from a backup."),
    "check": ("relay.cli.check", "Report what is wrong and how to put it right."),
    "completion": ("relay.cli.completion", "Print a script for the completion of a shell."),
    "help": ("relay.cli.help", "Show a short guide, or the help of a verb."),
}


class Verbs(VerbGroup):
    """A group that imports a verb only when it is used, so that relay --help answers at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of the verbs, in the order of VERBS."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, or None."""
        if cmd_name not in VERBS:
            return None
        command: click.Command = getattr(importlib.import_module(VERBS[cmd_name][0]), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of verbs for --help, without importing any."""
        with formatter.section("Verbs"):
            formatter.write_dl([(verb, line) for verb, (_, line) in VERBS.items()])


@click.group(cls=Verbs, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--home", metavar="DIR", help="Relay's folder. Default: RELAY_HOME, or here, or /var/lib/relay.")
@click.version_option(__version__, prog_name="relay", message="%(prog)s %(version)s")
@click.pass_context
def relay(ctx: click.Context, home: str | None) -> None:
    """A mail relay for mentoring: a mentor and a mentee write to each other, and neither learns who the other is.

    Results go to standard output, messages and progress to standard error. --json prints one object, or one object a
    line. Exit codes: 0 done, 1 failed, 2 wrong usage, 75 try again later.
    """
    ctx.obj = home
    if ctx.invoked_subcommand is None:
        from relay.cli.first_screen import first_screen  # --help must answer at once

        click.echo(first_screen(home))
