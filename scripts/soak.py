"""A steady load for a long time, with workers killed and a next server that has bad days; what relay uses over time."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import io
import os
import random
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from lab.house import HOST, House, HouseError, free_port
from lab.load import Letter
from lab.members import letter, pairs, with_picture
from lab.next_server import FAIR, FAULTS, NextServer
from lab.picture import Panel, picture
from lab.resources import cpu_seconds, descriptors, memory, tree, workers
from lab.steady import Stream, Told
from PIL import Image

_MIB = 1024 * 1024
_EVERY = 10.0
_PATIENCE = 300.0
"""Seconds for the queue to empty after the last letter."""
_GROWTH = 1.1
"""Memory and descriptors of the last quarter, against those of the second: more than this is growth. The first quarter
is left out, for caches fill."""
_QUICKEST = 0.1
"""Of a short soak, against a long one: a worker that is killed before it has begun is of no use to anybody."""
_CACHES_FULL = 15.0
"""Minutes after which growth can be told from caches that fill."""
_QUEUE = re.compile(r'^relay_queue(?:_(oldest)_seconds)?\{state="(\w+)"\} (\S+)$', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Sample:
    """One moment: minutes since the beginning; letters a second taken and handed on since the last; the 99th percentile
    of milliseconds from due to 250; deliveries owed and the age of the oldest in seconds; MiB of the server's process
    and of all; descriptors of the server's process; cores in use."""

    minutes: float
    taken: float
    arrived: float
    p99_ms: float
    owed: float
    oldest_s: float
    server_mib: float
    all_mib: float
    descriptors: int
    cores: float


class Trouble:
    """What goes wrong: the spans (from, to) of bad days and the moments workers were killed at, in minutes."""

    def __init__(self, house: House, server: NextServer, chance: random.Random) -> None:
        self.spans: list[tuple[float, float, str]] = []
        self.kills: list[float] = []
        self._house, self._server, self._chance, self._begun = house, server, chance, time.monotonic()

    async def days(self, scale: float) -> None:
        """Good and bad days in turn. ``scale`` 1: a minute or three of good ones, up to half a minute of bad ones."""
        while True:
            await asyncio.sleep(self._chance.uniform(60, 180) * scale)
            fault, begin = self._chance.choice(FAULTS), self.minutes()
            self._server.become(fault)
            try:
                await asyncio.sleep(self._chance.uniform(5, 30) * scale)
            finally:
                self._server.become(FAIR)
                self.spans.append((begin, self.minutes(), fault))

    async def killing(self, scale: float) -> None:
        """Kill one of the workers, again and again."""
        while True:
            await asyncio.sleep(self._chance.uniform(10, 60) * scale)
            found = workers(self._house.pid)
            if found:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(self._chance.choice(found), signal.SIGKILL)
                self.kills.append(self.minutes())

    def minutes(self) -> float:
        """Since the beginning."""
        return (time.monotonic() - self._begun) / 60


class Watch:
    """Looks at relay every few seconds."""

    def __init__(self, house: House, server: NextServer, stream: Stream, metrics: int, trouble: Trouble) -> None:
        self.samples: list[Sample] = []
        self._house, self._server, self._stream, self._metrics, self._trouble = house, server, stream, metrics, trouble
        self._before = (time.monotonic(), 0, 0, cpu_seconds(house.pid))

    async def run(self, every: float, tell: Callable[[Sample], None]) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(every)
            self.samples.append(await self._look())
            tell(self.samples[-1])

    async def _look(self) -> Sample:
        pid, told = self._house.pid, self._stream.told
        owed, oldest = await asyncio.to_thread(queue, self._metrics)
        now, taken, arrived, cpu = time.monotonic(), told.taken, self._server.count(), cpu_seconds(pid)
        then, taken_then, arrived_then, cpu_then = self._before
        self._before = (now, taken, arrived, cpu)
        took, told.took = sorted(told.took), []
        return Sample(
            minutes=self._trouble.minutes(),
            taken=(taken - taken_then) / (now - then),
            arrived=(arrived - arrived_then) / (now - then),
            p99_ms=took[int(len(took) * 0.99)] * 1000 if took else 0,
            owed=owed,
            oldest_s=oldest,
            server_mib=memory(pid) / _MIB,
            all_mib=sum(map(memory, tree(pid))) / _MIB,
            descriptors=descriptors(pid),
            cores=(cpu - cpu_then) / (now - then),
        )


