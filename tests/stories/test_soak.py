"""A steady load while workers are killed and the next server has bad days: nothing is lost, and nothing grows."""

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
from lab.steady import Stream, Told

SCRIPT = Path(soak.__file__)


def soaked(folder: Path, minutes: float, rate: float) -> str:
    """What scripts/soak prints; a picture and a table are left in ``folder``."""
    words = ["--minutes", str(minutes), "--rate", str(rate), "--pairs", "50", "--folder", str(folder)]
    told = ["--picture", str(folder / "soak.svg"), "--table", str(folder / "soak.tsv")]
    done = subprocess.run(
        [sys.executable, str(SCRIPT), *words, *told],
        capture_output=True,
        text=True,
        check=False,
        timeout=minutes * 120 + 400,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_short_one(tmp_path: Path) -> None:
    told = soaked(tmp_path, 0.15, 30)
    assert "lost 0" in told and "0 workers killed" not in told
    root = ElementTree.parse(tmp_path / "soak.svg").getroot()
    assert root.tag.endswith("svg") and len(root.findall(".//{*}polyline")) == 9
    assert len((tmp_path / "soak.tsv").read_text().splitlines()) > 10


@pytest.mark.long
def test_a_long_one(tmp_path: Path) -> None:
    soaked(tmp_path, float(os.environ.get("RELAY_SOAK_MINUTES", "10")), 100)


STEADY = soak.Sample(60, 100, 100, 50, 0, 0, 80, 200, 60, 1)


@pytest.mark.parametrize(
    ("samples", "lost", "told", "log", "said"),
    [
        ([STEADY] * 20, 0, Told(), "", ""),
        ([STEADY] * 20, 3, Told(), "", "3 letters lost"),
        ([STEADY] * 20, 0, Told(refused=2), "", "2 letters refused"),
        ([STEADY] * 20, 0, Told(unanswered=1), "", "1 letters not answered"),
        ([STEADY] * 20, 0, Told(), "Traceback (most recent call last)", "traceback"),
        ([replace(STEADY, server_mib=80 + n * 2) for n in range(20)], 0, Told(), "", "server_mib grew from"),
        ([replace(STEADY, descriptors=60 + n) for n in range(20)], 0, Told(), "", "descriptors grew from"),
        ([replace(STEADY, server_mib=80 + n * 2, minutes=n / 10) for n in range(20)], 0, Told(), "", ""),
        ([replace(STEADY, server_mib=40)] * 4 + [STEADY] * 16, 0, Told(), "", ""),
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
def test_its_judgement(samples: list[soak.Sample], lost: int, told: Told, log: str, said: str) -> None:
    found = "; ".join(soak.faults(samples, lost, told, log))
    assert said in found
    assert bool(said) == bool(found)


class Moody:
    """A server that takes letters, but for some conversations that it ends."""

    def __init__(self, ends: dict[int, bytes]) -> None:
        self.ends, self.heard = ends, 0
        self.taken: list[bytes] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client. The lines whose numbers are in ``ends`` get that answer, and the last."""
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


async def test_whoever_is_hung_up_on_sends_each_letter_until_it_is_taken_once() -> None:
    moody = Moody({n: (b"421 enough\r\n", b"", b"451 later\r\n")[n % 3] for n in range(7, 200, 11)})
    server = await asyncio.start_server(moody.serve, "127.0.0.1", 0)
    stream = Stream(server.sockets[0].getsockname()[1], lambda n: Letter("a@b", "c@d", b"%d" % n), 100, sessions=3)
    async with asyncio.timeout(60):
        sent = await stream.run(0.5)
    server.close()
    assert (stream.told.taken, stream.told.refused) == (sent, 0)
    assert stream.told.put_off > 10
    assert set(moody.taken) == {b"%d" % n for n in range(sent)}


async def test_a_server_that_says_nothing_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lab.steady._PATIENCE", 0.05)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if stream.told.unanswered:
            await Moody({}).serve(reader, writer)
        else:
            await reader.read()  # until it has gone
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    stream = Stream(server.sockets[0].getsockname()[1], lambda n: Letter("a@b", "c@d", b"%d" % n), 100, sessions=1)
    async with asyncio.timeout(60):
        sent = await stream.run(0.05)
    server.close()
    assert stream.told.taken == sent and stream.told.unanswered > 0


def test_a_picture_holds_every_value_inside_its_panel() -> None:
    drawn = picture(["a < b"], [0, 1, 2], [Panel("one", [("x", [0, 5, 10]), ("y", [3, 0, 0])])], [(0.5, 1)], [1.5])
    root = ElementTree.fromstring(drawn)
    first = root.findall(".//{*}polyline")[0].attrib["points"].split()
    assert [point.split(",")[1] for point in first] == ["164.0", "109.0", "54.0"]
    assert "a < b" in (root.find("{*}title").text or "")  # type: ignore[union-attr]
