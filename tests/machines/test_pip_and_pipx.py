"""Pinned requirements with hashes, and pipx, each on an empty Debian 12, by the commands of docs/production.md."""

from __future__ import annotations

import pytest

from .conftest import DOMAIN, Boot, needs_debian
from .test_from_an_empty_machine import Typed, block, first_letter
from .world import World

pytestmark = [pytest.mark.long, needs_debian]


def test_pinned_requirements_are_installed_by_their_hashes(boot: Boot, world: World) -> None:
    typed = Typed(boot(DOMAIN))
    printed = ""
    for line in block("production.md", "Pinned requirements", "--require-hashes"):
        printed = typed(f"cd /srv/relay && {line}")
    first_letter(typed, world, printed)
    assert "No broken requirements" in typed("/opt/relay/bin/pip check")


def test_a_requirement_with_another_hash_is_not_installed(boot: Boot) -> None:
    machine = boot(DOMAIN)
    lines = block("production.md", "Pinned requirements", "--require-hashes")
    machine.run("sed -i 's/--hash=sha256:..../--hash=sha256:0000/' /srv/relay/config/packaging/requirements.lock")
    (refused,) = [line for line in lines if "--require-hashes" in line]
    for line in lines[: lines.index(refused)]:
        machine.run(f"cd /srv/relay && {line}")
    assert "DO NOT MATCH THE HASHES" in machine.run(f"cd /srv/relay && {refused} 2>&1", (1,))


@pytest.mark.parametrize("what", [".", "/root/*.whl"])
def test_pipx_installs_the_folder_and_the_wheel(boot: Boot, world: World, what: str) -> None:
    typed = Typed(boot(DOMAIN))
    if what != ".":
        typed("apt install python3-venv && python3 -m venv /tmp/build")
        typed("cd /srv/relay && /tmp/build/bin/pip wheel -q --no-deps -w /root .")
    printed = ""
    for line in block("production.md", "pipx", "pipx install"):
        printed = typed(f"cd /srv/relay && {line.replace('install .', f'install {what}')}")
    first_letter(typed, world, printed)
    assert "/opt/pipx/venvs/relay-mentoring" in typed("readlink -f /usr/local/bin/relay")
