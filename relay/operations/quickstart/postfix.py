"""The settings of a Postfix before relay (README, way 2): what main.cf has, what it needs, and what is in the way."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from relay.operations.quickstart.machine import Machine
from relay.operations.quickstart.step import Step
from relay.operations.quickstart.wanted import Wanted
from relay.policy.recipients import accepted_forms

FOLDER = "/etc/postfix"
MILTERS = ("inet:127.0.0.1:8891", "inet:127.0.0.1:8893")  # OpenDKIM, OpenDMARC
SIZE = 26214400
# Postfix looks a recipient up in all tables, so our forms can be added to others.
LISTS = ("relay_domains", "relay_recipient_maps", "transport_maps", "smtpd_milters", "header_checks")
_OPEN = {"inet_interfaces": "all", "default_transport": "smtp"}
_ITEM = re.compile(r"(?>(?:[^\s,{}]|\{(?>(?:[^{}]|\{(?>(?:[^{}]|\{[^{}]*+\})*)\})*)\})+)")


@dataclass(frozen=True, slots=True)
class Line:
    """One setting of main.cf; ``by_hand``: why a person has to change it, "" when quickstart can."""

    name: str
    value: str
    by_hand: str = ""

    @property
    def command(self) -> list[str]:
        """The command that sets it."""
        return ["postconf", "-e", f"{self.name} = {self.value}"]


def needed(wanted: Wanted) -> dict[str, str]:
    """The settings of README's way 2, and what keeps Postfix from accepting mail that it would have to bounce."""
    forms = ", ".join(f"{{/{form}/ OK}}" for form in accepted_forms())
    return {
        "relay_domains": wanted.domain,
        "relay_recipient_maps": f"regexp:{{ {forms} }}",
        "transport_maps": f"inline:{{ {wanted.domain}=smtp:[127.0.0.1]:{wanted.listen[0].port} }}",
        "message_size_limit": str(SIZE),
        "smtpd_milters": " ".join(MILTERS),
        "milter_default_action": "tempfail",
        "header_checks": "regexp:{ {/^Authentication-Results[[:space:]]*:/ IGNORE} }",
    }


def lines(wanted: Wanted, current: Mapping[str, str], destination: str) -> Iterator[Line]:
    """What has to change. ``current``: what main.cf sets (postconf -n); ``destination``: mydestination, expanded."""
    here = [one for one in re.split(r"[\s,]+", destination) if one]
    if wanted.domain in (one.lower() for one in here):
        rest = ", ".join(one for one in here if one.lower() != wanted.domain)
        yield Line("mydestination", rest)
    if current.get("myhostname", "").lower() != wanted.hostname:
        yield Line("myhostname", wanted.hostname)
    for name, value in _OPEN.items():
        # Debian's "Local only" closes Postfix to other machines in these settings.
        if re.match(r"loopback-only|localhost|127\.|error", current.get(name, "")):
            yield Line(name, value)
    for name, value in needed(wanted).items():
        have = current.get(name, "")
        merged = _merged(name, have, value)
        if merged != have:
            others = [one for one in _ITEM.findall(current.get("relay_domains", "")) if one != wanted.domain]
            shuts_out = name == "relay_recipient_maps" and not have and bool(others)
            why = f"it would refuse mail to {', '.join(others)}: add tables for those, too" if shuts_out else ""
            yield Line(name, merged, why)


def _merged(name: str, have: str, value: str) -> str:
    """The value with what main.cf has already."""
    if name == "message_size_limit":
        return have if have.isdecimal() and (int(have) >= SIZE or int(have) == 0) else value
    if name not in LISTS or not have:
        return value
    items = _ITEM.findall(have)
    if name in ("relay_domains", "smtpd_milters"):
        missing = [one for one in _ITEM.findall(value) if one not in items]
    else:
        missing = [] if _plain(value) in _plain(have) else [value]
    if not missing:
        return have
    # The transport of our domain comes first: the first table that knows it decides.
    return ", ".join([*missing, have] if name == "transport_maps" else [have, *missing])


def _plain(value: str) -> str:
    return re.sub(r"\s+", "", value)


def restart(machine: Machine) -> Step:
    """Let Postfix and both milters read their settings again; on a folder that stands for the machine, by hand."""
    commands = [["systemctl", "restart", "opendkim", "opendmarc"], ["systemctl", "restart", "postfix"]]

    def act() -> None:
        for command in commands:
            machine.run(command, "see: journalctl -u opendkim -u opendmarc -u postfix")

    why = "" if machine.systemd else "systemd does not run here"
    return Step(
        "Postfix and both milters read their settings", lambda: False, tuple(map(shlex.join, commands)), act, why
    )


def steps(machine: Machine, wanted: Wanted) -> Iterator[Step]:
    """One step for each setting that has to change. Raises StepError when Postfix is not installed."""
    where = ["-c", str(machine.path(FOLDER))]
    remedy = "install it: apt install postfix opendkim opendmarc"
    current = parsed(machine.run(["postconf", *where, "-n"], remedy))
    # As it will be with the new myhostname, which mydestination usually holds.
    named = ["-o", f"myhostname={wanted.hostname}"]
    destination = machine.run(["postconf", *where, *named, "-hx", "mydestination"], remedy)
    for line in lines(wanted, current, destination.strip()):
        yield Step(
            f"Postfix: {line.name}",
            lambda: False,
            (shlex.join(line.command),),
            partial(machine.run, ["postconf", *where, *line.command[1:]], f"see {machine.path(FOLDER)}/main.cf"),
            line.by_hand,
        )


def hostname(machine: Machine) -> str:
    """Postfix's myhostname, "" when it is not a name that other servers can look up. Raises StepError."""
    folder: Path = machine.path(FOLDER)
    name = machine.run(["postconf", "-c", str(folder), "-hx", "myhostname"], "install Postfix, or give --hostname")
    name = name.strip().lower()
    last = name.rpartition(".")[2]
    return "" if last in ("", name, "local", "localdomain", "internal", "lan", "home") else name


def parsed(text: str) -> dict[str, str]:
    """The settings in the output of postconf -n."""
    pairs = (line.partition("=") for line in text.splitlines() if "=" in line)
    return {name.strip(): value.strip() for name, _, value in pairs}


def advice(wanted: Wanted) -> list[str]:
    """What stays to a person, one sentence each."""
    return [
        f"Postfix and relay do not share port 25: Postfix has it, relay listens on {wanted.listen[0]}.",
        f"myhostname is {wanted.hostname}: it needs an A or AAAA record, and a PTR record that leads back to it.",
        "Postfix refuses addresses in a form that relay never makes, at RCPT. What relay itself refuses comes back to "
        "its sender as a bounce from Postfix.",
        "Postfix's mail.log shows who wrote to which alias, and whose real address got the letter. Keep it for a few "
        "days only: in /etc/logrotate.d/rsyslog set rotate 3, daily and maxage 3 for /var/log/mail.log; with journald "
        "alone, MaxRetentionSec=3day in /etc/systemd/journald.conf. Let only root read it, and do not back it up.",
    ]
