"""A process and its children get no more CPU time than their control group allows."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from lab.house import HouseError
from lab.quota import Quota

BUSY = """
import os, time
started = os.fork()
until = time.monotonic() + 60
while time.monotonic() < until:
    pass
"""


def seconds_used(group: int) -> float:
    """CPU time of the processes of a process group."""
    used = 0.0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(words[2]) == group:
            used += (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")
    return used


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
def test_a_process_and_its_child_share_what_their_group_may_use() -> None:
    try:
        with Quota(0.2) as quota:
            busy = subprocess.Popen([sys.executable, "-c", BUSY], start_new_session=True)
            try:
                time.sleep(0.5)  # it has a child, which the group must hold, too
                quota.hold(busy.pid)
                before, begun = seconds_used(busy.pid), time.monotonic()
                time.sleep(2)
                used, passed = seconds_used(busy.pid) - before, time.monotonic() - begun
            finally:
                os.killpg(busy.pid, 9)
                busy.wait()
    except HouseError as error:
        pytest.skip(str(error))
    assert 0 < used < 0.4 * passed
