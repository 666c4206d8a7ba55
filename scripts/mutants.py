"""Mutation testing: tests one small change at a time in copies of the tree, and lists changes that no test detects."""

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
# Package or file below relay/ → its tests below tests/, in the order they run. A package not listed has tests/PACKAGE.
ROOMS: dict[str, tuple[str, ...]] = {
    "roles.py": ("inbound/test_roles.py",),
    "durable_files.py": ("test_durable_files.py", "test_home.py", "operations"),
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
    "reloading.py": ("stories",),
    "rebuild.py": ("letters", "anonymise"),
    "rehearsal": ("cli/test_rehearse.py",),
    "show": ("show",),
    "assembly.py": ("cli/test_rehearse.py", "stories/test_a_letter_crosses.py"),
    "holds.py": ("cli", "inbound/test_confirmation.py"),
    "states.py": ("store/test_events.py", "store/people", "mentoring"),
    "signing_keys.py": ("operations/test_dkim_rotation.py",),
    "ledger.py": ("operations/test_forgotten.py",),
    "ownership.py": ("operations",),
    "freed_memory.py": ("test_freed_memory.py",),
    "home.py": ("test_home.py", "operations", "cli"),
    "vault.py": ("store", "operations"),
    "settings.py": ("test_settings.py",),
    "settings_file.py": ("test_settings.py",),
    "settings_values.py": ("test_settings.py",),
}
_MEMORY = 8 << 30  # octets of address space for a run of tests
_MARK = "RELAY_MUTANT"
_STOP_SECONDS = 15.0
"""Seconds that pytest has to stop its servers after SIGINT."""


class MutantsError(Exception):
    """The tests cannot be used, because they fail without a mutant, or there is nothing to change."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The result of one run of tests. ``word``: "passed", "failed" or "timeout"; ``by``: the first test that failed."""

    word: str
    by: str
    seconds: float


@dataclass
class Copy:
    """A copy of the tree. Only one run at a time may use it."""

    place: Path
    venv: Path
    runs: int = 0

    @classmethod
    def of(cls, root: Path, place: Path, venv: Path) -> Copy:
        """Copy the files of ``root`` that git does not ignore, or all files where it is no git work tree."""
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
        """Write a new source, and delete the compiled module, because time and length of two sources may be equal."""
        target = self.place / path
        Path(importlib.util.cache_from_source(str(target))).unlink(missing_ok=True)
        target.write_text(source, "utf-8")

    def test(self, tests: Sequence[str], limit: float) -> Ended:
        """Run ``tests`` until the first that fails, for at most ``limit`` seconds.

        PYTHONPATH makes the installed program and its workers import the package from this copy.
        """
        self.runs += 1
        mark = f"{self.place}#{self.runs}"
        # Each run has its own folder, because pytest makes the common one unreadable to the users that servers run as.
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
            output, word = process.communicate(timeout=limit)[0], "failed" if process.returncode else "passed"
        except subprocess.TimeoutExpired:
            word, output = "timeout", _stopped(process)
        self._kill_leftovers(mark)
        shutil.rmtree(scratch, ignore_errors=True)
        failed = (line for line in output.splitlines() if line.startswith(("FAILED tests", "ERROR tests")))
        by = next(failed, output[-300:])
        return Ended(word, " ".join(by.split())[:200] if word == "failed" else "", time.monotonic() - begun)

    def _kill_leftovers(self, mark: str) -> None:
        """Kill processes that a run left behind, such as a server of an interrupted test, by ``mark`` in their
        environment."""
        wanted = f"{_MARK}={mark}".encode()
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if wanted in (folder / "environ").read_bytes().split(b"\0"):
                    os.kill(int(folder.name), signal.SIGKILL)


def _stopped(process: subprocess.Popen[str]) -> str:
    """Stop pytest, and return its output."""
    with contextlib.suppress(ProcessLookupError, subprocess.TimeoutExpired):
        os.kill(process.pid, signal.SIGINT)
        return process.communicate(timeout=_STOP_SECONDS)[0]
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    return process.communicate()[0]


