"""Letters when servers are down, mailboxes missing, processes killed, mail malformed, settings wrong."""

from __future__ import annotations

import asyncio
import contextlib
import re
import signal
import smtplib
import socket
import subprocess
import time
from pathlib import Path

import pytest

from ..conftest import Authority
from .conftest import HOST, RELAY, House, Members, free_port, letter

MENTOR, MENTEE = "jane.doe@real.example", "omar@home.example"


async def test_a_letter_waits_while_the_next_server_is_down_and_arrives_when_it_is_back(
    house: House, members: Members
) -> None:
    alias = house.pair(MENTOR, MENTEE)["mentee"]["alias"]
    house.start()
    members.stop()
    assert (await house.send(MENTOR, alias, letter(MENTOR, alias)))[0] == 250
    await asyncio.sleep(1.5)
    await members.start(members.port)
    await members.wait_for(1)
    await house.settled()
    await asyncio.sleep(1.5)
    assert len(members.letters) == 1


async def test_accepted_letters_survive_a_kill_and_are_delivered_after_the_start(
    house: House, members: Members
) -> None:
    alias = house.pair(MENTOR, MENTEE)["mentee"]["alias"]
    house.start()
    members.answer = lambda _: "451 4.7.1 later"
    for number in range(20):
        text = letter(MENTOR, alias, body=f"number {number}.", message_id=f"k{number}@real.example")
        assert (await house.send(MENTOR, alias, text))[0] == 250
    house.stop(signal.SIGKILL)
    members.answer = lambda _: None
    assert members.letters == []
    house.start()
    arrived = await members.wait_for(20)
    assert {re.search(rb"number (\d+)", a.content)[1] for a in arrived} == {b"%d" % n for n in range(20)}  # type: ignore[index]


async def test_no_accepted_letter_is_lost_when_killed_at_any_moment(house: House, members: Members) -> None:
    alias = house.pair(MENTOR, MENTEE)["mentee"]["alias"]
    promised: set[str] = set()
    number = 0

    async def write() -> None:
        nonlocal number
        while house.process:
            number += 1
            mine = f"number {number}."
            text = letter(MENTOR, alias, body=mine, message_id=f"k{number}@real.example")
            with contextlib.suppress(OSError, smtplib.SMTPException):
                if (await house.send(MENTOR, alias, text))[0] == 250:
                    promised.add(mine)

    for moment in (0.03, 0.11, 0.23, 0.37):
        await asyncio.to_thread(house.start)
        before = len(promised)
        writers = [asyncio.create_task(write()) for _ in range(4)]
        while len(promised) == before:
            await asyncio.sleep(0.005)
        await asyncio.sleep(moment)
        await asyncio.to_thread(house.stop, signal.SIGKILL)
        await asyncio.gather(*writers)
    house.start()
    end = time.monotonic() + 60
    missing = set(promised)
    while missing and time.monotonic() < end:
        await asyncio.sleep(0.1)
        here = b"".join(a.content for a in members.letters).decode()
        missing = {text for text in promised if text not in here}
    assert missing == set()


async def test_sigterm_finishes_deliveries_under_way_and_exits_with_0(house: House, members: Members) -> None:
    alias = house.pair(MENTOR, MENTEE)["mentee"]["alias"]
    house.start()
    reader, writer = await asyncio.open_connection(HOST, house.port)
    assert (await reader.readline()).startswith(b"220")
    for line in ("HELO client.example", f"MAIL FROM:<{MENTOR}>", f"RCPT TO:<{alias}>", "DATA"):
        writer.write(line.encode() + b"\r\n")
        assert (await reader.readline()).startswith((b"250", b"354"))
    content = letter(MENTOR, alias).replace("\n", "\r\n").encode()
    writer.write(content[:50])
    await writer.drain()
    assert house.process
    house.process.send_signal(signal.SIGTERM)
    await asyncio.sleep(0.3)
    writer.write(content[50:] + b".\r\n")
    said = await reader.readline()
    assert await asyncio.to_thread(house.process.wait, 30) == 0
    assert said.startswith((b"250", b"421"))
    writer.close()
    await writer.wait_closed()
    if said.startswith(b"250"):
        house.start()
        await members.wait_for(1)


async def test_the_notice_about_a_missing_mailbox_names_only_the_pseudonym(house: House, members: Members) -> None:
    pair = house.pair(MENTOR, MENTEE)
    house.start()
    members.answer = lambda to: f"550 5.1.1 <{to}>: no such user at mx.home.example" if to == MENTEE else None
    alias = pair["mentee"]["alias"]
    assert (await house.send(MENTOR, alias, letter(MENTOR, alias)))[0] == 250
    notice = (await members.wait_for(1))[0]
    assert (notice.recipient, notice.return_path) == (MENTOR, "")
    assert pair["mentee"]["name"] in notice.words
    assert "Please do not send the letter again now" in notice.words
    for secret in ("omar", "home.example", "5.1.1", "no such user"):
        assert secret not in notice.told


