"""Accepted letters are not lost when the disk is full or read-only, or when a worker is killed."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from lab.resources import workers

from relay.settings import Address

from .conftest import DOMAIN, HOST, House, Members, free_port, letter

MakeServer = Callable[[dict[object, object]], Awaitable[Address]]
MENTOR, MENTEE = "jane.doe@real.example", "omar@home.example"


def _mount(folder: Path, *options: str) -> bool:
    command = ["mount", "-t", "tmpfs", "-o", ",".join(options), "tmpfs", str(folder)]
    return os.geteuid() == 0 and subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of sixteen megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if not _mount(folder, "size=16m"):
        pytest.skip("needs root, and permission to mount")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=False)


@pytest.fixture
def house_on(small_disk: Path, members: Members) -> Iterator[House]:
    env = {**os.environ, "RELAY_DELIVERY__RETRY_AFTER": '["1s"]', "RELAY_LIMITS__MESSAGES_PER_HOUR": "0"}
    env["RELAY_AUTHENTICITY__VERIFY"] = "none"
    built = House(small_disk / "home", free_port(), env)
    listen, smarthost = f"{HOST}:{built.port}", f"{HOST}:{members.port}"
    built.run("init", "--domain", DOMAIN, "--listen", listen, "--smarthost", smarthost)
    yield built
    built.stop(signal.SIGKILL)


def log_of(house: House) -> str:
    return house.log.read_text()


async def test_a_full_disk_defers_letters_and_loses_none(house_on: House, members: Members) -> None:
    house = house_on
    alias = house.pair(MENTOR, MENTEE)["mentee"]["alias"]
    house.log.parent.joinpath("relay.log").touch()
    house.start()
    members.stalled = True
    filler = house.home / "filler"
    answers: list[int] = []
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(b"\0" * 65536):
            pass
    for number in range(30):
        text = letter(MENTOR, alias, body=f"number {number}. " + "word " * 20_000, message_id=f"f{number}@real.example")
        code, said = await house.send(MENTOR, alias, text)
        answers.append(code)
        assert code in (250, 452), said
    assert 452 in answers
    filler.unlink()
    text = letter(MENTOR, alias, body="number 99. ", message_id="f99@real.example")
    assert (await house.send(MENTOR, alias, text))[0] == 250
    members.stalled = False
    promised = {number for number, code in enumerate(answers) if code == 250} | {99}
    arrived = await members.wait_for(len(promised), 30)
    assert {int(re.search(rb"number (\d+)\.", a.content)[1]) for a in arrived} >= promised  # type: ignore[index]
    assert "Traceback" not in log_of(house)


async def test_relay_does_not_start_on_a_read_only_disk(house_on: House, small_disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    assert "read-only" in house_on.run("serve", code=75)
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)


async def test_a_killed_worker_costs_its_letter_one_try_and_no_other_letter(house: House, members: Members) -> None:
    alias = house.pair(MENTOR, MENTEE)["mentee"]["alias"]
    house.start()
    assert house.process
    heavy = letter(MENTOR, alias, body="word " * 2_000_000, message_id="heavy@real.example")
    sending = asyncio.create_task(house.send(MENTOR, alias, heavy))
    shot: set[int] = set()
    while not sending.done():
        for worker in workers(house.process.pid):
            with contextlib.suppress(OSError):  # the worker has ended
                if len(shot) < 2:
                    os.kill(worker, signal.SIGKILL)
                    shot.add(worker)
        await asyncio.sleep(0.05)
    code, said = await sending
    assert code in (250, 451, 554), said
    assert shot
    for number in range(4):
        assert (await house.send(MENTOR, alias, letter(MENTOR, alias, message_id=f"n{number}@real.example")))[0] == 250
    await members.wait_for(4)


async def traced(house: House, pid: int, trace: Path, alias: str, text: bytes) -> list[str]:
    """The system calls that flush and answer, from the 354 for ``text`` to its 250."""
    calls = "trace=fsync,fdatasync,sendto,write,writev,sendmsg"
    tracer = subprocess.Popen(
        ["strace", "-f", "-y", "-s", "60", "-e", calls, "-o", str(trace), "-p", str(pid)], stderr=subprocess.PIPE
    )
    try:
        assert tracer.stderr
        if b"attached" not in await asyncio.to_thread(tracer.stderr.readline):
            pytest.skip("strace may not attach here")
        assert (await house.send(MENTOR, alias, text))[0] == 250
        await asyncio.sleep(0.5)
    finally:
        tracer.terminate()
        tracer.communicate()
    lines = trace.read_text(errors="replace").splitlines()
    promised = next(number for number, line in enumerate(lines) if "250 2.0.0 accepted" in line)
    asked = max(number for number, line in enumerate(lines[:promised]) if '"354 ' in line)
    return lines[asked : promised + 1]


@pytest.mark.skipif(not shutil.which("strace"), reason="needs strace")
async def test_a_letter_is_flushed_to_disk_before_its_250(house: House, members: Members, tmp_path: Path) -> None:
    alias = house.pair(MENTOR, MENTEE)["mentee"]["alias"]
    house.start()
    assert house.process
    lines = await traced(house, house.process.pid, tmp_path / "trace", alias, letter(MENTOR, alias))
    synced = [line for line in lines if "sync(" in line or "sync resumed" in line]
    assert any("relay.db-wal" in line or "resumed" in line for line in synced), lines


@pytest.mark.skipif(not shutil.which("strace"), reason="needs strace")
async def test_a_large_letter_its_folder_and_its_row_are_flushed_in_this_order_before_its_250(
    house: House, members: Members, tmp_path: Path
) -> None:
    alias = house.pair(MENTOR, MENTEE)["mentee"]["alias"]
    house.start()
    assert house.process
    large = letter(MENTOR, alias, body="word and another " * 20_000)
    lines = await traced(house, house.process.pid, tmp_path / "trace", alias, large)
    begun = [re.search(r"sync\(\d+<[^>]*/(relay\.db[^>/]*)(/[0-9a-f]+)?>", line) for line in lines]
    names = [found[1] + ("/file" if found[2] else "") for found in begun if found]
    written = names.index("relay.db-letters/file")
    assert names[written + 1] == "relay.db-letters", lines
    assert "relay.db-wal" in names[written + 2 :], lines


async def test_a_report_is_acted_on_after_a_start_when_relay_is_killed_right_after_its_refusal(
    house: House, members: Members, name_server: MakeServer
) -> None:
    where = await name_server({})
    house.env |= {"RELAY_AUTHENTICITY__VERIFY": "self", "RELAY_DNS__NAMESERVERS": f'["{where.host}:{where.port}"]'}
    house.env |= {"RELAY_PROGRAMME__OPERATOR": "op@ops.example"}
    pair = house.pair(MENTOR, MENTEE)["pair"]
    house.start()
    report = letter(MENTEE, f"report@{DOMAIN}", body="He knows my name.")
    code, said = await house.send(MENTEE, f"report@{DOMAIN}", report)
    house.stop(signal.SIGKILL)
    assert (code, said[:5]) == (550, "5.7.1")
    assert json.loads(house.run("pair", "show", pair, "--json"))["state"] == "active"
    house.start()
    arrived = await members.wait_for(3)
    assert {one.recipient for one in arrived} == {MENTOR, MENTEE, "op@ops.example"}
    assert any("He knows my name." in one.words for one in arrived if one.recipient == "op@ops.example")
    assert json.loads(house.run("pair", "show", pair, "--json"))["state"] == "reported"
    assert house.run("jobs", "list", "--json").count("unproven") == 0
