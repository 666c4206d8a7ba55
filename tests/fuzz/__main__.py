"""Runs the harnesses with coverage-guided fuzzing for as long as one likes (scripts/fuzz)."""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import time
from pathlib import Path

from .mutations import PIECES

PLACE = Path(".fuzz")


def main() -> int:
    """One harness after the other, each in a process of its own; 1 when there were finds."""
    asked = argparse.ArgumentParser(prog="scripts/fuzz", description=__doc__)
    asked.add_argument("names", nargs="*", metavar="NAME", help="harnesses to run; all when none is named")
    asked.add_argument("--minutes", type=float, default=1.0, help="for each harness (1)")
    asked.add_argument("--rounds", type=int, default=1, help="how often over all of them (1)")
    asked.add_argument("--list", action="store_true", help="name them, and do nothing")
    asked.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    said, rest = asked.parse_known_args()
    if said.child:
        return _fuzz(said.names[0], [*said.names[1:], *rest])
    from . import harnesses

    if said.list:
        sys.stdout.write("".join(f"{name}\n" for name in harnesses.ALL))
        return 0
    unknown = set(said.names) - set(harnesses.ALL)
    if unknown:
        asked.error(f"no such harness: {', '.join(sorted(unknown))}; --list names them")
    for _ in range(said.rounds):
        for name in said.names or harnesses.ALL:
            _run(name, said.minutes * 60)
    return 1 if any(PLACE.glob("finds/*/*")) else 0


def _run(name: str, seconds: float) -> None:
    """Fuzz one harness for ``seconds``; a process that dies, by hanging or by memory, is begun anew."""
    corpus, finds = PLACE / "corpus" / name, PLACE / "finds" / name
    corpus.mkdir(parents=True, exist_ok=True)
    finds.mkdir(parents=True, exist_ok=True)
    ends_at, deaths = time.monotonic() + seconds, 0
    while (left := int(ends_at - time.monotonic())) > 1 and deaths < 20:
        # libFuzzer's own words: a hang ends the process after -timeout seconds, and so does too much memory.
        options = [f"-max_total_time={left}", "-timeout=20", "-rss_limit_mb=1500", f"-artifact_prefix={finds}/died-"]
        options.append(f"-dict={_dictionary()}")
        command = [sys.executable, "-m", "tests.fuzz", "--child", name, str(corpus), *options]
        with (PLACE / f"{name}.log").open("ab") as log:
            code = subprocess.run(command, stdout=log, stderr=log, check=False).returncode
        deaths += code != 0
    _tell(name)


def _dictionary() -> Path:
    """The pieces of mail that parsers stumble over, in the form libFuzzer reads."""
    place = PLACE / "pieces.dict"
    short = (piece for piece in PIECES if len(piece) <= 64)
    place.write_text("".join('"' + "".join(f"\\x{octet:02x}" for octet in piece) + '"\n' for piece in short))
    return place


def _fuzz(name: str, options: list[str]) -> int:
    """The child: never comes back."""
    import atheris

    with atheris.instrument_imports(include=["relay"]):
        from . import harnesses
        from .harness import look

    harness, counted = harnesses.ALL[name], _Count(name)
    corpus = Path(options[0])
    for seed in harness.seeds:
        (corpus / hashlib.sha1(seed, usedforsecurity=False).hexdigest()).write_bytes(seed)

    def one(octets: bytes) -> None:
        found = look(harness, octets)
        counted.add()
        if found is not None:
            place = PLACE / "finds" / name / found.kind
            if not place.exists():
                place.write_bytes(octets)
                place.with_suffix(".why").write_text(found.told)

    atheris.Setup([sys.argv[0], *options, f"-max_len={harness.longest}"], one)
    try:
        atheris.Fuzz()
    finally:
        counted.keep()
    return 0


class _Count:
    """How many inputs and how much processor time, kept from run to run in ``.fuzz/count/NAME``."""

    def __init__(self, name: str) -> None:
        self._place = PLACE / "count" / name
        self._place.parent.mkdir(parents=True, exist_ok=True)
        before = json.loads(self._place.read_text()) if self._place.exists() else {"inputs": 0, "seconds": 0.0}
        self._inputs, self._seconds = before["inputs"], before["seconds"] - time.process_time()
        self._kept_at = time.monotonic()

    def add(self) -> None:
        """One more."""
        self._inputs += 1
        if time.monotonic() - self._kept_at > 2:
            self.keep()

    def keep(self) -> None:
        """Write it down."""
        self._kept_at = time.monotonic()
        said = {"inputs": self._inputs, "seconds": round(self._seconds + time.process_time(), 1)}
        self._place.write_text(json.dumps(said))


def _tell(name: str) -> None:
    place = PLACE / "count" / name
    counted = json.loads(place.read_text()) if place.exists() else {"inputs": 0, "seconds": 0}
    finds = len([path for path in (PLACE / "finds" / name).glob("*") if path.suffix != ".why"])
    inputs, seconds = counted["inputs"], counted["seconds"]
    sys.stdout.write(f"{name}: {inputs} inputs, {seconds:.0f} s of processor time, {finds} finds\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
