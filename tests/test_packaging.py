"""The files in config/packaging: systemd accepts the units, the lock file fits pyproject.toml, the image is right."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from relay.settings_file import load

ROOT = Path(__file__).resolve().parent.parent
PACKAGING = ROOT / "config" / "packaging"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    for name in ("relay.service", "relay.socket"):
        unit = (PACKAGING / name).read_text("utf-8")
        (tmp_path / name).write_text(unit.replace("/usr/local/bin/relay", sys.executable))
    paths = [str(tmp_path / "relay.service"), str(tmp_path / "relay.socket")]
    done = subprocess.run(["systemd-analyze", "verify", *paths], capture_output=True, text=True, check=False)
    assert [line for line in done.stderr.splitlines() if "relay." in line] == []


def test_the_lock_file_has_a_fitting_version_with_hashes_of_every_requirement() -> None:
    entries = re.findall(
        r"^([\w.-]+)==([\w.+!]+)[^\n]*\\\n((?: +--hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)",
        (PACKAGING / "requirements.lock").read_text("utf-8"),
        re.MULTILINE,
    )
    pinned = {canonicalize_name(name): version for name, version, _ in entries}
    wanted = [Requirement(one) for one in [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["postgresql"]]]
    assert len(wanted) > 20
    unfit = [
        str(one)
        for one in wanted
        if not one.specifier.contains(pinned.get(canonicalize_name(one.name), "0"), prereleases=False)
    ]
    assert unfit == [], "make config/packaging/requirements.lock again, as its second line says"


def test_the_lock_file_has_nothing_without_a_hash() -> None:
    lines = (PACKAGING / "requirements.lock").read_text("utf-8").splitlines()
    named = [number for number, line in enumerate(lines) if "==" in line and not line.startswith("#")]
    assert all(lines[number].endswith("\\") and "--hash=" in lines[number + 1] for number in named)


def test_the_settings_of_the_image_are_settings() -> None:
    text = (PACKAGING / "Containerfile").read_text("utf-8")
    pairs = dict(re.findall(r"^ENV (RELAY_\w+__\w+)=(.*)$", text, re.MULTILINE))
    settings = load(ROOT / "config" / "relay.toml", {name: shlex.split(value)[0] for name, value in pairs.items()})
    assert [f"{one.host}:{one.port}" for one in settings.smtp.listen] == ["0.0.0.0:8025"]
    assert settings.metrics.listen is not None and f":{settings.metrics.listen.port}/readyz" in text


def test_compose_runs_the_image_as_it_is_made() -> None:
    yaml = pytest.importorskip("yaml", reason="needs PyYAML, which the dependency group site brings")
    made = yaml.safe_load((PACKAGING / "compose.yaml").read_text("utf-8"))
    image, (name, service) = (PACKAGING / "Containerfile").read_text("utf-8"), *made["services"].items()
    assert name == "relay" and (PACKAGING / service["build"]["context"] / service["build"]["dockerfile"]).is_file()
    (port,) = re.findall(r"^EXPOSE (\d+)$", image, re.MULTILINE)
    (home,) = re.findall(r"^VOLUME (\S+)$", image, re.MULTILINE)
    assert service["ports"] == [f"25:{port}"]
    assert service["volumes"] == [f"relay:{home}"] and "relay" in made["volumes"]
    assert service["init"] is True and service["read_only"] is True and service["cap_drop"] == ["ALL"]


def test_the_image_holds_what_the_wheel_is_made_of() -> None:
    """Only named files are copied, so that nothing else that lies in the folder gets into an image."""
    copied = set(
        re.findall(r"^COPY (?!--from)(.*) /src", (PACKAGING / "Containerfile").read_text("utf-8"), re.MULTILINE)
    )
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]["wheel"]
    wanted = {*wheel["packages"], *wheel["force-include"], *wheel["shared-data"], PROJECT["readme"], "pyproject.toml"}
    wanted |= set(PROJECT["license-files"])
    names = {name for line in copied for name in line.split()}
    assert {one for one in wanted if one not in names and one.partition("/")[0] not in names} == set()
