"""relay member export: one file that only its owner may read, for a reason that is recorded, over nobody's file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

Relay = Callable[..., Any]


@pytest.fixture
def pair(relay: Relay) -> str:
    words = ["--mentor", "jane@real.example", "--mentee", "omar@home.example", "--silent", "--json"]
    pair_id: str = relay("pair", "create", *words).objects[0]["pair"]
    return pair_id


def test_the_copy_is_one_private_file_and_its_making_an_event(relay: Relay, pair: str, tmp_path: Path) -> None:
    out = tmp_path / "omar.zip"
    done = relay("member", "export", pair, "mentee", "--reason", "asked by telephone", "--out", str(out), "--json")
    assert done.code == 0
    assert done.objects == [{"file": str(out), "octets": out.stat().st_size, "letters": 0}]
    assert out.stat().st_mode & 0o777 == 0o600
    assert ZipFile(out).namelist() == ["index.html", "data.json"]
    assert "example" not in done.err.replace(str(out), "")
    *_, event = relay("log", "events", "--pair", pair, "--json").objects
    assert event["who"]
    assert (event["event"], event["side"], event["for"], event["why"]) == (
        "exported",
        "mentee",
        "operator",
        "asked by telephone",
    )


def test_it_needs_a_reason_and_overwrites_nothing(relay: Relay, pair: str, tmp_path: Path) -> None:
    out = tmp_path / "there.zip"
    assert relay("member", "export", pair, "mentee", "--out", str(out)).code == 2
    out.write_text("mine")
    refused = relay("member", "export", pair, "mentee", "--reason", "why", "--out", str(out))
    assert (refused.code, out.read_text()) == (1, "mine")
    assert "exists already" in refused.err
    assert relay("member", "forget", pair, "mentee", "--yes").code == 0
    gone = relay("member", "export", pair, "mentee", "--reason", "why", "--out", str(tmp_path / "gone.zip"))
    assert gone.code == 1
    assert "was forgotten" in gone.err
    assert not (tmp_path / "gone.zip").exists()
