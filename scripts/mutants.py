"""Plants small faults in copies of the tree, one at a time, and lists those that no test of their room notices."""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import os
import queue
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from lab.mutation import Mutant, mutants

ROOT = Path(__file__).resolve().parents[1]
# The tests of each room, in the order they run in; below relay/ and tests/. What is not named has tests/ROOM alone.
ROOMS: dict[str, tuple[str, ...]] = {
    "store": ("store", "outbound/test_settlement.py", "inbound/test_rate_limits.py"),
    "smtp": ("smtp", "stories/test_a_letter_crosses.py"),
    "message": (
        "message",
        "letters/test_golden.py",
        "letters/test_alike.py",
        "authentication/test_dkim_verify.py",
        "anonymise/attachments/text_files",
    ),
    "policy": ("policy", "inbound", "outbound"),
    "inbound": ("inbound", "stories/test_a_letter_crosses.py"),
    "outbound": ("outbound", "stories/test_a_letter_crosses.py"),
    "workers": ("workers", "stories/test_a_letter_crosses.py"),
    "dns": ("dns", "smtp/client/test_mx.py", "authentication", "operations/test_dns.py"),
    "monitoring": ("stories/test_to_be_seen.py",),
    "daemon.py": ("stories",),
    "rebuild.py": ("letters", "anonymise"),
    "rehearsal": ("cli/test_rehearse.py",),
    "assembly.py": ("cli/test_rehearse.py", "stories/test_a_letter_crosses.py"),
    "holds.py": ("cli", "inbound/test_confirmation.py"),
    "states.py": ("store/test_events.py", "store/people", "mentoring"),
    "signing_keys.py": ("operations/test_dkim_rotation.py",),
    "ledger.py": ("operations/test_forgotten.py",),
    "home.py": ("test_home.py", "operations", "cli"),
    "vault.py": ("store", "operations"),
    "settings.py": ("test_settings.py",),
    "settings_file.py": ("test_settings.py",),
    "settings_values.py": ("test_settings.py",),
}
_MEMORY = 8 << 30
_MARK = "RELAY_MUTANT"
_PATIENCE = 15.0
"""Seconds that pytest has to put its servers away after SIGINT."""


class MutantsError(Exception):
    """The tests cannot judge: they fail without any mutant, or there is nothing to change."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How one run of tests ended: ``word`` is passed, failed or timeout, ``by`` the first test that failed."""

    word: str
    by: str
    seconds: float


