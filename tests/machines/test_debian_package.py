"""The Debian package is built on one Debian 12, installed on an empty one, upgraded, removed and purged; it relays."""

from __future__ import annotations

import re
import shutil

import pytest

from .conftest import DOMAIN, ROOT, Boot, needs_debian
from .test_from_an_empty_machine import Typed, first_letter
from .world import World

PAGE = (ROOT / "docs" / "production.md").read_text("utf-8")
CHAPTER = PAGE[PAGE.index("\n## Debian package\n") : PAGE.index("\n## Pinned requirements\n")]
pytestmark = [pytest.mark.long, needs_debian]


def test_the_package_is_built_installed_upgraded_and_removed(boot: Boot, world: World) -> None:
    build, install, quickstart = re.findall(r"^```text\n(.*?)^```", CHAPTER, re.MULTILINE | re.DOTALL)[0].splitlines()
    machine = boot(DOMAIN)
    machine.run("apt install python3-venv && useradd -m builder && cp -r /srv/relay /home/builder/relay")
    machine.run("chown -R builder /home/builder && chmod -R a+rX /srv/wheels")
    machine.run(f"runuser -u builder -- sh -c 'cd /home/builder/relay && {build}'")
    (package,) = (machine.folder / "home/builder/relay").glob("*.deb")
    empty = boot(DOMAIN)
    shutil.copy(package, empty.folder / "root")
    typed = Typed(empty)
    assert "relay quickstart DOMAIN" in typed(f"cd /root && {install}")
    assert typed("stat -c %U /usr/bin/relay /opt/venvs/relay-mentoring").split() == ["root", "root"]
    first_letter(typed, world, typed(quickstart))
    assert typed("systemctl show -P FragmentPath relay.service").strip().endswith("/lib/systemd/system/relay.service")
    typed("test ! -e /usr/local/bin/relay && ls /usr/share/man/man1/relay.1.gz")
    before = typed("systemctl show -P MainPID relay.service")
    typed(f"cd /root && apt install --reinstall ./{package.name}")
    assert typed("systemctl is-active relay.service relay.socket").split() == ["active", "active"]
    assert typed("systemctl show -P MainPID relay.service") != before
    typed("apt remove relay-mentoring")
    left = empty.run("systemctl is-active relay.service relay.socket; ls /opt/venvs", (0, 2, 3, 4))
    assert "inactive\ninactive" in left and "relay" not in left
    assert "/var/lib/relay stays" in typed("apt purge relay-mentoring")
    assert "vault.key" in typed("ls /var/lib/relay/keys")
