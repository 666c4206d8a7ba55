"""A steady load while workers are killed and the next server has bad days: nothing is lost, and nothing grows."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
import soak
from lab.picture import Panel, picture

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
    ("samples", "lost", "refused", "log", "said"),
    [
        ([STEADY] * 20, 0, 0, "", ""),
        ([STEADY] * 20, 3, 0, "", "3 letters lost"),
        ([STEADY] * 20, 0, 2, "", "2 letters refused"),
        ([STEADY] * 20, 0, 0, "Traceback (most recent call last)", "traceback"),
        ([replace(STEADY, server_mib=80 + n * 2) for n in range(20)], 0, 0, "", "server_mib grew from"),
        ([replace(STEADY, descriptors=60 + n) for n in range(20)], 0, 0, "", "descriptors grew from"),
        ([replace(STEADY, server_mib=80 + n * 2, minutes=n / 10) for n in range(20)], 0, 0, "", ""),
        ([replace(STEADY, server_mib=40)] * 4 + [STEADY] * 16, 0, 0, "", ""),
    ],
    ids=["well", "lost", "refused", "traceback", "memory", "descriptors", "caches fill", "caches filled at first"],
)
def test_its_judgement(samples: list[soak.Sample], lost: int, refused: int, log: str, said: str) -> None:
    found = "; ".join(soak.faults(samples, lost, refused, log))
    assert said in found
    assert bool(said) == bool(found)


def test_a_picture_holds_every_value_inside_its_panel() -> None:
    drawn = picture(["a < b"], [0, 1, 2], [Panel("one", [("x", [0, 5, 10]), ("y", [3, 0, 0])])], [(0.5, 1)], [1.5])
    root = ElementTree.fromstring(drawn)
    first = root.findall(".//{*}polyline")[0].attrib["points"].split()
    assert [point.split(",")[1] for point in first] == ["164.0", "109.0", "54.0"]
    assert "a < b" in (root.find("{*}title").text or "")  # type: ignore[union-attr]
