"""The configuration of OpenDKIM and OpenDMARC, which prove authors for a Postfix before relay (README, way 2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from relay.durable_files import replace
from relay.operations.quickstart.machine import Machine
from relay.operations.quickstart.step import Step
from relay.operations.quickstart.wanted import Wanted


def needed(wanted: Wanted) -> dict[str, dict[str, str]]:
    """Program → its settings."""
    return {
        "opendkim": {
            "Mode": "v",
            "Socket": "inet:8891@127.0.0.1",
            "AuthservID": wanted.hostname,
            "AlwaysAddARHeader": "yes",
            "RemoveARAll": "yes",
        },
        "opendmarc": {
            "Socket": "inet:8893@127.0.0.1",
            "AuthservID": wanted.hostname,
            "TrustedAuthservIDs": wanted.hostname,
            "SPFSelfValidate": "true",
            "SPFIgnoreResults": "true",
            "PublicSuffixList": "/usr/share/publicsuffix/public_suffix_list.dat",
        },
    }


def steps(machine: Machine, wanted: Wanted) -> Iterator[Step]:
    """One step for each program. A file that is changed is kept as FILE.before-relay."""
    for program, settings in needed(wanted).items():
        path = machine.path(f"/etc/{program}.conf")
        missing = machine.real and not machine.has(program)
        yield Step(
            f"/etc/{program}.conf",
            partial(_done, path, settings),
            tuple(f"# /etc/{program}.conf: {key} {value}" for key, value in settings.items()),
            partial(_write, path, settings),
            f"{program} is not installed: apt install {program}" if missing else "",
        )


def merged(text: str, settings: Mapping[str, str]) -> str:
    """The file with these settings; other lines for the same keys become comments."""
    ours = {key.lower() for key in settings}
    kept = [f"# {line}" if _key(line) in ours else line for line in text.splitlines()]
    return "\n".join([*kept, *(f"{key:20}{value}" for key, value in settings.items()), ""])


def _done(path: Path, settings: Mapping[str, str]) -> bool:
    text = path.read_text("utf-8") if path.exists() else ""
    have = [(_key(line), line.split(None, 1)[1].strip()) for line in text.splitlines() if len(line.split(None, 1)) > 1]
    return all([value for key, value in have if key == name.lower()] == [want] for name, want in settings.items())


def _write(path: Path, settings: Mapping[str, str]) -> None:
    text = path.read_text("utf-8") if path.exists() else ""
    before = path.with_name(f"{path.name}.before-relay")
    if text and not before.exists():
        before.write_text(text, "utf-8")
    mode = path.stat().st_mode & 0o777 if text else 0o644
    path.parent.mkdir(parents=True, exist_ok=True)
    replace(path, merged(text, settings))
    path.chmod(mode)


def _key(line: str) -> str:
    """The key of a line in lower case; "" of a comment."""
    word = line.split(None, 1)[0] if line.strip() else ""
    return "" if word.startswith("#") else word.lower()
