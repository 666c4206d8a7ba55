"""The steps of relay quickstart that are the same for both ways: user, home, command, units, dashboard, start."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shlex
import shutil
import stat
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from relay.home import Home
from relay.operations.quickstart.machine import Machine, StepError
from relay.operations.quickstart.step import Step
from relay.operations.quickstart.wanted import HOME, USER, Wanted
from relay.operations.setup import set_up
from relay.settings import Settings
from relay.settings_file import load
from relay.shipped import shipped

COMMAND = "/usr/local/bin/relay"
UNITS = "/etc/systemd/system"
# Where the Debian package has them; what is there is not copied.
_PACKAGED_COMMAND = "/usr/bin/relay"
_PACKAGED_UNITS = "/usr/lib/systemd/system"
DASHBOARD = "/usr/local/share/relay/grafana.json"
_ALONE = (
    f"setpriv --reuid={USER} --regid={USER} --init-groups --no-new-privs --inh-caps=+net_bind_service "
    f"--ambient-caps=+net_bind_service {{command}} --home {HOME} serve"
)


def steps(machine: Machine, wanted: Wanted) -> Iterator[Step]:
    """The steps up to the units; the start is a step of its own. They change nothing that exists."""
    if machine.real or os.geteuid() == 0:
        yield _user(machine)
    yield _home(machine, wanted)
    if installed_command(machine) == COMMAND:
        yield _command(machine)
    packaging = shipped("config") / "packaging"
    socket = with_addresses((packaging / "relay.socket").read_text("utf-8"), wanted)
    if not machine.path(f"{_PACKAGED_UNITS}/relay.service").exists():
        yield _file(machine, f"{UNITS}/relay.service", (packaging / "relay.service").read_text("utf-8"))
    packaged = machine.path(f"{_PACKAGED_UNITS}/relay.socket")
    if not (packaged.exists() and packaged.read_text("utf-8") == socket):
        yield _file(machine, f"{UNITS}/relay.socket", socket)
    yield _file(machine, DASHBOARD, (packaging / "grafana.json").read_text("utf-8"))


def start(machine: Machine) -> Step:
    """Enable and start the service and its socket; below another root only enable them."""
    where = () if machine.real else ("--root", str(machine.root))
    commands = [["systemctl", *where, "enable", "relay.socket", "relay.service"]]
    why = ""
    if machine.real:
        commands = [
            ["systemctl", "daemon-reload"],
            ["systemctl", "enable", "relay.socket", "relay.service"],
            ["systemctl", "start", "relay.socket", "relay.service"],
        ]
        why = "" if machine.systemd else "systemd does not run here"
    elif not machine.has("systemctl"):
        why = "systemctl is not installed"

    def done() -> bool:
        wanted = ("sockets.target.wants/relay.socket", "multi-user.target.wants/relay.service")
        enabled = all(os.path.lexists(machine.path(f"{UNITS}/{name}")) for name in wanted)
        return enabled and (not machine.systemd or _runs(machine))

    def act() -> None:
        for command in commands:
            machine.run(command, "see: journalctl -u relay.service -u relay.socket")

    shown = tuple(shlex.join(one) for one in commands)
    if machine.real and not machine.systemd:
        shown = (
            *shown,
            "# or, without systemd, by another supervisor:",
            _ALONE.format(command=installed_command(machine)),
        )
    return Step("the service relay", done, shown, act, why)


def installed_command(machine: Machine) -> str:
    """The relay command of the machine: the Debian package's, or the one that quickstart links."""
    return _PACKAGED_COMMAND if os.path.lexists(machine.path(_PACKAGED_COMMAND)) else COMMAND


def with_addresses(unit: str, wanted: Wanted) -> str:
    """relay.socket with the addresses of smtp.listen."""
    lines = "\n".join(f"ListenStream={one}" for one in wanted.listen)
    return re.sub(r"^ListenStream=.*$", lambda _: lines, unit, count=1, flags=re.MULTILINE)


