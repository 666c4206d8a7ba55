"""Benchmark: relay as in production and Postfix under the same load, with the ratio of the two."""

from __future__ import annotations

import argparse
import asyncio
import itertools
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from lab.house import DOMAIN, House, HouseError, free_port, relay_command
from lab.load import Figures, Letter, measure
from lab.members import letter, pairs
from lab.next_server import NextServer
from lab.nodes import Nodes, Postgres
from lab.postfix import Postfix, available
from lab.quota import Quota

_COLUMNS = (
    *(("accepted/s", 10), ("delivered/s", 13), ("p50 ms", 9), ("p99 ms", 9)),
    *(("CPU ms/letter", 14), ("lost", 7)),
)


def row(name: str, figures: Figures) -> str:
    """One line of the table."""
    return (
        f"{name:<10}{figures.accepted:>10.0f}{figures.delivered:>13.0f}{figures.p50 * 1000:>9.1f}"
        f"{figures.p99 * 1000:>9.1f}{figures.cpu:>14.2f}{figures.lost:>7}"
    )


def workplace(inside: Path) -> Path:
    """A new folder that the user postfix can read, too."""
    folder = Path(tempfile.mkdtemp(prefix="relay-bench-", dir=inside))
    folder.chmod(0o755)
    return folder


@dataclass(frozen=True, slots=True)
class Subject:
    """A server to measure. ``running`` starts it and gives its ports and the process ids whose CPU time counts."""

    name: str
    running: Callable[[], AbstractContextManager[tuple[Sequence[int], Sequence[int]]]]


async def run(options: argparse.Namespace) -> int:
    """Measure all rounds. Returns the exit code: 1 when a letter was lost."""
    folder = workplace(options.folder)
    server = NextServer()
    found: dict[str, list[Figures]] = {}
    try:
        with ExitStack() as closing:
            house = _house(folder, server)
            routes = pairs(house, folder, options.pairs)
            subjects = [
                Subject("relay", lambda: _house_running(house)),
                *_others(options, house, folder, server, closing),
            ]
            print(f"{options.letters} letters of {options.size} octets, {options.sessions} sessions")
            print(f"{'':<10}" + "".join(f"{name:>{width}}" for name, width in _COLUMNS))
            write = _writer(routes, options.size)
            for _ in range(options.rounds):
                for subject in subjects:
                    with subject.running() as (ports, pids):
                        await measure(ports, pids, server, write(options.warm), options.sessions)
                        figures = await measure(ports, pids, server, write(options.letters), options.sessions)
                    found.setdefault(subject.name, []).append(figures)
                    print(row(subject.name, figures), flush=True)
    finally:
        server.close()
        shutil.rmtree(folder, ignore_errors=True)
    conclude(found)
    return 1 if any(f.lost for figures in found.values() for f in figures) else 0


def _house(folder: Path, server: NextServer) -> House:
    limits = {"RELAY_LIMITS__MESSAGES_PER_HOUR": "0", "RELAY_LIMITS__CONNECTIONS_PER_PEER": "0"}
    house = House(folder / "home", server.port, 0, **limits)
    house.init()
    return house


def _writer(routes: Sequence[tuple[str, str]], size: int) -> Callable[[int], list[Letter]]:
    chance, numbers = random.Random(7), itertools.count()
    return lambda count: [letter(next(numbers), *chance.choice(routes), size, chance) for _ in range(count)]


def _others(
    options: argparse.Namespace, house: House, folder: Path, server: NextServer, closing: ExitStack
) -> Iterator[Subject]:
    """What relay with SQLite is compared with: with --nodes relay on PostgreSQL, else Postfix if it is installed."""
    if options.nodes:
        group = closing.enter_context(Quota(options.quota)) if options.quota else None
        database = closing.enter_context(Postgres(folder / "postgresql"))
        house.run("store", "copy", "sqlite:relay.db", database.url)
        if group is not None:
            group.hold(database.pid)
        for count in sorted({1, options.nodes}):
            running = partial(_nodes_running, house, folder, count, database, options.quota)
            yield Subject(f"{count} node{'s' * (count > 1)}", running)
    elif available():
        yield Subject("Postfix", lambda: _postfix_running(folder, server))


@contextmanager
def _house_running(house: House) -> Iterator[tuple[Sequence[int], Sequence[int]]]:
    with house:
        yield [house.port], [house.pid]


@contextmanager
def _nodes_running(
    house: House, folder: Path, count: int, database: Postgres, quota: float
) -> Iterator[tuple[Sequence[int], Sequence[int]]]:
    with ExitStack() as closing:
        groups = [closing.enter_context(Quota(quota)) for _ in range(count if quota else 0)]
        nodes = closing.enter_context(Nodes(house, folder, count, database.url))
        for group, pid in zip(groups, nodes.pids, strict=False):
            group.hold(pid)
        yield nodes.ports, [*nodes.pids, database.pid]


@contextmanager
def _postfix_running(folder: Path, server: NextServer) -> Iterator[tuple[Sequence[int], Sequence[int]]]:
    place = Path(tempfile.mkdtemp(prefix="postfix", dir=folder))
    place.chmod(0o755)
    with Postfix(place, free_port(), server.port) as peer:
        yield [peer.port], [peer.pid]


def conclude(found: dict[str, list[Figures]]) -> None:
    """Print the ratio of relay to each of the others, and of several nodes to one: the median of the ratios of the
    rounds."""
    ours = found.pop("relay")
    one, several = found.get("1 node", []), [found[name] for name in found if name.endswith(" nodes")]
    for figures in several:
        ratio = statistics.median(a.delivered / b.delivered for a, b in zip(figures, one, strict=True))
        print(f"nodes/1 node delivered: {ratio:.2f}")
    if not found:
        print("no ratio: Postfix is not installed, or this does not run as root")
    for other, theirs in found.items():
        together = list(zip(ours, theirs, strict=True))
        for name, better in (("delivered", "higher"), ("accepted", "higher"), ("p99", "lower"), ("cpu", "lower")):
            ratio = statistics.median(getattr(a, name) / getattr(b, name) for a, b in together)
            print(f"relay/{other} {name}: {ratio:.2f} ({better} is better)")
    if "Postfix" in found:
        print("Postfix only forwards here: it does not sign or rebuild letters.")


def main() -> int:
    """Read the options and run."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--letters", type=int, default=1000, help="letters in a round")
    parser.add_argument("--size", type=int, default=4096, help="octets in a letter, about")
    parser.add_argument("--sessions", type=int, default=10, help="connections at once")
    parser.add_argument("--pairs", type=int, default=500, help="pairs in the relay")
    parser.add_argument("--rounds", type=int, default=3, help="rounds, relay and Postfix in turn")
    parser.add_argument("--warm", type=int, default=200, help="letters before each round that are not counted")
    parser.add_argument("--nodes", type=int, default=0, help="compare with this many relays on one PostgreSQL")
    parser.add_argument("--quota", type=float, default=0, help="cores that each node, and the database, may use")
    parser.add_argument("--folder", type=Path, default=Path("/var/tmp"), help="working folder, on a disk, not tmpfs")
    try:
        return asyncio.run(run(parser.parse_args()))
    except (HouseError, RuntimeError, subprocess.SubprocessError) as fault:
        print(f"bench: {fault} (with {relay_command()}, domain {DOMAIN})", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
