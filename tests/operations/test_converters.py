"""relay check says which converters it finds, and what keeps them from running."""

from __future__ import annotations

from dataclasses import replace

import pytest

from relay.operations import converters
from relay.operations.converters import check_converters
from relay.operations.findings import Level
from relay.settings import AttachmentSettings, Settings
from relay.workers.converters import sandbox
from relay.workers.converters.programs import PROGRAMS

SETTINGS = Settings("relay.example.org")
HERE = tuple(replace(program, needs=("/bin/sh",)) for program in PROGRAMS)
GONE = tuple(replace(program, needs=("/nowhere/program",)) for program in PROGRAMS)


async def found(settings: Settings = SETTINGS) -> list[tuple[Level, str]]:
    return [(finding.level, finding.what) for finding in await check_converters(settings)]


async def test_without_programs_it_says_what_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(converters, "PROGRAMS", GONE)
    [(level, what)] = await found()
    assert level is Level.OK and "LibreOffice and FFmpeg are not installed" in what and ".doc" in what


@pytest.mark.parametrize(
    ("bwrap", "words"), [("/nowhere/bwrap", "bubblewrap is not installed"), ("/bin/false", "no sandbox can be made")]
)
async def test_without_a_sandbox_it_warns(bwrap: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(converters, "PROGRAMS", HERE)
    monkeypatch.setattr(sandbox, "BWRAP", bwrap)
    [(level, what)] = await found()
    assert level is Level.WARNING and words in what


async def test_each_program_is_named_with_what_it_converts(monkeypatch: pytest.MonkeyPatch) -> None:
    if not await sandbox.works():
        pytest.skip("no sandbox can be made here")
    monkeypatch.setattr(converters, "PROGRAMS", (HERE[0], GONE[1]))
    (_, office), (_, film) = await found()
    assert office.startswith("LibreOffice converts old Office documents") and "apt install ffmpeg" in film


async def test_where_nothing_may_be_converted_that_is_all_it_says() -> None:
    never = replace(SETTINGS, attachments=AttachmentSettings(convert="never"))
    assert [level for level, _ in await found(never)] == [Level.OK]
