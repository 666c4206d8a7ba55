"""The documentation is correct: generated pages are up to date, links lead somewhere, every command runs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import docs

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
_BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")

ELSEWHERE = {
    "scripts/test": "runs these tests",
    "scripts/check": "runs static checks; .ci/run calls it",
    "scripts/mutants": "runs the tests; tests/scripts runs it over a small tree",
    "apt": "installs packages",
    "git": "needs the network",
    "runuser -u relay -- relay dns check": "asks public DNS; tests/operations/test_dns.py runs it",
}

MAY_FIND_FAULTS = {"relay check": {0, 1}}  # nothing listens here, and public DNS knows no relay.example.org


def commands(page: Path) -> list[str]:
    """The lines of a page's shell blocks."""
    blocks: list[str] = _BLOCK.findall(page.read_text("utf-8"))
    return [line for block in blocks for line in block.replace("\\\n", " ").splitlines() if line.strip()]


@pytest.mark.parametrize("name", sorted(docs.pages()))
def test_a_generated_page_is_up_to_date(name: str) -> None:
    assert (ROOT / "docs" / name).read_text("utf-8") == docs.pages()[name], "run scripts/docs"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    missing = [link for link in _LINK.findall(page.read_text("utf-8")) if not (page.parent / link).exists()]
    assert missing == []


@pytest.mark.parametrize(
    "page", [page for page in PAGES if commands(page)], ids=lambda page: str(page.relative_to(ROOT))
)
def test_every_command_runs(page: Path, tmp_path: Path) -> None:
    """In the page's order, in a temporary folder instead of the machine's folders."""
    bin_folder, home = tmp_path / "root" / "usr" / "local" / "bin", tmp_path / "root" / "var" / "lib" / "relay"
    for machine in ("root", "behind"):
        (tmp_path / machine / "etc" / "postfix").mkdir(parents=True)
        for name in ("postfix/main.cf", "passwd", "group", "shadow", "gshadow"):
            (tmp_path / machine / "etc" / name).touch()
    bin_folder.mkdir(parents=True)
    path = f"{bin_folder}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    prefix = Path(sys.executable).parent.parent
    env = {**os.environ, "PATH": path, "RELAY_HOME": str(home), "RELAY_VENV": str(prefix)}
    asked = commands(page)
    # README makes a home with quickstart; the other pages are for a relay that is there.
    begin = ["relay init --domain relay.example.org"] if any(one.startswith("relay ") for one in asked) else []
    for command in [*begin, *asked]:
        first = command.split()[0]
        if any(f"{command} ".startswith(f"{one} ") for one in ELSEWHERE):
            continue
        if (first == "postconf" or "--behind-postfix" in command) and not shutil.which("postconf"):
            continue
        done = subprocess.run(
            ["/bin/sh", "-euc", here(command, tmp_path, prefix)],
            cwd=ROOT,
            env=env,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode in MAY_FIND_FAULTS.get(command, {0}), f"{command}\n{done.stdout}{done.stderr}"


def here(command: str, folder: Path, prefix: Path) -> str:
    """The command with the machine's folders, users and this environment replaced by those of the test."""
    behind = "behind" if "--behind-postfix" in command else "root"
    for machine, own in (
        ("/var/lib/relay", f"{folder}/root/var/lib/relay"),
        ("/usr/local/bin", f"{folder}/root/usr/local/bin"),
        ("/opt/relay/.venv", str(prefix)),
        ("/opt/relay", str(ROOT)),
        ("letters.html", f"{folder}/letters.html"),
        ("relay quickstart", f"relay quickstart --yes --root {folder}/{behind}"),
        ("runuser -u relay -- ", ""),
        ("postconf -e", f"postconf -c {folder}/root/etc/postfix -e"),
    ):
        command = command.replace(machine, own)
    return command


@pytest.mark.parametrize(
    "page", [page for page in PAGES if "/etc/cron.d/" in page.read_text("utf-8")], ids=lambda page: page.name
)
def test_cron_finds_every_command_of_a_page(page: Path) -> None:
    """Without a line PATH, cron looks into /usr/bin and /bin only (crontab(5))."""
    for table in re.findall(r"^# /etc/cron\.d/\S+\n(.*?)^```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL):
        path = re.search(r"^PATH=(.*)$", table, re.MULTILINE)
        folders = (path[1] if path else "/usr/bin:/bin").split(":")
        for line in re.findall(r"^\S+ \S+ \S+ \S+ \S+ +\w+ +(.*)$", table, re.MULTILINE):
            for command in (part.split()[0] for part in line.split(" && ")):
                usual = {"relay": "/usr/local/bin", "postfix": "/usr/sbin"}.get(command, "/usr/bin")
                assert command.startswith("/") or usual in folders, f"{command} is not in {folders}"


def test_every_test_named_in_the_durability_table_exists() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", (ROOT / "docs" / "durability.md").read_text("utf-8"))
    assert len(named) > 20
    missing = [f"{file}::{test}" for file, test in named if f"def {test}(" not in (ROOT / file).read_text("utf-8")]
    assert missing == []