async def test_an_undeliverable_notice_causes_no_further_notice(house: House, members: Members) -> None:
    alias = house.pair(MENTOR, MENTEE)["mentee"]["alias"]
    house.start()
    members.answer = lambda _: "550 5.1.1 gone"
    assert (await house.send(MENTOR, alias, letter(MENTOR, alias)))[0] == 250
    await house.settled()  # the notice is queued when the letter is settled
    await asyncio.sleep(1.5)
    assert (members.tries.count(MENTEE), members.tries.count(MENTOR)) == (1, 1)


async def test_an_author_is_told_once_that_a_letter_is_late(house: House, members: Members) -> None:
    house.env["RELAY_DELIVERY__TELL_DELAY_AFTER"] = "2s"
    pair = house.pair(MENTOR, MENTEE)
    house.start()
    members.answer = lambda to: "451 4.2.1 later" if to == MENTEE else None
    alias = pair["mentee"]["alias"]
    assert (await house.send(MENTOR, alias, letter(MENTOR, alias)))[0] == 250
    notice = (await members.wait_for(1))[0]
    assert notice.recipient == MENTOR
    assert f"to {pair['mentee']['name']} has not arrived yet" in notice.words
    assert "3 days in all" in notice.words
    await asyncio.sleep(2.5)
    members.answer = lambda _: None
    await members.wait_for(2)
    assert [a.recipient for a in members.letters] == [MENTOR, MENTEE]


async def test_an_undeliverable_letter_is_given_up_and_its_author_gets_a_notice(house: House, members: Members) -> None:
    house.env["RELAY_DELIVERY__GIVE_UP_AFTER"] = "5s"
    alias = house.pair(MENTOR, MENTEE)["mentee"]["alias"]
    house.start()
    members.answer = lambda to: "451 4.2.1 later" if to == MENTEE else None
    assert (await house.send(MENTOR, alias, letter(MENTOR, alias)))[0] == 250
    notice = (await members.wait_for(1))[0]
    assert notice.recipient == MENTOR
    assert members.tries.count(MENTEE) >= 2


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("empty", 554),
        ("header alone", None),
        ("a hundred thousand headers", 554),
        ("a hundred thousand parts", 554),
        ("parts a thousand deep", 554),
        ("broken base64", None),
        ("a charset nobody knows", None),
        ("a boundary that never comes", None),
        ("a million recipients in To", None),
        ("a million lines", 554),
        ("twenty megabytes of quotes", 554),
    ],
)
async def test_malformed_mail_gets_a_reply_in_seconds_and_the_next_letter_is_accepted(
    house: House, members: Members, name: str, code: int | None
) -> None:
    alias = house.pair(MENTOR, MENTEE)["mentee"]["alias"]
    house.start()
    head = f"From: <{MENTOR}>\nTo: <{alias}>\nSubject: x\n"
    mixed = "Content-Type: multipart/mixed; boundary=b\n\n"
    deep = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(1000))
    cases = {
        "empty": "",
        "header alone": head,
        "a hundred thousand headers": head + "X-A: b\n" * 100_000 + "\nhello",
        "a hundred thousand parts": head + mixed + "--b\n\nhello\n" * 100_000 + "--b--",
        "parts a thousand deep": head + deep + "hello",
        "broken base64": head + "Content-Transfer-Encoding: base64\n\naGVsbG8gd29ybGQ=*&^%$not base64\n",
        "a charset nobody knows": head + "Content-Type: text/plain; charset=klingon-1\n\nhello \udce9\n",
        "a boundary that never comes": head + mixed + "hello",
        "a million recipients in To": head + "Cc: " + "a@b.example,\n " * 100_000 + "z@b.example\n\nhello",
        "a million lines": head + "\n" + "a\n" * 1_000_000,
        "twenty megabytes of quotes": head + "\n" + (">" * 70 + "\n") * 280_000,
    }
    begun = time.monotonic()
    heard, said = await house.send(MENTOR, alias, cases[name].encode("utf-8", "surrogateescape"))
    taken = time.monotonic() - begun
    assert heard in ((250, 550, 552, 554) if code is None else (550, 552, 554)), said
    assert "Traceback" not in said
    assert taken < 40
    before = len(members.letters)
    text = letter(MENTOR, alias, body="the next one", message_id="next@real.example")
    assert (await house.send(MENTOR, alias, text))[0] == 250
    end = time.monotonic() + 30
    while time.monotonic() < end and not any(b"the next one" in a.content for a in members.letters[before:]):
        await asyncio.sleep(0.05)
    assert any(b"the next one" in a.content for a in members.letters)
    assert "Traceback" not in house.log.read_text()


