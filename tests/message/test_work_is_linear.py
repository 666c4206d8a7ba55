"""What is read of a letter before its author is proven takes work in proportion to its length, whatever stands there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from . import work

pytestmark = pytest.mark.skipif(
    not (shutil.which("valgrind") and shutil.which("gcc")), reason="needs valgrind, which counts instructions, and gcc"
)
_TOLD = re.compile(r"^desc: Trigger: Client Request: (.*)\|(.*)\|(\d+)\n(?:.*\n)*?^totals: (\d+)$", re.MULTILINE)
_FACTOR = 1.6  # of growth of the work per octet, when there are four times as many
_SLACK = 100_000  # instructions: some tens of microseconds


def counted(place: Path, shim: Path, readers: list[str]) -> dict[tuple[str, str], list[int]]:
    """Instructions by reader and shape, for each of work.SIZES."""
    out = place / f"{abs(hash(tuple(readers)))}.out"
    command = ["valgrind", "--tool=callgrind", "--instr-atstart=no", "--combine-dumps=yes", "--dump-line=no"]
    command += [f"--callgrind-out-file={out}", sys.executable, work.__file__, str(shim), *readers]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=os.environ | {"PYTHONHASHSEED": "0"}
    )
    assert done.returncode == 0, done.stderr
    found: dict[tuple[str, str], list[int]] = {}
    for reader, shape, _, cost in _TOLD.findall(out.read_text()):
        found.setdefault((reader, shape), []).append(int(cost))
    return found