@dataclass
class Copy:
    """One copy of the tree, which one run at a time may use."""

    place: Path
    venv: Path
    runs: int = 0

    @classmethod
    def of(cls, root: Path, place: Path, venv: Path) -> Copy:
        """Copy what git knows of ``root``, or all of it where that is no work tree."""
        listed = subprocess.run(
            ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        names = (
            listed.stdout.split("\0") if listed.returncode == 0 else [str(p.relative_to(root)) for p in root.rglob("*")]
        )
        for name in names:
            if name and (root / name).is_file():
                (place / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(root / name, place / name)
        return cls(place, venv)

    def write(self, path: str, source: str) -> None:
        """A new source, of which no compiled module of another one is left: two may be alike in time and length."""
        target = self.place / path
        Path(importlib.util.cache_from_source(str(target))).unlink(missing_ok=True)
        target.write_text(source, "utf-8")

    def test(self, tests: Sequence[str], limit: float) -> Ended:
        """Run ``tests`` until the first that fails, no longer than ``limit`` seconds. Everything they start finds the
        package in this copy first: PYTHONPATH goes to the installed program and to its workers."""
        self.runs += 1
        mark = f"{self.place}#{self.runs}"
        # A folder of its own: every pytest that starts closes the common one to the users that servers run as.
        scratch = self.place.with_name(f"{self.place.name}-tmp")
        scratch.mkdir(exist_ok=True)
        env = {**os.environ, "PYTHONPATH": str(self.place), "RELAY_VENV": str(self.venv), _MARK: mark}
        env["PYTEST_DEBUG_TEMPROOT"] = str(scratch)
        command = [str(self.venv / "bin" / "python"), "-m", "pytest", "-x", "-q", "--no-header", "--tb=line"]
        command += ["-p", "no:cacheprovider", "-m", "not long and not once", *tests]
        begun = time.monotonic()
        process = subprocess.Popen(
            command, cwd=self.place, env=env, text=True, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        if sys.platform == "linux":
            with contextlib.suppress(ProcessLookupError):
                resource.prlimit(process.pid, resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        try:
            said, word = process.communicate(timeout=limit)[0], "failed" if process.returncode else "passed"
        except subprocess.TimeoutExpired:
            word, said = "timeout", _ended(process)
        self._clear(mark)
        shutil.rmtree(scratch, ignore_errors=True)
        by = next((line for line in said.splitlines() if line.startswith(("FAILED tests", "ERROR tests"))), said[-300:])
        return Ended(word, " ".join(by.split())[:200] if word == "failed" else "", time.monotonic() - begun)

    def _clear(self, mark: str) -> None:
        """End what a run left behind: a server whose test was cut short. Its environment tells it from all others."""
        wanted = f"{_MARK}={mark}".encode()
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if wanted in (folder / "environ").read_bytes().split(b"\0"):
                    os.kill(int(folder.name), signal.SIGKILL)


def _ended(process: subprocess.Popen[str]) -> str:
    with contextlib.suppress(ProcessLookupError, subprocess.TimeoutExpired):
        os.kill(process.pid, signal.SIGINT)
        return process.communicate(timeout=_PATIENCE)[0]
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    return process.communicate()[0]


def room_of(path: str) -> str:
    """``relay/store/queue/held.py`` is of the room ``store``, ``relay/daemon.py`` of ``daemon.py``."""
    return path.split("/")[1]


def tests_of(path: str, root: Path) -> list[str]:
    """The tests of a module's room: those of the module itself first, then those of its folder, then all others."""
    room = room_of(path)
    folders = [f"tests/{name}" for name in ROOMS.get(room, (room,))]
    inner = Path("tests", *Path(path).parts[1:-1])
    near = [f"tests/{'/'.join(Path(path).parts[1:-1])}/test_{Path(path).stem}.py", *map(str, (inner, *inner.parents))]
    ordered: list[str] = []
    for name in [*(one for one in near if one.count("/") > 1), *folders]:
        files = sorted((root / name).rglob("test_*.py")) if (root / name).is_dir() else [root / name]
        ordered += [str(file.relative_to(root)) for file in files if file.is_file()]
    return list(dict.fromkeys(ordered))


def sample(root: Path, rooms: Iterable[str], seed: int, count: int) -> list[Mutant]:
    """``count`` mutants, each of another line, drawn evenly from all lines that have any."""
    lines: dict[tuple[str, int], list[Mutant]] = defaultdict(list)
    for room in rooms:
        place = root / "relay" / room
        files = sorted(place.rglob("*.py")) if place.is_dir() else [place]
        for file in files:
            for mutant in mutants(str(file.relative_to(root)), file.read_text("utf-8")):
                lines[mutant.path, mutant.line].append(mutant)
    if not lines:
        raise MutantsError(f"nothing to change in {', '.join(rooms)}")
    chance = random.Random(seed)
    drawn = chance.sample(sorted(lines), min(count, len(lines)))
    return [chance.choice(lines[place]) for place in drawn]


class Judges:
    """Runs the tests of mutants in several copies at a time."""

    def __init__(self, copies: Sequence[Copy], log: Path | None = None) -> None:
        self._root, self._count, self._log = copies[0].place, len(copies), log
        self._free: queue.Queue[Copy] = queue.Queue()
        for copy in copies:
            self._free.put(copy)

    def judged(self, wanted: Sequence[Mutant], limit: float | None = None) -> list[tuple[Mutant, Ended]]:
        """Each mutant with how its tests ended. ``limit``: seconds for each; None to run each room's tests once without
        any mutant, and allow a multiple of that. Raises MutantsError when they fail then."""
        suites = {change.path: tests_of(change.path, self._root) for change in wanted}
        rooms = {frozenset(tests): tests for tests in suites.values()}
        with ThreadPoolExecutor(self._count) as threads:
            given = [limit] * len(rooms) if limit else threads.map(self._limit, rooms.values())
            limits = dict(zip(rooms, given, strict=True))
            return list(
                threads.map(lambda one: self._judge(one, suites[one.path], limits[frozenset(suites[one.path])]), wanted)
            )

    def _limit(self, tests: list[str]) -> float:
        """Seconds that these tests may take with a mutant: a multiple of what they take without one."""
        with self._copy() as copy:
            ended = copy.test(tests, 3600)
        if ended.word != "passed":
            raise MutantsError(f"without any mutant: {ended.word} {ended.by}")
        return 60 + 3 * ended.seconds

    def _judge(self, change: Mutant, tests: list[str], limit: float) -> tuple[Mutant, Ended]:
        with self._copy() as copy:
            source = (copy.place / change.path).read_text("utf-8")
            copy.write(change.path, change.applied(source))
            try:
                ended = copy.test(tests, limit)
            finally:
                copy.write(change.path, source)
        word = "alive" if ended.word == "passed" else "killed"
        line = f"{word}\t{change}\t{ended.seconds:.0f} s\t{ended.by or ended.word}"
        print(line, file=sys.stderr, flush=True)
        if self._log:
            with self._log.open("a") as out:
                print(line, file=out)
        return change, ended

    @contextlib.contextmanager
    def _copy(self) -> Iterator[Copy]:
        copy = self._free.get()
        try:
            yield copy
        finally:
            self._free.put(copy)


def table(results: Sequence[tuple[Mutant, Ended]]) -> str:
    """What is told at the end: the counts, and the living."""
    alive = [change for change, ended in results if ended.word == "passed"]
    late = sum(ended.word == "timeout" for _, ended in results)
    killed = len(results) - len(alive)
    share = 100 * killed / len(results)
    head = f"{len(results)} mutants, {killed} killed ({share:.1f} %, {late} by time), {len(alive)} alive"
    return "\n".join((head, *map(str, sorted(alive, key=lambda change: (change.path, change.line)))))


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="mutants", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument(
        "--rooms", default="store,smtp,message,policy,inbound,outbound", help="files or folders in relay/"
    )
    parser.add_argument(
        "--at", action="append", default=[], metavar="FILE:LINE", help="every mutant of this line instead"
    )
    parser.add_argument("--processes", type=int, default=4, help="copies of the tree, each with a run of its own")
    parser.add_argument("--list", action="store_true", help="name the mutants, and run nothing")
    parser.add_argument("--log", type=Path, metavar="FILE", help="add a line a mutant: how it ended, and by which test")
    parser.add_argument(
        "--limit", type=float, metavar="SECONDS", help="for the tests of one mutant; else it is measured"
    )
    parser.add_argument("--most", type=int, metavar="N", help="end with 1 when more than N are alive")
    given = parser.parse_args(words)
    try:
        if given.at:
            wanted = [change for place in given.at for change in _at(*place.rsplit(":", 1))]
        else:
            wanted = sample(ROOT, given.rooms.split(","), given.seed, given.count)
        if given.list:
            print("\n".join(map(str, wanted)))
            return 0
        with tempfile.TemporaryDirectory(prefix="mutants-", ignore_cleanup_errors=True) as folder:
            Path(folder).chmod(0o755)
            copies = [Copy.of(ROOT, Path(folder, str(n)), Path(sys.prefix)) for n in range(given.processes)]
            results = Judges(copies, given.log).judged(wanted, given.limit)
    except MutantsError as error:
        print(f"mutants: {error}", file=sys.stderr)
        return 2
    print(table(results))
    return int(given.most is not None and sum(ended.word == "passed" for _, ended in results) > given.most)


def _at(path: str, line: str) -> list[Mutant]:
    return [change for change in mutants(path, (ROOT / path).read_text("utf-8")) if change.line == int(line)]


if __name__ == "__main__":
    sys.exit(main())
