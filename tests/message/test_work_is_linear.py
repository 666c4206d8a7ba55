"""What is read of a letter before its author is proven takes work in proportion to its length, whatever is in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from . import work

_GROWTH = 4  # from one size to the next
_MORE = 1.6  # times the work for an octet that the larger sizes may take
_SLACK = 150_000  # instructions, some forty microseconds: where a bound is reached, work does not grow evenly

needs_valgrind = pytest.mark.skipif(
    not (shutil.which("valgrind") and shutil.which("gcc") and Path("/usr/include/valgrind/callgrind.h").exists()),
    reason="needs valgrind with its headers, which counts instructions, and gcc",
)


def counted(shim: Path, nth: int, readers: list[str]) -> dict[tuple[str, str], list[int]]:
    """Instructions by reader and every ``nth`` shape, for each of its sizes."""
    command = ["valgrind", "--tool=callgrind", "--instr-atstart=no", "--callgrind-out-file=/dev/null", sys.executable]
    done = subprocess.run(
        [*command, work.__file__, str(shim), str(nth), *readers],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONHASHSEED": "0"},
    )
    assert done.returncode == 0, done.stderr[-4000:]
    found: dict[tuple[str, str], list[int]] = {}
    so_far = [0, 0]
    for line in done.stderr.splitlines():
        if line.startswith("events-1: "):
            so_far = [so_far[1], int(line.removeprefix("events-1: "))]
        elif line.startswith("counted: "):
            reader, shape = line.removeprefix("counted: ").split("|")
            found.setdefault((reader, shape), []).append(so_far[1] - so_far[0])
    return found


def grows(counts: list[int]) -> bool:
    """Whether an octet costs more among many than among few, with what is done once for a letter and without it."""
    small, middle, large = counts
    whole, more = _MORE * _GROWTH * middle, _MORE * _GROWTH * (middle - small)
    return large > whole + _SLACK and large - middle > more + _SLACK


@needs_valgrind
@pytest.mark.once
@pytest.mark.parametrize("nth", [12, pytest.param(1, marks=pytest.mark.long)])
def test_work_for_an_octet_does_not_grow_with_their_number(nth: int, tmp_path: Path) -> None:
    source, shim = tmp_path / "shim.c", tmp_path / "shim.so"
    source.write_text(work.SHIM)
    subprocess.run(["gcc", "-O1", "-shared", "-fPIC", str(source), "-o", str(shim)], check=True)
    halves = [list(work.READERS)[::2], list(work.READERS)[1::2]]
    counts: dict[tuple[str, str], list[int]] = {}
    with ThreadPoolExecutor(2) as pool:
        for half in pool.map(lambda names: counted(shim, nth, names), halves):
            counts |= half
    assert set(counts) == {(reader, shape) for reader in work.READERS for shape in work.chosen(reader, nth)}
    assert {" of ".join((shape, reader)) for (reader, shape), each in counts.items() if grows(each)} == {
        f"marks of {work.QUADRATIC}"
    }