def queue(port: int) -> tuple[float, float]:
    """(deliveries owed, seconds the oldest has been owed), by relay's own metrics."""
    with urllib.request.urlopen(f"http://{HOST}:{port}/metrics", timeout=30) as page:
        found = _QUEUE.findall(page.read().decode())
    owed = sum(float(value) for oldest, _, value in found if not oldest)
    return owed, max((float(value) for oldest, _, value in found if oldest), default=0.0)


def faults(samples: Sequence[Sample], lost: int, told: Told, logged: str) -> list[str]:
    """What is wrong after a soak, in words; empty when nothing is."""
    said = [f"{lost} letters lost"] if lost else []
    said += [f"{told.refused} letters refused"] if told.refused else []
    said += [f"{told.unanswered} letters not answered for a minute"] if told.unanswered else []
    said += ["a traceback in the log"] if "Traceback" in logged else []
    quarter = len(samples) // 4
    if quarter >= 3 and samples[-1].minutes >= _CACHES_FULL:
        for name in ("server_mib", "all_mib", "descriptors"):
            values = [float(getattr(sample, name)) for sample in samples]
            early, late = statistics.median(values[quarter : 2 * quarter]), statistics.median(values[-quarter:])
            if late > early * _GROWTH:
                said.append(f"{name} grew from {early:.1f} to {late:.1f}")
    return said


async def run(options: argparse.Namespace) -> int:
    """The whole soak. Returns the exit code. TERM ends it early, and what it started with it."""
    whole = asyncio.current_task()
    assert whole is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, whole.cancel)
    folder = Path(tempfile.mkdtemp(prefix="relay-soak-", dir=options.folder))
    server, metrics = NextServer(), free_port()
    house = House(
        folder / "home",
        server.port,
        RELAY_LIMITS__MESSAGES_PER_HOUR="0",
        RELAY_LIMITS__CONNECTIONS_PER_PEER="0",
        RELAY_METRICS__LISTEN=f"{HOST}:{metrics}",
        RELAY_DELIVERY__TIMEOUT="5s",
        RELAY_DELIVERY__RETRY_AFTER='["2s","5s","10s"]',
    )
    try:
        house.init()
        writing = _writer(pairs(house, folder, options.pairs), options.seed)
        stream = Stream(house.port, writing, options.rate)
        with house:
            trouble = Trouble(house, server, random.Random(options.seed))
            watch = Watch(house, server, stream, metrics, trouble)
            scale = min(1.0, max(_QUICKEST, options.minutes / 30))
            asides = [
                asyncio.create_task(trouble.days(scale)),
                asyncio.create_task(trouble.killing(scale)),
                asyncio.create_task(watch.run(min(_EVERY, options.minutes * 60 / 40), _tell)),
            ]
            sent = await stream.run(options.minutes * 60)
            await _ended(asides[:2])
            await _drained(server, sent - stream.told.refused)
            await _ended(asides[2:])
        arrived, twice = server.count(), server.again().total()
        log = house.log.read_text()
    finally:
        server.close()
        shutil.rmtree(folder, ignore_errors=True)
    lost = sent - stream.told.refused - arrived
    return _conclude(options, sent, lost, twice, stream, watch, trouble, log)


