"""Soak test: a steady load for a long time, with workers killed and a next server that fails at times.

It records what relay uses over time, and fails when a letter is lost or refused or resources grow.
"""

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
from lab.next_server import FAULTS, NORMAL, NextServer
from lab.picture import Panel, picture
from lab.resources import cpu_seconds, descriptors, memory, tree, workers
from lab.steady import Results, Stream
from PIL import Image

_MIB = 1024 * 1024
_EVERY = 10.0  # seconds between two samples
_DRAIN_SECONDS = 300.0
"""Seconds for the queue to empty after the last letter."""
_GROWTH = 1.1
"""Resources grow when their median in the last quarter exceeds that in the second quarter by more than this factor. The
first quarter is not compared, because caches fill."""
_SHORTEST_SCALE = 0.1
"""The least scale of the times between faults, so that workers are not killed before they can do anything."""
_CACHES_FULL = 15.0
"""Minutes after which caches are full, and growth is a leak."""
_QUEUE = re.compile(r'^relay_queue(?:_(oldest)_seconds)?\{state="(\w+)"\} (\S+)$', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample.

    ``minutes`` since the start. ``accepted`` and ``arrived``: letters a second since the last sample. ``p99_ms``: the
    99th percentile of the milliseconds from when a letter is due to its 250. ``owed``: deliveries in the queue.
    ``oldest_s``: age of the oldest in seconds. ``server_mib`` and ``all_mib``: memory of the server's process and of
    all processes. ``descriptors``: open files of the server's process. ``cores``: cores in use.
    """

    minutes: float
    accepted: float
    arrived: float
    p99_ms: float
    owed: float
    oldest_s: float
    server_mib: float
    all_mib: float
    descriptors: int
    cores: float


class Trouble:
    """Makes faults. ``spans`` are (from, to, fault) of the next server, ``kills`` times of killed workers, in
    minutes."""

    def __init__(self, house: House, server: NextServer, chance: random.Random) -> None:
        self.spans: list[tuple[float, float, str]] = []
        self.kills: list[float] = []
        self._house, self._server, self._chance, self._begun = house, server, chance, time.monotonic()

    async def server_faults(self, scale: float) -> None:
        """Let the next server fail again and again: with ``scale`` 1 for 5 to 30 s, after 60 to 180 s without
        faults."""
        while True:
            await asyncio.sleep(self._chance.uniform(60, 180) * scale)
            fault, begin = self._chance.choice(FAULTS), self.minutes()
            self._server.set_mode(fault)
            try:
                await asyncio.sleep(self._chance.uniform(5, 30) * scale)
            finally:
                self._server.set_mode(NORMAL)
                self.spans.append((begin, self.minutes(), fault))

    async def kill_workers(self, scale: float) -> None:
        """Kill a worker again and again: with ``scale`` 1 every 10 to 60 s."""
        while True:
            await asyncio.sleep(self._chance.uniform(10, 60) * scale)
            found = workers(self._house.pid)
            if found:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(self._chance.choice(found), signal.SIGKILL)
                self.kills.append(self.minutes())

    def minutes(self) -> float:
        """Minutes since the start."""
        return (time.monotonic() - self._begun) / 60


class Sampler:
    """Takes samples of what relay does and uses."""

    def __init__(self, house: House, server: NextServer, stream: Stream, metrics: int, trouble: Trouble) -> None:
        self.samples: list[Sample] = []
        self._house, self._server, self._stream, self._metrics, self._trouble = house, server, stream, metrics, trouble
        self._before = (time.monotonic(), 0, 0, cpu_seconds(house.pid))

    async def run(self, every: float, show: Callable[[Sample], None]) -> None:
        """Take a sample every ``every`` seconds and ``show`` it, until cancelled."""
        while True:
            await asyncio.sleep(every)
            self.samples.append(await self._sample())
            show(self.samples[-1])

    async def _sample(self) -> Sample:
        pid, results = self._house.pid, self._stream.results
        owed, oldest = await asyncio.to_thread(queue, self._metrics)
        now, accepted, arrived, cpu = time.monotonic(), results.accepted, self._server.count(), cpu_seconds(pid)
        then, accepted_then, arrived_then, cpu_then = self._before
        self._before = (now, accepted, arrived, cpu)
        took, results.took = sorted(results.took), []
        return Sample(
            minutes=self._trouble.minutes(),
            accepted=(accepted - accepted_then) / (now - then),
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
    """(deliveries in the queue, age of the oldest in seconds), from relay's metrics."""
    with urllib.request.urlopen(f"http://{HOST}:{port}/metrics", timeout=30) as page:
        found = _QUEUE.findall(page.read().decode())
    owed = sum(float(value) for oldest, _, value in found if not oldest)
    return owed, max((float(value) for oldest, _, value in found if oldest), default=0.0)


def faults(samples: Sequence[Sample], lost: int, results: Results, logged: str) -> list[str]:
    """What went wrong in a soak, a message each."""
    found = [f"{lost} letters lost"] if lost else []
    found += [f"{results.refused} letters refused"] if results.refused else []
    found += [f"{results.unanswered} letters not answered for a minute"] if results.unanswered else []
    found += ["a traceback in the log"] if "Traceback" in logged else []
    quarter = len(samples) // 4
    if quarter >= 3 and samples[-1].minutes >= _CACHES_FULL:
        for name in ("server_mib", "all_mib", "descriptors"):
            values = [float(getattr(sample, name)) for sample in samples]
            early, late = statistics.median(values[quarter : 2 * quarter]), statistics.median(values[-quarter:])
            if late > early * _GROWTH:
                found.append(f"{name} grew from {early:.1f} to {late:.1f}")
    return found


async def run(options: argparse.Namespace) -> int:
    """Run the soak. Returns the exit code. SIGTERM ends it and everything that it started."""
    this = asyncio.current_task()
    assert this is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, this.cancel)
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
            sampler = Sampler(house, server, stream, metrics, trouble)
            scale = min(1.0, max(_SHORTEST_SCALE, options.minutes / 30))
            tasks = [
                asyncio.create_task(trouble.server_faults(scale)),
                asyncio.create_task(trouble.kill_workers(scale)),
                asyncio.create_task(sampler.run(min(_EVERY, options.minutes * 60 / 40), _show)),
            ]
            sent = await stream.run(options.minutes * 60)
            await _end(tasks[:2])
            await _await_arrivals(server, sent - stream.results.refused)
            await _end(tasks[2:])
        arrived, twice = server.count(), server.duplicates().total()
        log = house.log.read_text()
    finally:
        server.close()
        shutil.rmtree(folder, ignore_errors=True)
    lost = sent - stream.results.refused - arrived
    return _conclude(options, sent, lost, twice, stream, sampler, trouble, log)


