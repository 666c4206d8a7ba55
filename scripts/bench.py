"""Measures relay as it would run in production, beside Postfix under the same load, and prints the ratio."""

from __future__ import annotations

import argparse
import asyncio
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from lab.house import DOMAIN, House, HouseError, free_port, relay_command
from lab.load import Figures, Sink, measure
from lab.members import letter, pairs
from lab.postfix import Postfix, available


def row(name: str, figures: Figures) -> str:
    """One line of the table."""
    return (
        f"{name:<10}{figures.accepted:>10.0f}{figures.delivered:>13.0f}{figures.p50 * 1000:>9.1f}"
        f"{figures.p99 * 1000:>9.1f}{figures.cpu:>14.2f}{figures.lost:>7}"
    )


def workplace(inside: Path) -> Path:
    """A new folder that Postfix's own user can reach, too."""
    folder = Path(tempfile.mkdtemp(prefix="relay-bench-", dir=inside))
    folder.chmod(0o755)
    return folder


async def run(options: argparse.Namespace) -> int:
    """All rounds. Returns the exit code: 1 when a letter was lost."""
    folder = workplace(options.folder)
    sink = Sink()
    ours: list[Figures] = []
    theirs: list[Figures] = []
    try:
        house = House(
            folder / "home", sink.port, RELAY_LIMITS__MESSAGES_PER_HOUR="0", RELAY_LIMITS__CONNECTIONS_PER_PEER="0"
        )
        house.init()
        routes = pairs(house, folder, options.pairs)
        chance, number = random.Random(7), 0
        print(
            f"{options.letters} letters of {options.size} octets, {options.sessions} sessions, {options.rounds} rounds"
        )
        print(
            f"{'':<10}{'accepted/s':>10}{'delivered/s':>13}{'p50 ms':>9}{'p99 ms':>9}{'CPU ms/letter':>14}{'lost':>7}"
        )
        for _ in range(options.rounds):
            batch = [letter(number + n, *chance.choice(routes), options.size, chance) for n in range(options.letters)]
            number += options.letters
            with house:
                ours.append(await measure(house.port, house.pid, sink, batch, options.sessions))
            print(row("relay", ours[-1]))
            if available():
                batch = [
                    letter(number + n, *chance.choice(routes), options.size, chance) for n in range(options.letters)
                ]
                number += options.letters
                with Postfix(folder / f"postfix{number}", free_port(), sink.port) as peer:
                    theirs.append(await measure(peer.port, peer.pid, sink, batch, options.sessions))
                print(row("Postfix", theirs[-1]))
    finally:
        sink.close()
        shutil.rmtree(folder, ignore_errors=True)
    conclude(ours, theirs)
    return 1 if any(f.lost for f in (*ours, *theirs)) else 0


def conclude(ours: list[Figures], theirs: list[Figures]) -> None:
    """The ratios: medians of the rounds' own."""
    if not theirs:
        print("Postfix is not here, or this is not root: no ratio")
        return
    together = list(zip(ours, theirs, strict=True))
    for name, better in (("delivered", "higher"), ("accepted", "higher"), ("p99", "lower"), ("cpu", "lower")):
        ratio = statistics.median(getattr(a, name) / getattr(b, name) for a, b in together)
        print(f"relay/Postfix {name}: {ratio:.2f} ({better} is better)")
    print("Postfix here only forwards: it rewrites, signs and anonymises nothing.")


def main() -> int:
    """Read the options and run."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--letters", type=int, default=1000, help="letters a round")
    parser.add_argument("--size", type=int, default=4096, help="octets a letter, about")
    parser.add_argument("--sessions", type=int, default=10, help="connections at once")
    parser.add_argument("--pairs", type=int, default=500, help="pairs in the relay")
    parser.add_argument("--rounds", type=int, default=3, help="rounds, relay and Postfix in turn")
    parser.add_argument("--folder", type=Path, default=Path("/var/tmp"), help="where to work: a real disk, not tmpfs")
    try:
        return asyncio.run(run(parser.parse_args()))
    except (HouseError, RuntimeError, subprocess.SubprocessError) as fault:
        print(f"bench: {fault} (with {relay_command()}, domain {DOMAIN})", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
