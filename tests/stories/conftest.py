"""Fixtures of the end-to-end tests: a relay in its own home and process, and the members' mail server."""

from __future__ import annotations

import asyncio
import email
import email.policy
import json
import os
import shutil
import signal
import smtplib
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from lab.house import free_port

HOST = "127.0.0.1"
DOMAIN = "relay.example"
RELAY = str(Path(sys.executable).with_name("relay"))


@dataclass(frozen=True, slots=True)
class Arrived:
    """A letter that the members' mail server accepted."""

    return_path: str
    recipient: str
    content: bytes

    @property
    def told(self) -> str:
        """The mail in lower case from the From field on, without the DKIM signatures, whose base64 may hold any short
        word by chance."""
        return self.content.decode().lower().partition("\r\nfrom:")[2]

    @property
    def words(self) -> str:
        """The text part, on one line."""
        read = email.message_from_bytes(self.content, policy=email.policy.default)
        body = read.get_body(("plain",))
        assert body is not None
        return " ".join(body.get_content().split())


@dataclass
class Members:
    """The members' mail server. ``answer`` returns the reply to RCPT, or None to accept."""

    letters: list[Arrived] = field(default_factory=list)
    answer: Callable[[str], str | None] = lambda _: None
    tries: list[str] = field(default_factory=list)
    stalled: bool = False
    port: int = 0
    _server: asyncio.Server | None = None

    async def start(self, port: int = 0) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: SMTP(self, hostname="mx.members.example"), HOST, port)
        self.port = self._server.sockets[0].getsockname()[1]

    def stop(self) -> None:
        if self._server:
            self._server.close()

    async def handle_RCPT(self, server: Any, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        self.tries.append(address)
        while self.stalled:
            await asyncio.sleep(0.05)
        said = self.answer(address)
        if said is None:
            envelope.rcpt_tos.append(address)
        return said or "250 2.1.5 ok"

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:
        content = bytes(envelope.original_content or b"")
        self.letters += [Arrived((envelope.mail_from or "").strip("<>"), r, content) for r in envelope.rcpt_tos]
        return "250 2.0.0 taken"

    async def wait_for(self, count: int, seconds: float = 30) -> list[Arrived]:
        """Wait until ``count`` letters have arrived in all."""
        end = time.monotonic() + seconds
        while len(self.letters) < count and time.monotonic() < end:
            await asyncio.sleep(0.02)
        assert len(self.letters) >= count, f"{len(self.letters)} of {count} letters arrived"
        return self.letters


@dataclass
class House:
    """One relay in ``home``, used only through its command and its port."""

    home: Path
    port: int
    env: dict[str, str]
    process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        return self.home.parent / "relay.log"

    def run(self, *words: str, code: int = 0) -> str:
        """Run a relay command whose exit code must be ``code``. Returns its output, or its errors if ``code`` is not
        0."""
        command = [RELAY, "--home", str(self.home), *words]
        done = subprocess.run(
            command, env=self.env, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout if code == 0 else done.stderr

    def pair(
        self, mentor: str = "jane.doe@real.example", mentee: str = "omar@home.example", *words: str
    ) -> dict[str, Any]:
        made: dict[str, Any] = json.loads(
            self.run("pair", "create", "--mentor", mentor, "--mentee", mentee, "--json", *(words or ("--silent",)))
        )
        return made

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [RELAY, "--home", str(self.home), "serve"], env=self.env, stdout=log, stderr=log, start_new_session=True
            )
        end = time.monotonic() + 60
        while time.monotonic() < end and self.process.poll() is None:
            try:
                with socket.create_connection((HOST, self.port), 1) as link:
                    if link.recv(3) == b"220":
                        link.sendall(b"QUIT\r\n")
                        return
            except OSError:
                time.sleep(0.05)
        raise AssertionError(self.log.read_text())

    async def settled(self, seconds: float = 30) -> None:
        """Wait until the queue is empty: a letter arrives a moment before its delivery is settled in the database."""
        end = time.monotonic() + seconds
        while owed := await asyncio.to_thread(self.run, "queue", "list"):
            assert time.monotonic() < end, owed
            await asyncio.sleep(0.05)

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Stop it with a signal. Returns its exit code."""
        if self.process is None:
            return 0
        if self.process.poll() is None:
            os.kill(self.process.pid, number)
        code = self.process.wait(30)
        self.process = None
        return code

    async def send(
        self, author: str, alias: str, content: str | bytes, return_path: str | None = None
    ) -> tuple[int, str]:
        """Send a letter by SMTP. Returns the reply after the final dot, or the first refusal."""
        octets = content.encode() if isinstance(content, str) else content
        envelope_from = author if return_path is None else return_path
        return await asyncio.to_thread(self._send, envelope_from, [alias], octets)

    def _send(self, return_path: str, recipients: list[str], octets: bytes) -> tuple[int, str]:
        with smtplib.SMTP(HOST, self.port, local_hostname="client.example") as client:
            client.ehlo()
            for code, said in (client.mail(return_path), *(client.rcpt(r) for r in recipients)):
                if code != 250:
                    return code, said.decode()
            code, said = client.data(octets.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
            return code, said.decode()


def letter(author: str, alias: str, *fields: str, body: str = "Hello", message_id: str = "m1@real.example") -> str:
    head = (f"From: Jane Doe <{author}>", f"To: <{alias}>", "Subject: Words", f"Message-ID: <{message_id}>", *fields)
    return "\n".join(head) + f"\n\n{body}\n"


@pytest.fixture
async def members() -> AsyncIterator[Members]:
    server = Members()
    await server.start(free_port())  # nobody else gets this port while the server is stopped
    yield server
    server.stop()


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that programs running as other users can read. It is not below tmp_path, which pytest makes private."""
    with tempfile.TemporaryDirectory(prefix="relay-story-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture(scope="session")
def made_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home made by relay init, once, because making the keys is slow."""
    home = tmp_path_factory.mktemp("made") / "home"
    words = ["init", "--domain", DOMAIN, "--listen", f"{HOST}:1", "--smarthost", f"{HOST}:2"]
    subprocess.run([RELAY, "--home", str(home), *words], check=True, capture_output=True)
    return home


@pytest.fixture
def house(tmp_path: Path, members: Members, made_home: Path) -> Iterator[House]:
    env = {**os.environ, "RELAY_DELIVERY__RETRY_AFTER": '["1s"]', "RELAY_LIMITS__MESSAGES_PER_HOUR": "0"}
    env |= {"RELAY_AUTHENTICITY__VERIFY": "none", "RELAY_SMTP__WORKERS": "1"}
    env.pop("RELAY_HOME", None)
    built = House(tmp_path / "home", free_port(), env)
    shutil.copytree(made_home, built.home)
    toml = built.home / "relay.toml"
    text = toml.read_text().replace(f'"{HOST}:1"', f'"{HOST}:{built.port}"')
    toml.write_text(text.replace(f'"{HOST}:2"', f'"{HOST}:{members.port}"'))
    yield built
    built.stop(signal.SIGKILL)
