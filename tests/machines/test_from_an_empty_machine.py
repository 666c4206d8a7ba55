"""From an empty Debian 12 to the first relayed letter, by the commands that README names, both ways.

The machine is booted with systemd; the packages are already on its disk, and its DNS and the members' mail servers are
the test's.
"""

from __future__ import annotations

import logging
import re
import time
from dataclasses import dataclass, field
from email.message import EmailMessage

import pytest
from lab.debian import Machine

from .conftest import DOMAIN, MX, ROOT, Boot, needs_debian
from .world import World

README = (ROOT / "README.md").read_text("utf-8")
PRODUCTION = README[README.index("\n## Production\n") : README.index("\n## More\n")]
MENTOR, MENTEE = "margaret@northbank.example", "jane@mail.example"
log = logging.getLogger(__name__)
pytestmark = [pytest.mark.long, needs_debian]


def lines(first_word: str = "") -> list[str]:
    """The commands of README's chapter on production."""
    blocks: list[str] = re.findall(r"^```sh\n(.*?)^```", PRODUCTION, re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.replace("\\\n", "").splitlines() if line.startswith(first_word)]


def the(beginning: str, end: str = "") -> str:
    """The one command of README's that begins, and ends, in this way."""
    (found,) = [line for line in lines(beginning) if line.endswith(end)]
    return found.replace("REPOSITORY", "/srv/relay")


@dataclass
class Typed:
    """What a person types on the machine, and how long it takes."""

    machine: Machine
    commands: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def __call__(self, command: str) -> str:
        begun = time.monotonic()
        printed = self.machine.run(command)
        self.seconds += time.monotonic() - begun
        self.commands.append(command)
        return printed


def installed(typed: Typed) -> None:
    typed(the("apt install git "))
    typed(the("git clone "))
    typed(the("/opt/relay/scripts/setup"))


def first_letter(typed: Typed, world: World, printed: str) -> None:
    """Publish the records that quickstart printed, make the pair, let both say yes, and relay a letter."""
    world.publish(line for line in printed.splitlines() if " IN " in line)
    typed(the("runuser -u relay -- relay dns check"))
    typed(the("runuser -u relay -- relay pair create"))
    begun = time.monotonic()
    for member in (MENTOR, MENTEE):
        asked = world.arrived(member, lambda _: True)
        code, said = world.write(member, reply_address(asked), f"Re: {asked['Subject']}", "YES\n")
        assert code == 250, said
    welcome = world.arrived(MENTOR, is_welcome)
    words = "Start with what one bowl costs you.\n\nMargaret Ashdown\n"
    code, said = world.write(MENTOR, reply_address(welcome), "Two hundred bowls", words)
    assert code == 250, said
    letter = world.arrived(MENTEE, lambda mail: mail["Subject"] == "Two hundred bowls")
    typed.seconds += time.monotonic() - begun
    log.info("%s commands, %.0f s", len(typed.commands), typed.seconds)  # docs/production.md has these figures
    text = letter.as_string()
    assert "what one bowl costs you" in text
    assert not re.search("ashdown|margaret|northbank", text, re.IGNORECASE)
    assert f"d={DOMAIN}" in text
    assert "refused" not in typed(the("runuser -u relay -- relay log list"))
    assert typed(the("runuser -u relay -- relay queue list")).strip() == ""


def assert_documented(way: str, typed: Typed) -> None:
    """docs/production.md has the number of commands that were typed, and of the two until the first letter."""
    page = (ROOT / "docs" / "production.md").read_text("utf-8")
    (row,) = re.findall(rf"^\| {way} \| (\d+) \| (\d+) \|", page, re.MULTILINE)
    assert row == (str(len(typed.commands) + 2), str(len(typed.commands)))


def reply_address(mail: EmailMessage) -> str:
    found = re.search(r"<?([^\s<>]+@[^\s<>]+)>?$", str(mail["Reply-To"] or mail["From"]))
    assert found is not None
    return found[1]


def is_welcome(mail: EmailMessage) -> bool:
    return bool(re.match(r"[a-z-]+\.[a-z0-9]{13}@", reply_address(mail)))


def test_relay_receives_the_mail_itself(boot: Boot, world: World) -> None:
    machine = boot(DOMAIN)
    typed = Typed(machine)
    installed(typed)
    printed = typed(the("/opt/relay/.venv/bin/relay quickstart", "ada@example.net"))
    assert_documented("relay itself", typed)
    first_letter(typed, world, printed)
    machine.run("runuser -u relay -- relay backup /var/lib/relay/before.backup")
    for line in block("operating.md", "Upgrading", "git pull"):
        machine.run(line)
    in_a_credential(machine)


def block(page: str, chapter: str, word: str) -> list[str]:
    """The lines of the block with ``word`` in a chapter of a page."""
    text = (ROOT / "docs" / page).read_text("utf-8")
    text = text[text.index(f"\n## {chapter}\n") :]
    blocks: list[str] = re.findall(r"^```text\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return next(one for one in blocks if word in one).splitlines()


def in_a_credential(machine: Machine) -> None:
    """The vault key may be outside of the home: systemd passes it to relay, and to a command."""
    machine.run("install -d -m 0700 /etc/credstore && systemctl stop relay.service")
    machine.run("mv /var/lib/relay/keys/vault.key /etc/credstore/relay.vault.key && chown root: /etc/credstore/*")
    machine.run("systemctl start relay.service && systemctl is-active relay.service")
    (command,) = block("production.md", "systemd", "systemd-run")
    assert "active" in machine.run(command)
    assert "cannot" in machine.run("runuser -u relay -- relay pair list 2>&1 || echo cannot")


def test_behind_postfix(boot: Boot, world: World) -> None:
    world.host(MX)
    machine = boot(MX)
    typed = Typed(machine)
    installed(typed)
    typed(the("apt install postfix "))
    printed = typed(the("/opt/relay/.venv/bin/relay quickstart", "--behind-postfix") + " --yes")
    assert_documented("behind Postfix", typed)
    first_letter(typed, world, printed)
