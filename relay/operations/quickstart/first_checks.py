"""What relay quickstart shows at its end: relay check as the user relay, the DNS records, the next commands."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator

from relay.home import Home
from relay.operations.dns_records import remarks
from relay.operations.findings import Finding, Level, wrong
from relay.operations.outside import needed
from relay.operations.quickstart.machine import Machine
from relay.operations.quickstart.steps import installed_command
from relay.operations.quickstart.wanted import HOME, USER
from relay.settings_file import load


def findings(machine: Machine) -> list[Finding]:
    """What relay check finds, run as the user relay on the machine itself, so that no file of root's appears."""
    owner = machine.ids(USER) if machine.real and os.geteuid() == 0 else None
    program = [installed_command(machine)] if machine.real else [sys.executable, "-m", "relay"]
    cannot = wrong(f"the user {USER} cannot run relay check", f"see: runuser -u {USER} -- relay check")
    try:
        printed = _printed([*program, "--home", str(machine.path(HOME)), "check", "--local", "--json"], owner)
        found = json.loads(printed)["findings"]
        return [Finding(Level(one["level"]), one["what"], one["remedy"]) for one in found]
    except (OSError, ValueError, KeyError):
        return [cannot]


def _printed(command: list[str], owner: tuple[int, int] | None) -> str:
    """What a command prints that is run as ``owner``, a uid and gid."""
    user, group = owner if owner is not None else (None, None)
    return subprocess.run(  # noqa: S603 -- relay itself
        command,
        user=user,
        group=group,
        extra_groups=None if owner is None else [],
        cwd=None if owner is None else "/",
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    ).stdout


def shown(finding: Finding) -> str:
    """A finding as one line."""
    return f"Checking: {finding.what} … {'OK' if finding.level is Level.OK else finding.remedy}"


def dns_lines(machine: Machine) -> tuple[list[str], list[str]]:
    """The records as lines of a zone file, and what else has to be in DNS. Raises HomeError, SettingsError."""
    home = Home(machine.path(HOME))
    settings = load(home.toml, {})
    return [one.zone_line for one in needed(home, settings)], remarks(settings)


def next_commands() -> Iterator[str]:
    """What to type next."""
    yield f"Keep a copy of {HOME}/keys on another machine: without vault.key nobody can read the database."
    yield "When the records are published:"
    yield f"    runuser -u {USER} -- relay dns check"
    yield "Then the first pair. Both are asked; when both have said yes, each gets a welcome letter:"
    yield f"    runuser -u {USER} -- relay pair create --mentor ADDRESS --mentee ADDRESS \\"
    yield "        --mentor-known-as NAME --mentee-known-as NAME"


def port_taken(what: str, behind_postfix: bool) -> Finding:
    """The finding for a listen address on which another program answers."""
    if behind_postfix:
        return wrong(what, "stop that program; relay listens there, and Postfix has port 25")
    return wrong(
        what,
        "only one server can have port 25. Stop the other (systemctl disable --now postfix), or let Postfix receive "
        "the mail: relay quickstart DOMAIN --behind-postfix",
    )
