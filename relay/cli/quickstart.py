"""relay quickstart: takes relay into production on this machine."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from relay.cli.output import print_json, say
from relay.cli.session import confirm, now
from relay.cli.verbs import Verb
from relay.home import Home
from relay.operations.findings import Finding, Level, sound
from relay.operations.listening import check_listen, is_here
from relay.operations.quickstart import first_checks, milters, postfix, steps
from relay.operations.quickstart.machine import Machine, StepError
from relay.operations.quickstart.step import Step
from relay.operations.quickstart.transcript import FILE, Transcript
from relay.operations.quickstart.wanted import HOME, Wanted
from relay.settings_values import WrongValueError, host_name
from relay.shipped import shipped


@click.command(cls=Verb)
@click.argument("domain")
@click.option("--behind-postfix", is_flag=True, help="Postfix receives the mail on port 25 and passes it to relay.")
@click.option("--hostname", help="The name for the MX record. Default: DOMAIN, or Postfix's myhostname.")
@click.option("--operator", metavar="ADDRESS", help="Who gets mail to postmaster@ and abuse@ of DOMAIN.")
@click.option("--programme", metavar="NAME", help="The name of your programme in relay's own letters.")
@click.option("--dry-run", is_flag=True, help="Show everything, change nothing.")
@click.option("--yes", is_flag=True, help="Change Postfix and its milters without asking.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print one object: the steps, what relay check finds, the DNS records."
)
@click.option("--root", default="/", metavar="DIR", help="A folder that stands for the machine; nothing is started.")
def quickstart(  # noqa: PLR0917 -- click passes each by its name
    domain: str,
    behind_postfix: bool,
    hostname: str | None,
    operator: str | None,
    programme: str | None,
    dry_run: bool,
    yes: bool,
    as_json: bool,
    root: str,
) -> int:
    """Take relay into production for DOMAIN on this machine, as root.

    Makes the user relay, its home in /var/lib/relay and the systemd units, starts relay, checks everything, and prints
    the DNS records and the next commands. Leaves what exists as it is, but for the settings of Postfix and its milters
    that it asks about, so it can be run again. What it says is also kept in /var/log/relay-quickstart.log.
    """
    machine = Machine(Path(root).absolute())
    if machine.real and os.geteuid() != 0 and not dry_run:
        raise click.ClickException(
            "relay quickstart makes a user, a folder and a service, so it has to run as root: "
            f"sudo relay quickstart {domain}. To look first, add --dry-run."
        )
    if not (machine.real or machine.path("/etc/passwd").is_file()):
        raise click.ClickException(f"--root {root} has no etc/passwd: give the folder of an installed system.")
    name = _name(domain, "DOMAIN")
    mx = _name(hostname, "--hostname") if hostname else _hostname(machine, name, behind_postfix)
    if operator is None and not (yes or dry_run) and sys.stdin.isatty() and not Home(machine.path(HOME)).toml.exists():
        operator = click.prompt(f"Who gets mail to postmaster@{name}? An address elsewhere", default="", err=True)
    wanted = Wanted(name, mx, behind_postfix, operator or "", programme or "", is_here("::"))
    wanted.settings()  # raises SettingsError before anything is changed
    transcript = Transcript(say, dry_run)
    try:
        return _run(machine, wanted, transcript, yes, as_json)
    except StepError as error:
        transcript.lines.append(f"Stopped: {error}")  # the error itself is said where all are
        raise
    finally:
        if not dry_run:
            transcript.keep(machine.path(FILE), now())


def _run(machine: Machine, wanted: Wanted, transcript: Transcript, yes: bool, as_json: bool) -> int:
    if machine.real:
        steps.check_program()
    taken = _port_taken(machine, wanted, transcript)
    if taken is not None and not transcript.dry:
        return _told(transcript, False, [taken], [], as_json)
    front = _front(machine, wanted, transcript, yes) if wanted.behind_postfix else []
    for step in steps.steps(machine, wanted):
        transcript.take(step)
    before = transcript.changes
    for step in front:
        transcript.take(step)
    complete = taken is None and transcript.left == 0
    transcript.take(steps.start(machine))
    if transcript.changes > before and front:
        transcript.take(postfix.restart(machine))
    if transcript.dry:
        transcript.tell("Nothing was changed. Without --dry-run this is done, then checked.")
        return _told(transcript, complete, [] if taken is None else [taken], [], as_json)
    found, zone = _report(machine, transcript, as_json)
    return _told(transcript, complete and sound(found), found, zone, as_json)


def _told(transcript: Transcript, complete: bool, found: Sequence[Finding], zone: Sequence[str], as_json: bool) -> int:
    """The exit code, after the object for --json."""
    if as_json:
        print_json({"ok": complete, "steps": transcript.taken, "findings": found, "records": zone})
    return 0 if complete else 1


def _port_taken(machine: Machine, wanted: Wanted, transcript: Transcript) -> Finding | None:
    """The finding about a port of relay's on which another program listens; None when there is none."""
    if not machine.real:
        return None
    for address in wanted.listen:
        found = asyncio.run(check_listen(address, wanted.hostname, [shipped("config") / "packaging"]))
        if found.level is Level.ERROR:
            found = first_checks.port_taken(found.what, wanted.behind_postfix)
            transcript.tell(first_checks.shown(found))
            return found
        transcript.tell(f"Checking port {address.port} of {address.host} … OK")
    return None


def _front(machine: Machine, wanted: Wanted, transcript: Transcript, yes: bool) -> Sequence[Step]:
    """Show what Postfix and its milters need, and ask. Returns the steps. Raises Abort, UsageError."""
    found = [*postfix.steps(machine, wanted), *milters.steps(machine, wanted)]
    for sentence in postfix.advice(wanted):
        transcript.tell(sentence)
    todo = [step for step in found if not (step.done() or step.by_hand)]
    if todo and not transcript.dry:
        for command in (command for step in todo for command in step.commands):
            transcript.tell(f"    {command}")
        confirm("Change the settings of Postfix, OpenDKIM and OpenDMARC in this way?", yes)
    return found


def _report(machine: Machine, transcript: Transcript, as_json: bool) -> tuple[list[Finding], list[str]]:
    """Tell what relay check finds, the DNS records, and what is next. Returns the findings and the records."""
    found = first_checks.findings(machine)
    for finding in found:
        transcript.tell(first_checks.shown(finding))
    zone, remarks = first_checks.dns_lines(machine)
    transcript.tell()
    transcript.tell("Publish these DNS records:")
    transcript.lines += zone
    for line in [] if as_json else zone:
        click.echo(line)
    for line in [*remarks, "", *first_checks.next_commands()]:
        transcript.tell(line)
    return found, zone


def _hostname(machine: Machine, domain: str, behind_postfix: bool) -> str:
    """The name for the MX record. Raises StepError when Postfix has no usable one."""
    if not behind_postfix:
        return domain
    if found := postfix.hostname(machine):
        return _name(found, "myhostname")
    return f"mx.{domain}"


def _name(value: str, what: str) -> str:
    try:
        return host_name(value)
    except WrongValueError as wrong:
        raise click.BadParameter(f"must be {wrong}", param_hint=what) from None