def _writer(routes: Sequence[tuple[str, str]], seed: int) -> Callable[[int], Letter]:
    """Letters of 4 KB, and one in fifty with a photograph."""
    chance = random.Random(seed)
    out = io.BytesIO()
    Image.effect_noise((320, 240), 60).convert("RGB").save(out, "JPEG", quality=80)

    def write(number: int) -> Letter:
        plain = letter(number, *chance.choice(routes), 4096, chance)
        return with_picture(plain, out.getvalue()) if number % 50 == 49 else plain

    return write


async def _ended(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    for error in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(error, Exception):
            raise error


async def _drained(server: NextServer, wanted: int) -> None:
    for _ in range(int(_PATIENCE / 0.2)):
        if server.count() >= wanted:
            return
        await asyncio.sleep(0.2)


def _tell(sample: Sample) -> None:
    print("\t".join(f"{value:.2f}" for value in astuple(sample)), flush=True)


def _conclude(
    options: argparse.Namespace,
    sent: int,
    lost: int,
    twice: int,
    stream: Stream,
    watch: Watch,
    trouble: Trouble,
    log: str,
) -> int:
    told, samples = stream.told, watch.samples
    kinds = ", ".join(f"{sum(kind == k for _, _, kind in trouble.spans)} {k}" for k in FAULTS)
    summary = (
        f"{sent} letters in {options.minutes:g} minutes, {len(trouble.kills)} workers killed, bad days: {kinds}; "
        f"lost {lost}, twice {twice}, put off and sent again {told.put_off}, refused {told.refused}"
    )
    print(summary)
    if options.table:
        rows = ["\t".join(f.name for f in fields(Sample))]
        rows += ["\t".join(f"{value:.2f}" for value in astuple(sample)) for sample in samples]
        options.table.write_text("\n".join(rows) + "\n")
    if options.picture and samples:
        options.picture.write_text(_picture(summary, samples, trouble))
    wrong = faults(samples, lost, told, log)
    for fault in wrong:
        print(f"soak: {fault}", file=sys.stderr)
    return 1 if wrong else 0


def _picture(summary: str, samples: Sequence[Sample], trouble: Trouble) -> str:
    def line(name: str) -> list[float]:
        return [float(getattr(sample, name)) for sample in samples]

    panels = (
        Panel("letters a second", (("taken", line("taken")), ("handed on", line("arrived")))),
        Panel("from due to 250, ms", (("99th percentile", line("p99_ms")),)),
        Panel("deliveries owed", (("count", line("owed")),)),
        Panel("age of the oldest, s", (("seconds", line("oldest_s")),)),
        Panel("memory, MiB", (("server's process", line("server_mib")), ("all", line("all_mib")))),
        Panel("descriptors", (("server's process", line("descriptors")),)),
        Panel("cores in use", (("all processes", line("cores")),)),
    )
    end = samples[-1].minutes
    spans = [(begin, min(until, end)) for begin, until, _ in trouble.spans if begin < end]
    words = [*summary.split("; "), "Shaded: a bad day of the next server. Dotted: a worker killed."]
    return picture(words, line("minutes"), panels, spans, [kill for kill in trouble.kills if kill < end])


def main() -> int:
    """Read the options and run."""
    parser = argparse.ArgumentParser(prog="scripts/soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60, help="for how long letters are sent")
    parser.add_argument("--rate", type=float, default=100, help="letters a second")
    parser.add_argument("--pairs", type=int, default=1000, help="pairs in the relay")
    parser.add_argument("--seed", type=int, default=1, help="of all that is left to chance")
    parser.add_argument("--folder", type=Path, default=Path("/var/tmp"), help="where to work: a real disk, not tmpfs")
    parser.add_argument("--picture", type=Path, help="write what was seen as a picture (SVG)")
    parser.add_argument("--table", type=Path, help="write what was seen as a table")
    try:
        return asyncio.run(run(parser.parse_args()))
    except (HouseError, subprocess.SubprocessError) as fault:
        print(f"soak: {fault}", file=sys.stderr)
    except asyncio.CancelledError:
        print("soak: ended before it was over", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
