"""Whatever happens to a letter, no log or output of relay shows who wrote it, to whom, or its text."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import signal
import smtplib
import sqlite3
import time
from pathlib import Path

import pytest
from lab.resources import workers

from .conftest import HOST, House, Members, free_port
from .test_to_be_seen import fetch

MENTOR, MENTEE = "canary.jane@canary-home.example", "canary.omar@canary-work.example"
OPERATOR = "canary-operator@ops.example"
CANARY = re.compile(r"canary", re.IGNORECASE)


def told(author: str, alias: str, number: int, *fields: str, body: str = "canary body") -> bytes:
    """A letter with a canary in everything that a person or program can write into one."""
    head = (
        f"From: Canary Jane <{author}>", f"To: Canary Heron <{alias}>", f"Subject: canary subject {number}",
        f"Message-ID: <{number}.canary@canary-home.example>", "X-Mailer: Canary 1.0",
        "Received: from canary-laptop (canary-host [192.0.2.7]) by mx.canary.example; Mon, 2 Mar 2026 10:00:00 +0300",
        *fields, "MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=canary-boundary", "",
        "--canary-boundary", "Content-Type: text/plain; name=canary", "", body,
        "--canary-boundary", 'Content-Type: text/plain; name="canary.txt"', "Content-Disposition: attachment", "",
        "canary file", "--canary-boundary--", "",
    )  # fmt: skip
    return "\r\n".join(head).encode()


async def say(house: House, octets: bytes, alias: str, return_path: str = MENTOR) -> tuple[int, str]:
    """Send it with a HELO name that is a canary, too."""

    def send() -> tuple[int, str]:
        with smtplib.SMTP(HOST, house.port, local_hostname="canary-helo.example", timeout=150) as client:
            client.ehlo()
            client.docmd("VRFY", MENTOR)
            client.docmd("CANARY", "canary")
            for code, said in (client.mail(return_path), client.rcpt(alias)):
                if code != 250:
                    return code, said.decode()
            code, said = client.data(octets)
            return code, said.decode()

    return await asyncio.to_thread(send)


def id_of(said: str) -> str:
    return said.rpartition(" ")[2]


async def everything(house: House, metrics: int) -> str:
    """Everything that the process logged, and the output of all commands and metrics."""
    pages = [(await fetch(metrics, path))[1] for path in ("/metrics", "/healthz", "/readyz", "/canary-path")]
    shown = [await asyncio.to_thread(house.run, *words) for words in (
        ("status",), ("log", "list", "--json"), ("queue", "list", "--json"), ("held", "list", "--json"),
        ("member", "list", "--suspended"),
    )]  # fmt: skip
    ids = [json.loads(line)["id"] for line in shown[1].splitlines()][::5]
    shown += [await asyncio.to_thread(house.run, "log", "show", one, "--json") for one in ids]
    return "\n".join([house.log.read_text(), *pages, *shown])


async def until(house: House, words: str, seconds: float = 30) -> None:
    """Wait until the log has a match for ``words``."""
    end = time.monotonic() + seconds
    while not re.search(words, house.log.read_text()):
        assert time.monotonic() < end, (words, house.log.read_text())
        await asyncio.sleep(0.05)


@pytest.fixture
def loud(house: House) -> House:
    """A relay with all debug output of Python and its libraries."""
    house.env |= {"PYTHONASYNCIODEBUG": "1", "RELAY_PROGRAMME__OPERATOR": OPERATOR}
    house.env |= {"RELAY_DELIVERY__SUSPEND_AFTER": "1s", "RELAY_DELIVERY__GIVE_UP_AFTER": "5s"}
    return house


async def test_no_outcome_of_a_letter_leaves_a_canary_in_logs_or_output(
    loud: House, members: Members, certificate: tuple[Path, Path]
) -> None:
    house, metrics = loud, free_port()
    house.env |= {"RELAY_METRICS__LISTEN": f"{HOST}:{metrics}"}
    house.env |= {"RELAY_SMTP__TLS_CERTIFICATE": str(certificate[0]), "RELAY_SMTP__TLS_KEY": str(certificate[1])}
    words = ("--silent", "--mentor-known-as", "Canary Jane", "--mentee-known-as", "Canary Omar")
    alias = house.pair(MENTOR, MENTEE, *words)["mentee"]["alias"]
    house.start()
    said: dict[str, str] = {}

    said["delivered"] = id_of((await say(house, told(MENTOR, alias, 1), alias))[1])
    await until(house, f"{said['delivered']} delivered")
    members.answer = lambda to: f"451 4.2.1 <{to}> canary mailbox is busy"
    said["deferred"] = id_of((await say(house, told(MENTOR, alias, 2), alias))[1])
    await until(house, rf"{said['deferred']} failed \(")
    members.answer = lambda to: f"550 5.1.1 <{to}> no such canary" if to == MENTEE else None
    for number in (3, 4):
        said[f"failed{number}"] = id_of((await say(house, told(MENTOR, alias, number), alias))[1])
        await until(house, rf"{said[f'failed{number}']} failed \(550")
        await asyncio.sleep(1.1)
    await until(house, "is suspended, no such mailbox")
    assert (await say(house, told(MENTOR, alias, 5), alias))[0] == 250  # held, because its recipient is suspended
    members.answer = lambda to: None

    stranger = told("canary@stranger.example", alias, 6)
    assert (await say(house, stranger, alias, "canary@stranger.example"))[0] == 550
    assert (await say(house, told(MENTOR, alias, 7), "canary-alias@relay.example"))[0] == 550
    assert (await say(house, told(MENTOR, alias, 8, "X-Loop: canary", "Auto-Submitted: auto-replied"), alias))[0] == 250
    assert (await say(house, b"canary\0" + told(MENTOR, alias, 9), alias))[0] == 554
    encrypted = told(MENTOR, alias, 10, body="-----BEGIN PGP MESSAGE-----\r\n\r\ncanary\r\n-----END PGP MESSAGE-----")
    assert (await say(house, encrypted, alias))[0] == 554
    assert (await say(house, told(MENTOR, alias, 11), "postmaster@relay.example"))[0] == 250
    assert (await say(house, b"From: canary@canary.example\r\nSubject: canary\r\n\r\ncanary\r\n", alias, ""))[0] == 550
    await a_broken_handshake(house)
    await a_letter_that_kills_its_worker(house, alias)
    await a_hangup_with_secrets_in_it(house)

    found = await everything(house, metrics)
    assert not CANARY.search(found), [line for line in found.splitlines() if CANARY.search(line)]
    assert "Traceback" not in found
    for one in said.values():
        assert f"{one} accepted" in found
    assert re.search(rf"{said['deferred']} deferred \(451 4.2.1\), try 1", found)
    assert await asyncio.to_thread(house.stop) == 0
    assert not CANARY.search(house.log.read_text())


async def a_broken_handshake(house: House) -> None:
    """Start TLS and do not finish the handshake."""
    reader, writer = await asyncio.open_connection(HOST, house.port)
    await reader.readline()
    writer.write(b"EHLO canary.example\r\n")
    while (await reader.readline())[3:4] == b"-":
        pass
    writer.write(b"STARTTLS\r\n")
    await reader.readline()
    writer.write(b"\x16\x03\x01canary" * 30)
    await reader.read()
    writer.close()


@pytest.mark.long  # waits for more than half a minute
async def test_a_locked_database_leaves_no_canary(loud: House, members: Members) -> None:
    house, metrics = loud, free_port()
    house.env |= {"RELAY_METRICS__LISTEN": f"{HOST}:{metrics}"}
    alias = house.pair(MENTOR, MENTEE)["mentee"]["alias"]
    house.start()
    with contextlib.closing(sqlite3.connect(house.home / "relay.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert (await say(house, told(MENTOR, alias, 1), alias))[0] == 452
        other.execute("ROLLBACK")
    assert not CANARY.search(await everything(house, metrics))


async def a_letter_that_kills_its_worker(house: House, alias: str) -> None:
    """Kill a worker while it works."""
    assert house.process is not None
    tangled = told(MENTOR, alias, 13, body="canary <canary> (canary) " * 100_000)
    sending = asyncio.create_task(say(house, tangled, alias))
    while not sending.done():
        for worker in workers(house.process.pid):
            with contextlib.suppress(OSError):  # the worker has ended
                os.kill(worker, signal.SIGKILL)
        await asyncio.sleep(0.2)
    await sending


async def a_hangup_with_secrets_in_it(house: House) -> None:
    """Load invalid settings with a password in them, and then an invalid certificate."""
    assert house.process is not None
    toml = house.home / "relay.toml"
    good = toml.read_text()
    for wrong in (
        good.replace('url = "sqlite:relay.db"', 'url = "postgres//canary:canary@canary/canary"'),
        good.replace("connections = 1000", 'connections = "canary"'),
        good + "\ncanary = canary canary\n",
    ):
        assert wrong != good
        kept = "(?s)((nothing was reloaded|restart failed, continuing with the old settings).*)"
        before = len(re.findall(kept.replace(".*", ""), house.log.read_text()))
        toml.write_text(wrong)
        house.process.send_signal(signal.SIGHUP)
        await until(house, f"{kept}{{{before + 1}}}")
    toml.write_text(good)
    await until(house, "(?s)listening on .*listening on ")  # with the old settings


async def test_a_letter_over_the_rate_limit_is_held_and_leaves_no_canary(loud: House, members: Members) -> None:
    house, metrics = loud, free_port()
    house.env |= {"RELAY_METRICS__LISTEN": f"{HOST}:{metrics}", "RELAY_LIMITS__HOLD_AFTER": "1s"}
    house.env |= {"RELAY_LIMITS__MESSAGES_PER_HOUR": "1"}
    alias = house.pair(MENTOR, MENTEE)["mentee"]["alias"]
    house.start()
    first, second, third = (told(MENTOR, alias, number) for number in (1, 2, 3))
    assert (await say(house, first, alias))[0] == 250
    assert [(await say(house, one, alias))[0] for one in (second, third)] == [450, 450]
    await asyncio.sleep(1.1)
    assert [(await say(house, one, alias))[0] for one in (second, third)] == [250, 250]
    held = [json.loads(line) for line in house.run("held", "list", "--json").splitlines()]
    assert [row["last_status"] for row in held] == ["too much"] * 2
    arrived = await members.wait_for(2)
    assert sorted(one.recipient for one in arrived) == [MENTOR, MENTEE]
    assert not CANARY.search(await everything(house, metrics))
    house.run("held", "release", *(row["id"] for row in held))
    house.stop()
    house.start()
    await members.wait_for(4)
    assert [one.recipient for one in members.letters].count(MENTOR) == 1


async def test_with_a_broken_certificate_the_old_one_stays_in_use(
    house: House, members: Members, certificate: tuple[Path, Path]
) -> None:
    for path, name in zip(certificate, ("cert.pem", "key.pem"), strict=True):
        (house.home / name).write_bytes(path.read_bytes())
    house.env |= {"RELAY_SMTP__TLS_CERTIFICATE": "cert.pem", "RELAY_SMTP__TLS_KEY": "key.pem"}
    house.start()
    assert house.process is not None

    def shown() -> bytes:
        with smtplib.SMTP(HOST, house.port, local_hostname="client.example") as client:
            client.starttls()
            assert client.sock is not None
            found: bytes = client.sock.getpeercert(binary_form=True)  # type: ignore[attr-defined]
            return found

    before = await asyncio.to_thread(shown)
    (house.home / "cert.pem").write_bytes(b"-----BEGIN CERTIFICATE-----\nAAAA\n")
    house.process.send_signal(signal.SIGHUP)
    await until(house, "nothing was reloaded")
    assert await asyncio.to_thread(shown) == before
    (house.home / "cert.pem").write_bytes(certificate[0].read_bytes())
    house.process.send_signal(signal.SIGHUP)
    await until(house, "certificate reloaded")
    assert await asyncio.to_thread(shown) == before
