"""Strangers send large letters that never end: memory stays limited, and a member's letter is accepted."""

from __future__ import annotations

import asyncio
import base64
import io
import logging
import random
import smtplib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from PIL import Image

from relay.settings import Address

from .conftest import HOST, House, Members, letter

MENTOR, MENTEE = "jane.doe@real.example", "omar@home.example"
HONEST = "127.0.21.1"
STRANGERS = [f"127.0.{network}.1" for network in range(1, 21)]
EACH = 50
LINES = (b"x" * 76 + b"\r\n") * 840  # 64 KiB
MOST = 500 << 20

Zone = dict[object, object]
MakeServer = Callable[[Zone], Awaitable[Address]]


def memory_of(pid: int) -> int:
    """Memory of a process tree in octets. Pages that several processes share, as workers do, count once."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    own = next(line for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines() if line.startswith("Pss:"))
    return int(own.split()[1]) * 1024 + sum(memory_of(int(child)) for child in children)


class Watch:
    """Records the largest memory of a process tree."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.most = 0

    async def run(self) -> None:
        while True:
            with suppress(OSError, StopIteration):  # a worker has ended
                self.most = max(self.most, memory_of(self.pid))
            await asyncio.sleep(0.05)


async def stranger(port: int, address: str, octets: int, *, trickle: bool, begun: Callable[[], None]) -> None:
    """Start a letter, send ``octets`` of it and stop, or go on with an octet every two seconds (``trickle``).

    Connect again when the server closes the connection.
    """
    while True:
        try:
            reader, writer = await asyncio.open_connection(HOST, port, local_addr=(address, 0))
        except OSError:
            await asyncio.sleep(0.5)
            continue
        try:
            await one_letter(reader, writer, octets, trickle=trickle, begun=begun)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
        await asyncio.sleep(0.5)


async def one_letter(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, octets: int, *, trickle: bool, begun: Callable[[], None]
) -> None:
    await reader.readuntil(b"\r\n")
    writer.write(b"EHLO evil.example\r\nMAIL FROM:<x@evil.example>\r\nRCPT TO:<a.b@relay.example>\r\nDATA\r\n")
    await reader.readuntil(b"354")
    writer.write(b"From: <x@evil.example>\r\nSubject: large\r\n\r\n")
    for _ in range(octets // len(LINES)):
        writer.write(LINES)
        await writer.drain()
    begun()
    while not trickle:
        await reader.readexactly(1 << 16)
    while True:
        writer.write(b"x")
        await asyncio.sleep(2)
        await writer.drain()


@asynccontextmanager
async def flood(port: int) -> AsyncIterator[None]:
    """A thousand connections from twenty networks. The block begins when each has sent its octets once."""
    done = 0

    def begun() -> None:
        nonlocal done
        done += 1

    plans = [(2 << 20, False), (2 << 20, True), (0, True), (4 << 20, False), (200 << 10, True)]
    tasks = [
        asyncio.create_task(stranger(port, address, plans[n % 5][0], trickle=plans[n % 5][1], begun=begun))
        for n in range(EACH)
        for address in STRANGERS
    ]
    try:
        async with asyncio.timeout(300):
            while done < EACH * len(STRANGERS):
                await asyncio.sleep(0.1)
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def five_megabytes() -> str:
    """A picture of about 5 MB in base64."""
    side = 1780
    picture = Image.frombytes("RGB", (side, side), random.Random(5).randbytes(3 * side * side))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=95)
    octets = base64.encodebytes(out.getvalue()).decode()
    assert 4_500_000 < len(octets) < 5_500_000, len(octets)
    return octets


def honest(alias: str, body: str, number: int, attached: str = "") -> bytes:
    if attached:
        kind = "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b"
        part = "Content-Type: image/jpeg; name=a.jpg\nContent-Transfer-Encoding: base64"
        body = f"--b\nContent-Type: text/plain\n\n{body}\n--b\n{part}\n\n{attached}--b--"
        return letter(MENTOR, alias, *kind.split("\n"), body=body, message_id=f"{number}@real.example").encode()
    return letter(MENTOR, alias, body=body, message_id=f"{number}@real.example").encode()


def send(port: int, alias: str, octets: bytes, *, announced: bool) -> str:
    octets = octets.replace(b"\n", b"\r\n")
    with smtplib.SMTP(HOST, port, "client.example", source_address=(HONEST, 0), timeout=60) as client:
        client.ehlo()
        code, said = client.mail(MENTOR, [f"SIZE={len(octets)}"] if announced else [])
        assert code == 250, said
        client.rcpt(alias)
        code, said = client.data(octets)
        return f"{code} {said.decode()}"


@pytest.mark.long
@pytest.mark.filterwarnings("ignore::ResourceWarning")
async def test_a_thousand_unfinished_large_letters_do_not_delay_a_members_letter(
    house: House, members: Members, name_server: MakeServer
) -> None:
    zone: Zone = {("real.example", "TXT"): [f'"v=spf1 ip4:{HONEST} -all"'], ("home.example", "A"): [HOST]}
    where = await name_server(zone)
    house.env |= {"RELAY_AUTHENTICITY__VERIFY": "self", "RELAY_DNS__NAMESERVERS": f'["{where.host}:{where.port}"]'}
    house.env |= {"RELAY_SMTP__WORKERS": "2"}
    alias = house.pair(MENTOR, MENTEE)["mentee"]["alias"]
    house.start()
    assert house.process is not None
    picture = five_megabytes()
    watch = Watch(house.process.pid)
    await asyncio.sleep(0)
    idle = memory_of(house.process.pid)
    watching = asyncio.create_task(watch.run())
    loop = asyncio.get_running_loop()
    took = []
    async with flood(house.port):
        before = watch.most
        for number, (octets, announced) in enumerate(
            [
                (honest(alias, "Hello there. " * 300, 1), False),
                (honest(alias, "Hello again. " * 300, 2), True),
                (honest(alias, "A picture.", 3, picture), False),
                (honest(alias, "Once more.", 4, picture), True),
            ]
        ):
            begun = loop.time()
            said = await asyncio.to_thread(send, house.port, alias, octets, announced=announced)
            took.append(round(loop.time() - begun, 2))
            assert said.startswith("250 "), (number, said, house.log.read_text()[-2000:])
    watching.cancel()
    shown = f"{idle >> 20} MiB idle, {before >> 20} by strangers, {watch.most >> 20} at most; seconds: {took}"
    logging.getLogger(__name__).warning(shown)  # shown with -o log_cli=true
    assert watch.most < MOST, shown
    await members.wait_for(4)
