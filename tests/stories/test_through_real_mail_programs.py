"""Letters both ways with mutt and s-nail as the members' programs and Postfix as the smarthost, in one thread."""

from __future__ import annotations

import asyncio
import contextlib
import email
import email.policy
import mailbox
import os
import pty
import shutil
import subprocess
import time
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from lab.postfix import Postfix, available

from .conftest import HOST, House, Members, free_port

pytestmark = pytest.mark.skipif(
    not (available() and shutil.which("mutt") and shutil.which("s-nail")), reason="needs postfix, mutt, s-nail and root"
)

MENTOR, MENTEE = "jane.doe@real.example", "omar@home.example"


@pytest.fixture
def postfix(members: Members, open_folder: Path) -> Iterator[Postfix]:
    with Postfix(open_folder / "postfix", free_port(), members.port) as running:
        yield running


def run(command: list[str], home: Path, stdin: str = "") -> None:
    env = {"PATH": os.environ["PATH"], "HOME": str(home), "TERM": "xterm", "LANG": "C.UTF-8"}
    done = subprocess.run(command, env=env, input=stdin, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def in_terminal(command: list[str], home: Path, seconds: float = 60) -> None:
    """Run a program on a pseudo-terminal until it ends."""
    env = {"PATH": os.environ["PATH"], "HOME": str(home), "TERM": "xterm", "LANG": "C.UTF-8"}
    here, there = pty.openpty()
    try:
        process = subprocess.Popen(command, env=env, stdin=there, stdout=there, stderr=there, start_new_session=True)
        os.set_blocking(here, False)
        end = time.monotonic() + seconds
        shown = b""
        while process.poll() is None:
            with contextlib.suppress(BlockingIOError, OSError):
                shown += os.read(here, 65536)
            if time.monotonic() > end:
                process.kill()
                process.wait()
                raise AssertionError(shown[-2000:])
            time.sleep(0.02)
        assert process.returncode == 0
    finally:
        os.close(here)
        os.close(there)


def read(content: bytes) -> EmailMessage:
    letter = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(letter, EmailMessage)
    return letter


def put(folder: Path, content: bytes) -> Path:
    """Put a letter into a member's mailbox, as their server would."""
    path = folder / "inbox"
    box = mailbox.mbox(path)
    box.add(content)
    box.close()
    return path


def mutt(home: Path, port: int, own: str) -> Path:
    (home / "Mail").mkdir()
    rc = home / "muttrc"
    settings = {
        "from": own,
        "realname": "Jane Doe",
        "use_from": "yes",
        "hostname": "real.example",
        "smtp_url": f"smtp://{HOST}:{port}/",
        "ssl_starttls": "no",
        "ssl_force_tls": "no",
        "record": f"{home}/sent",
        "editor": "true",
        "include": "yes",
        "fast_reply": "yes",
        "abort_unmodified": "no",
        "confirmappend": "no",
    }
    rc.write_text("".join(f'set {name}="{value}"\n' for name, value in settings.items()))
    return rc


async def test_mutt_and_s_nail_write_to_each_other_through_postfix(
    house: House, members: Members, postfix: Postfix, tmp_path: Path
) -> None:
    house.env["RELAY_DELIVERY__SMARTHOST"] = f"{HOST}:{postfix.port}"
    pair = house.pair(MENTOR, MENTEE, "--silent", "--mentor-known-as", "Jane Doe")
    house.start()
    jane, omar = tmp_path / "jane", tmp_path / "omar"
    jane.mkdir()
    omar.mkdir()
    rc = mutt(jane, house.port, MENTOR)

    words = ["mutt", "-n", "-F", str(rc), "-s", "First words", "--", pair["mentee"]["alias"]]
    await asyncio.to_thread(run, words, jane, "Dear friend, how are you?\n\nJane Doe\n")
    first = (await members.wait_for(1))[0]
    assert first.recipient == MENTEE
    inbox = put(omar, first.content)

    reply = ["s-nail", "-n", "-#", "-S", "v15-compat", "-S", f"mta=smtp://{HOST}:{house.port}", "-S", "smtp-auth=none"]
    reply += ["-S", f"from=Omar <{MENTEE}>", "-S", "hostname=home.example", "-S", "quote", "-f", str(inbox)]
    await asyncio.to_thread(run, reply, omar, "reply 1\nVery well, and you?\n~.\nquit\n")
    second = (await members.wait_for(2))[1]
    assert second.recipient == MENTOR
    inbox = put(jane, second.content)

    answer = ["mutt", "-n", "-F", str(rc), "-f", str(inbox), "-e", 'push "<reply><send-message><exit>"']
    await asyncio.to_thread(in_terminal, answer, jane)
    third = (await members.wait_for(3))[2]
    assert third.recipient == MENTEE

    with contextlib.closing(mailbox.mbox(jane / "sent")) as box:
        sent = [read(bytes(m)) for m in box]
    one, two, three = (read(a.content) for a in (first, second, third))
    assert two["In-Reply-To"] == sent[0]["Message-ID"], "Jane's mutt shows the answer under her own letter"
    assert two["Message-ID"] in str(sent[1]["References"]), "and hers under the answer"
    assert three["References"].split()[0] == one["Message-ID"], "Omar sees one thread that began with the first letter"
    assert (str(two["Subject"]), str(three["Subject"])) == ("Re: First words", "Re: First words")
    # The fields above relay's signatures are Postfix's.
    # Whole names are searched, because a pseudonym may contain Crane, Planet or Butte.
    assert [s for s in ("jane", "doe", "real.example", "mutt", "127.0.0.1") if s in first.told + third.told] == []
    assert [s for s in ("omar", "home.example", "nail", "127.0.0.1") if s in second.told] == []