def room_of(path: str) -> str:
    """The package or top-level file of a path: "store" for relay/store/queue/held.py, "daemon.py" for
    relay/daemon.py."""
    return path.split("/")[1]


def tests_of(path: str, root: Path) -> list[str]:
    """The test files for a module: first its own, then those of its folder, then the others of its package."""
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
    """``count`` random mutants of different lines, each line with the same chance."""
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


class Runner:
    """Tests mutants in several copies at a time."""

    def __init__(self, copies: Sequence[Copy], log: Path | None = None) -> None:
        self._root, self._count, self._log = copies[0].place, len(copies), log
        self._free: queue.Queue[Copy] = queue.Queue()
        for copy in copies:
            self._free.put(copy)

    def run(self, wanted: Sequence[Mutant], limit: float | None = None) -> list[tuple[Mutant, Ended]]:
        """Test each mutant. Returns each with its result.

        ``limit``: seconds for each. None: run each package's tests once without a mutant, and allow a multiple of that
        time. Raises MutantsError when they fail.
        """
        suites = {change.path: tests_of(change.path, self._root) for change in wanted}
        rooms = {frozenset(tests): tests for tests in suites.values()}
        with ThreadPoolExecutor(self._count) as threads:
            given = [limit] * len(rooms) if limit else threads.map(self._limit, rooms.values())
            limits = dict(zip(rooms, given, strict=True))
            return list(
                threads.map(lambda one: self._test(one, suites[one.path], limits[frozenset(suites[one.path])]), wanted)
            )

    def _limit(self, tests: list[str]) -> float:
        """The seconds that these tests may take with a mutant: 60 s and three times what they take without one."""
        with self._copy() as copy:
            ended = copy.test(tests, 3600)
        if ended.word != "passed":
            raise MutantsError(f"without any mutant: {ended.word} {ended.by}")
        return 60 + 3 * ended.seconds

    def _test(self, change: Mutant, tests: list[str], limit: float) -> tuple[Mutant, Ended]:
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
    """The summary: the counts, and the mutants that survived."""
    alive = [change for change, ended in results if ended.word == "passed"]
    late = sum(ended.word == "timeout" for _, ended in results)
    killed = len(results) - len(alive)
    share = 100 * killed / len(results)
    head = f"{len(results)} mutants, {killed} killed ({share:.1f} %, {late} by timeout), {len(alive)} alive"
    return "\n".join((head, *map(str, sorted(alive, key=lambda change: (change.path, change.line)))))


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the options and run. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="mutants", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument(
        "--rooms", default="store,smtp,message,policy,inbound,outbound", help="files or folders in relay/"
    )
    parser.add_argument(
        "--at", action="append", default=[], metavar="FILE:LINE", help="all mutants of this line, instead of a sample"
    )
    parser.add_argument("--processes", type=int, default=4, help="mutants tested at a time, each in its own copy")
    parser.add_argument("--list", action="store_true", help="list the mutants and run nothing")
    parser.add_argument("--log", type=Path, metavar="FILE", help="append a line for each mutant to this file")
    parser.add_argument("--limit", type=float, metavar="SECONDS", help="for the tests of one mutant; default: measured")
    parser.add_argument("--most", type=int, metavar="N", help="exit with 1 when more than N survive")
    given = parser.parse_args(arguments)
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
            results = Runner(copies, given.log).run(wanted, given.limit)
    except MutantsError as error:
        print(f"mutants: {error}", file=sys.stderr)
        return 2
    print(table(results))
    return int(given.most is not None and sum(ended.word == "passed" for _, ended in results) > given.most)


def _at(path: str, line: str) -> list[Mutant]:
    return [change for change in mutants(path, (ROOT / path).read_text("utf-8")) if change.line == int(line)]


if __name__ == "__main__":
    sys.exit(main())
