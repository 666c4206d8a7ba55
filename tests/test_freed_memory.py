"""The memory of a large letter is kept for the next one, and given back when none comes."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

SCRIPT = """
from pathlib import Path
from relay.freed_memory import give_back, keep_freed_memory

def megabytes():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 // 2**20

keep_freed_memory()
before = megabytes()
for _ in range(3):
    letter = [bytes(3_000_000) for _ in range(4)]
    del letter
kept = megabytes()
give_back()
print(kept - before, megabytes() - before)
"""
SERVER = """
import asyncio
from relay import freed_memory
from relay.freed_memory import FreedMemory

async def serve():
    freed_memory.SOON = 0.1
    memory = FreedMemory()
    before = megabytes()

    async def send(content, to):
        return len(content), to

    passed = await memory.sending(send)(content=bytes(3_000_000), to="b")
    assert passed == (3_000_000, "b")
    letters = [b"x" * 3_000_000 for _ in range(4)]
    del letters
    kept = megabytes()
    await asyncio.sleep(0.3)
    print(kept - before, megabytes() - before)

asyncio.run(serve())
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="needs glibc")
@pytest.mark.parametrize("script", [SCRIPT, SCRIPT.partition("keep_freed_memory()\n")[0] + SERVER])
def test_freed_memory_is_kept_until_it_is_given_back(script: str) -> None:
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    kept, left = map(int, done.stdout.split())
    assert kept >= 8
    assert left <= 3