def _writer(routes: Sequence[tuple[str, str]], seed: int) -> Callable[[int], Letter]:
    """Letters of 4 KB, and one in fifty with a photograph."""
    chance = random.Random(seed)
    out = io.BytesIO()
    Image.effect_noise((320, 240), 60).convert("RGB").save(out, "JPEG", quality=80)

    def write(number: int) -> Letter:
        plain = letter(number, *chance.choice(routes), 4096, chance)
        return with_picture(plain, out.getvalue()) if number % 50 == 49 else plain

    return write


async def _end(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    for error in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(error, Exception):
            raise error


async def _await_arrivals(server: NextServer, wanted: int) -> None:
    for _ in range(int(_DRAIN_SECONDS / 0.2)):
        if server.count() >= wanted:
            return
        await asyncio.sleep(0.2)


def _show(sample: Sample) -> None:
    print("\t".join(f"{value:.2f}" for value in astuple(sample)), flush=True)


def _conclude(
    options: argparse.Namespace,
    sent: int,
    lost: int,
    twice: int,
    stream: Stream,
    sampler: Sampler,
    trouble: Trouble,
    log: str,
) -> int:
    results, samples = stream.results, sampler.samples
    kinds = ", ".join(f"{sum(kind == k for _, _, kind in trouble.spans)} {k}" for k in FAULTS)
    summary = (
        f"{sent} letters in {options.minutes:g} minutes, {len(trouble.kills)} workers killed, server faults: {kinds}; "
        f"lost {lost}, duplicates {twice}, deferred and sent again {results.deferred}, refused {results.refused}"
    )
    print(summary)
    if options.table:
        rows = ["\t".join(f.name for f in fields(Sample))]
        rows += ["\t".join(f"{value:.2f}" for value in astuple(sample)) for sample in samples]
        options.table.write_text("\n".join(rows) + "\n")
    if options.picture and samples:
        options.picture.write_text(_picture(summary, samples, trouble))
    wrong = faults(samples, lost, results, log)
    for fault in wrong:
        print(f"soak: {fault}", file=sys.stderr)
    return 1 if wrong else 0


def _picture(summary: str, samples: Sequence[Sample], trouble: Trouble) -> str:
    def line(name: str) -> list[float]:
        return [float(getattr(sample, name)) for sample in samples]

    panels = (
        Panel("letters a second", (("accepted", line("accepted")), ("delivered", line("arrived")))),
        Panel("time from due to 250, ms", (("99th percentile", line("p99_ms")),)),
        Panel("deliveries in the queue", (("count", line("owed")),)),
        Panel("age of the oldest, s", (("seconds", line("oldest_s")),)),
        Panel("memory, MiB", (("server's process", line("server_mib")), ("all", line("all_mib")))),
        Panel("file descriptors", (("server's process", line("descriptors")),)),
        Panel("cores in use", (("all processes", line("cores")),)),
    )
    end = samples[-1].minutes
    spans = [(begin, min(until, end)) for begin, until, _ in trouble.spans if begin < end]
    legend = [*summary.split("; "), "Shaded: the next server fails. Dotted: a worker is killed."]
    return picture(legend, line("minutes"), panels, spans, [kill for kill in trouble.kills if kill < end])


def main() -> int:
    """Read the options and run."""
    parser = argparse.ArgumentParser(prog="scripts/soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60, help="how long to send letters")
    parser.add_argument("--rate", type=float, default=100, help="letters a second")
    parser.add_argument("--pairs", type=int, default=1000, help="pairs in the relay")
    parser.add_argument("--seed", type=int, default=1, help="seed of all random choices")
    parser.add_argument("--folder", type=Path, default=Path("/var/tmp"), help="working folder, on a disk, not tmpfs")
    parser.add_argument("--picture", type=Path, help="write the samples as an SVG picture")
    parser.add_argument("--table", type=Path, help="write the samples as tab-separated values")
    try:
        return asyncio.run(run(parser.parse_args()))
    except (HouseError, subprocess.SubprocessError) as fault:
        print(f"soak: {fault}", file=sys.stderr)
    except asyncio.CancelledError:
        print("soak: stopped by SIGTERM", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