def serve(house: House) -> tuple[int, str]:
    """Try to start. Returns the exit code and the errors."""
    command = [RELAY, "--home", str(house.home), "serve"]
    done = subprocess.run(command, env=house.env, capture_output=True, text=True, timeout=60, check=False)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stderr


async def test_the_log_begins_with_what_is_not_as_it_should_be(house: House, authority: Authority) -> None:
    issued = authority.issue("mx.elsewhere.example")
    issued.key.chmod(0o644)
    house.env |= {"RELAY_SMTP__TLS_CERTIFICATE": str(issued.file), "RELAY_SMTP__TLS_KEY": str(issued.key)}
    house.start()
    log = house.log.read_text()
    assert "is open to other users (mode 644); chmod 640 " in log
    assert "the TLS certificate is for mx.elsewhere.example, not for relay.example: " in log


async def test_a_port_in_use_stops_the_start_and_is_named(house: House) -> None:
    with socket.create_server((HOST, house.port)):
        code, said = serve(house)
    assert (code, str(house.port) in said) == (1, True)


@pytest.mark.parametrize("name", ["relay.toml", "keys/vault.key", "relay.db", "keys/relay-rsa.pem"])
async def test_without_a_required_file_relay_does_not_start_and_names_it(house: House, name: str) -> None:
    missing = house.home / name
    missing.unlink()
    before = {p: p.read_bytes() for p in house.home.rglob("*") if p.is_file()}
    code, said = serve(house)
    assert code == 1
    assert missing.stem in said or "relay.toml" in said
    assert {p: p.read_bytes() for p in house.home.rglob("*") if p.is_file()} == before


@pytest.mark.parametrize("damage", ["not a database", "newer", "cut"])
async def test_a_damaged_database_stops_the_start_and_is_not_changed(house: House, damage: str) -> None:
    house.pair(MENTOR, MENTEE)
    path = house.home / "relay.db"
    if damage == "newer":
        import sqlite3

        with contextlib.closing(sqlite3.connect(path)) as database:
            database.execute("PRAGMA user_version = 9999")
    else:
        content = path.read_bytes()
        path.write_bytes(b"garbage" * 4096 if damage == "not a database" else content[: len(content) // 2])
    before = path.read_bytes()
    code, said = serve(house)
    assert code == 1, said
    assert "database" in said
    assert path.read_bytes() == before


async def test_all_wrong_settings_are_reported_before_relay_starts(house: House) -> None:
    toml = house.home / "relay.toml"
    toml.write_text(toml.read_text() + "\n[delivery2]\nx = 1\n[nonsense]\ny = 2\n")
    code, said = serve(house)
    assert code == 1
    assert "delivery2" in said
    assert "nonsense" in said


async def test_sighup_reads_new_settings_and_wrong_ones_change_nothing(house: House, members: Members) -> None:
    alias = house.pair(MENTOR, MENTEE)["mentee"]["alias"]
    house.start()
    assert house.process
    toml = house.home / "relay.toml"
    good = toml.read_text()
    toml.write_text(good + "\n[nonsense]\nx = 1\n")
    house.process.send_signal(signal.SIGHUP)
    await said(house, "nothing was reloaded")
    assert (await house.send(MENTOR, alias, letter(MENTOR, alias)))[0] == 250
    moved = free_port()
    toml.write_text(good.replace(f":{house.port}", f":{moved}"))
    house.process.send_signal(signal.SIGHUP)
    await said(house, f"port {moved}")
    house.port = moved
    again = letter(MENTOR, alias, message_id="m2@real.example")
    assert (await house.send(MENTOR, alias, again))[0] == 250
    await members.wait_for(2)
    with socket.create_server((HOST, 0)) as other:
        toml.write_text(good.replace(good_port(good), f":{other.getsockname()[1]}"))
        house.process.send_signal(signal.SIGHUP)
        await said(house, "restart failed, continuing with the old settings")
    await said(house, f"port {moved}", times=2)
    assert (await house.send(MENTOR, alias, letter(MENTOR, alias, message_id="m3@real.example")))[0] == 250
    assert await asyncio.to_thread(house.stop) == 0


def good_port(toml: str) -> str:
    found = re.search(r"^listen = .*?(:\d+)", toml, re.M)
    assert found
    return found[1]


async def said(house: House, words: str, seconds: float = 30, times: int = 1) -> None:
    """Wait until the log has ``words`` this many times."""
    end = time.monotonic() + seconds
    while Path(house.log).read_text().count(words) < times:
        assert time.monotonic() < end, house.log.read_text()
        await asyncio.sleep(0.05)