def _user(machine: Machine) -> Step:
    prefix = [] if machine.real else ["--prefix", str(machine.root)]
    options = ["--system", "--user-group", "--home-dir", HOME, "--shell", "/usr/sbin/nologin"]
    command = ["useradd", *prefix, *options, USER]
    return Step(
        f"the user {USER}",
        lambda: machine.ids(USER) is not None,
        (shlex.join(command),),
        partial(machine.run, command, f"make the user {USER} by hand, then run this again"),
    )


def _home(machine: Machine, wanted: Wanted) -> Step:
    home = Home(machine.path(HOME))
    values = wanted.values()

    def done() -> bool:
        if not home.toml.exists():
            return False
        _check_same(home, load(home.toml, {}), wanted)
        return True

    def act() -> None:
        home.path.parent.mkdir(parents=True, exist_ok=True)
        asyncio.run(set_up(home, wanted.domain, None, None, values))
        machine.give(home.path, USER)

    shown = " ".join(f"--listen {one}" for one in wanted.listen[:1])
    one_address = "smtp.listen" if len(wanted.listen) == 1 else ""  # then --listen says all
    commands = (
        f"install -d -o {USER} -g {USER} -m 0700 {HOME}",
        f"runuser -u {USER} -- {_program()} --home {HOME} init --domain {wanted.domain} {shown}",
        *(f"# {HOME}/relay.toml: {_line(key, value)}" for key, value in values.items() if key != one_address),
    )
    return Step(f"the home {HOME}", done, commands, act)


def _line(key: str, value: object) -> str:
    """A setting as it is written. The operator's address is not repeated: all that is said here goes into a log."""
    return f"{key} = {'as given with --operator' if key == 'programme.operator' else json.dumps(value)}"


def _check_same(home: Home, settings: Settings, wanted: Wanted) -> None:
    """Raise StepError when the home is set up for another domain, way or name than is asked for."""
    if settings.domain != wanted.domain:
        raise StepError(
            f"{home.path} is the home of {settings.domain}", "run this with that domain, or on another machine"
        )
    behind = settings.authenticity.verify == "upstream"
    if behind != wanted.behind_postfix:
        way = "with" if behind else "without"
        raise StepError(
            f'{home.toml} has authenticity.verify = "{settings.authenticity.verify}"',
            f"run this {way} --behind-postfix; to change the way, first change smtp.listen, authenticity and "
            "delivery.smarthost there, and ListenStream in relay.socket",
        )
    if behind and settings.authenticity.authserv_id != wanted.hostname:
        name = settings.authenticity.authserv_id
        raise StepError(f'{home.toml} has authenticity.authserv_id = "{name}"', f"run this with --hostname {name}")


def _command(machine: Machine) -> Step:
    link, target = machine.path(COMMAND), _program()

    def act() -> None:
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(target)

    return Step(f"the command {COMMAND}", lambda: os.path.lexists(link), (f"ln -s {target} {COMMAND}",), act)


def check_program(*programs: Path) -> None:
    """Raise StepError when another user than root cannot run these programs, by default relay and its Python."""
    ways = [way for one in programs or (_program(), Path(sys.executable)) for way in (one.absolute(), one.resolve())]
    folders = sorted({folder for way in ways for folder in way.parents if folder.is_dir()})
    for folder in folders:
        if not folder.stat().st_mode & stat.S_IXOTH:
            raise StepError(
                f"only root can enter {folder}, so the user {USER} cannot run relay or its Python from there",
                "install relay in a folder that everybody can read, such as /opt/relay, with the system's Python "
                "(scripts/setup --plain --python /usr/bin/python3), and run quickstart there",
            )


def _program() -> Path:
    """The relay command that runs now."""
    beside = Path(sys.executable).parent / "relay"
    return beside if beside.exists() else Path(shutil.which("relay") or beside)


def _file(machine: Machine, name: str, text: str) -> Step:
    path = machine.path(name)

    def act() -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
        path.chmod(0o644)

    own = Path(name).name
    return Step(name, path.exists, (f"install -m 0644 {shipped('config')}/packaging/{own} {name}",), act)


def _runs(machine: Machine) -> bool:
    try:
        machine.run(["systemctl", "is-active", "--quiet", "relay.service"], "")
    except StepError:
        return False
    return True
