"""scripts/soak: a steady load while workers are killed and the next server fails loses nothing, and no resource
grows."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
import soak
from lab.load import Letter
from lab.picture import Panel, picture
from lab.steady import Results, Stream

SCRIPT = Path(soak.__file__)


def soaked(folder: Path, minutes: float, rate: float) -> str:
    """Run scripts/soak, with a picture and a table in ``folder``. Returns its output."""
    options = ["--minutes", str(minutes), "--rate", str(rate), "--pairs", "50", "--folder", str(folder)]
    options += ["--picture", str(folder / "soak.svg"), "--table", str(folder / "soak.tsv")]
    done = subprocess.run(
        [sys.executable, str(SCRIPT), *options],
        capture_output=True,
        text=True,
        check=False,
        timeout=minutes * 120 + 400,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_short_soak_loses_nothing(tmp_path: Path) -> None:
    output = soaked(tmp_path, 0.15, 30)
    assert "lost 0" in output and "0 workers killed" not in output
    root = ElementTree.parse(tmp_path / "soak.svg").getroot()
    assert root.tag.endswith("svg") and len(root.findall(".//{*}polyline")) == 9
    assert len((tmp_path / "soak.tsv").read_text().splitlines()) > 10


@pytest.mark.long
def test_a_long_soak_loses_nothing(tmp_path: Path) -> None:
    soaked(tmp_path, float(os.environ.get("RELAY_SOAK_MINUTES", "10")), 100)


STEADY = soak.Sample(60, 100, 100, 50, 0, 0, 80, 200, 60, 1)


@pytest.mark.parametrize(
    ("samples", "lost", "results", "log", "expected"),
    [
        ([STEADY] * 20, 0, Results(), "", ""),
        ([STEADY] * 20, 3, Results(), "", "3 letters lost"),
        ([STEADY] * 20, 0, Results(refused=2), "", "2 letters refused"),
        ([STEADY] * 20, 0, Results(unanswered=1), "", "1 letters not answered"),
        ([STEADY] * 20, 0, Results(), "Traceback (most recent call last)", "traceback"),
        ([replace(STEADY, server_mib=80 + n * 2) for n in range(20)], 0, Results(), "", "server_mib grew from"),
        ([replace(STEADY, descriptors=60 + n) for n in range(20)], 0, Results(), "", "descriptors grew from"),
        ([replace(STEADY, server_mib=80 + n * 2, minutes=n / 10) for n in range(20)], 0, Results(), "", ""),
        ([replace(STEADY, server_mib=40)] * 4 + [STEADY] * 16, 0, Results(), "", ""),
    ],
    ids=[
        "well",
        "lost",
        "refused",
        "unanswered",
        "traceback",
        "memory",
        "descriptors",
        "caches fill",
        "caches filled at first",
    ],
)
def test_faults_are_reported(samples: list[soak.Sample], lost: int, results: Results, log: str, expected: str) -> None:
    found = "; ".join(soak.faults(samples, lost, results, log))
    assert expected in found
    assert bool(expected) == bool(found)


class FailingServer:
    """A mail server that closes some connections. ``ends``: number of a line → the reply before it closes."""

    def __init__(self, ends: dict[int, bytes]) -> None:
        self.ends, self.heard = ends, 0
        self.taken: list[bytes] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one client."""
        writer.write(b"220 here\r\n")
        letter = False
        while line := await reader.readline():
            self.heard += 1
            if self.heard in self.ends:
                writer.write(self.ends[self.heard])
                break
            if letter and line != b".\r\n":
                self.taken.append(line.strip())
                continue
            letter = line == b"DATA\r\n"
            writer.write(b"354 go on\r\n" if letter else b"250 ok\r\n")
        writer.close()


async def test_after_a_closed_connection_each_letter_is_sent_again_until_it_is_accepted() -> None:
    failing = FailingServer({n: (b"421 enough\r\n", b"", b"451 later\r\n")[n % 3] for n in range(7, 200, 11)})
    server = await asyncio.start_server(failing.serve, "127.0.0.1", 0)
    stream = Stream(server.sockets[0].getsockname()[1], lambda n: Letter("a@b", "c@d", b"%d" % n), 100, sessions=3)
    async with asyncio.timeout(60):
        sent = await stream.run(0.5)
    server.close()
    assert (stream.results.accepted, stream.results.refused) == (sent, 0)
    assert stream.results.deferred > 10
    assert set(failing.taken) == {b"%d" % n for n in range(sent)}


async def test_a_server_that_does_not_reply_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lab.steady._TIMEOUT", 0.05)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if stream.results.unanswered:
            await FailingServer({}).serve(reader, writer)
        else:
            await reader.read()  # until the client closes
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    stream = Stream(server.sockets[0].getsockname()[1], lambda n: Letter("a@b", "c@d", b"%d" % n), 100, sessions=1)
    async with asyncio.timeout(60):
        sent = await stream.run(0.05)
    server.close()
    assert stream.results.accepted == sent and stream.results.unanswered > 0


def test_every_value_is_drawn_inside_its_panel() -> None:
    drawn = picture(["a < b"], [0, 1, 2], [Panel("one", [("x", [0, 5, 10]), ("y", [3, 0, 0])])], [(0.5, 1)], [1.5])
    root = ElementTree.fromstring(drawn)
    first = root.findall(".//{*}polyline")[0].attrib["points"].split()
    assert [point.split(",")[1] for point in first] == ["164.0", "109.0", "54.0"]
    assert "a < b" in (root.find("{*}title").text or "")  # type: ignore[union-attr]
