"""A converter's sandbox has no network, no files and no time beyond its limits, and gives back one file."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from relay.workers.converters import sandbox
from relay.workers.converters.sandbox import SETPRIV, Ending, Limits, command, run

LIMITS = Limits(30.0, 1 << 30, 1 << 20)
pytestmark = pytest.mark.usefixtures("sandboxes")


async def shown(command: str) -> str:
    ending, made = await run(f"{{ {command}; }} >/job/result 2>&1; echo end >>/job/result", b"x", LIMITS)
    assert ending is Ending.MADE
    return made.decode().removesuffix("end\n").strip()


async def test_the_new_file_comes_back_and_the_old_one_was_read() -> None:
    assert await run("tr a-z A-Z </job/input >/job/result", b"hello", LIMITS) == (Ending.MADE, b"HELLO")


async def test_it_sees_no_files_of_this_machine(tmp_path: Path) -> None:
    secret = tmp_path / "vault.key"
    secret.write_text("secret")
    for path in (secret, Path.home(), Path("/etc/passwd"), Path("/var"), Path("/run"), Path("/proc/1")):
        assert "No such file" in await shown(f"ls -d {path}"), path
    assert set((await shown("ls /")).split()) <= {"bin", "dev", "etc", "lib", "lib64", "usr", "job"}
    assert "Read-only" in await shown("touch /usr/x")


async def test_it_has_no_network_and_no_environment_of_relay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELAY_SECRET", "secret")
    assert "RELAY" not in await shown("env")
    assert await shown("cat /sys/class/net/*/address") != ""
    connect = "exec 3<>/dev/tcp/127.0.0.1/22 && echo connected"
    assert "connected" not in await shown(f"/usr/bin/bash -c '{connect}'")


async def test_a_program_that_hangs_is_killed_at_its_deadline() -> None:
    begun = time.monotonic()
    assert await run("sleep 60", b"", Limits(1.0, 1 << 30, 10)) == (Ending.LATE, b"")
    assert time.monotonic() - begun < 20


@pytest.mark.parametrize(
    ("script", "ending"),
    [
        ("true", Ending.REFUSED),
        ("status=9", Ending.REFUSED),
        ("kill -SEGV $$", Ending.DIED),
        ("(kill -KILL $(sh -c 'echo $PPID')); status=$?", Ending.DIED),
        ("head -c 3000000 /dev/zero >/job/result", Ending.TOO_LARGE),
        ("head -c 700000000 /dev/zero >/job/big && echo whole >/job/result", Ending.REFUSED),
        ("dd if=/dev/zero of=/dev/null bs=700M count=1 && echo held >/job/result", Ending.REFUSED),
    ],
)
async def test_how_a_run_ended_is_told_apart(script: str, ending: Ending) -> None:
    assert (await run(script, b"", Limits(60.0, 1 << 28, 1 << 20)))[0] is ending


@pytest.mark.skipif(os.geteuid() != 0 or shutil.which(SETPRIV) is None, reason="needs root and setpriv")
def test_a_service_with_rights_of_its_own_can_make_one() -> None:
    """As relay.service sets them: another user, with the right to open ports below 1024."""
    service = "--reuid=65534 --regid=65534 --clear-groups --no-new-privs --inh-caps=+net_bind_service"
    rights = [*service.split(), "--ambient-caps=+net_bind_service", "--bounding-set=-all,+net_bind_service"]
    memory = os.memfd_create("input")
    try:
        inside = command("cp /job/input /job/result; echo yes >/job/result", memory, LIMITS)
        done = subprocess.run([SETPRIV, *rights, *inside], capture_output=True, check=False, pass_fds=(memory,))
    finally:
        os.close(memory)
    assert (done.stdout, done.stderr) == (b"ready\nyes\n", b"")


async def test_where_no_sandbox_can_be_made_that_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "BWRAP", "/bin/false")
    assert await run("true", b"", LIMITS) == (Ending.NEVER_BEGAN, b"")
    assert not await sandbox.works()
