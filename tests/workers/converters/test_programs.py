"""The real programs: hostile files read nothing of this machine, and what they make is of the form that is expected."""

from __future__ import annotations

import io
import zipfile

import pytest

from relay.anonymise.attachments.conversion import RESULTS
from relay.model import ToConvert
from relay.workers.converters.programs import KINDS, PROGRAMS, program_for
from relay.workers.converters.sandbox import Ending, Limits, run

from .conftest import FILES

LIMITS = Limits(120.0, 2 << 30, 1 << 26)
OFFICE, FFMPEG = PROGRAMS


def test_every_form_that_waits_for_a_converter_has_one_and_the_other_way_round() -> None:
    assert set(RESULTS) == set(KINDS)
    assert program_for(ToConvert("exe", b"")) is None


@pytest.mark.usefixtures("sandboxes")
@pytest.mark.skipif(not FFMPEG.found, reason="ffmpeg is not installed")
@pytest.mark.parametrize(
    "content",
    [
        b"RIFF\0\0\0\0AVI #EXTM3U\n#EXTINF:9,\nfile:///usr/share/dict/words\n",
        b"#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:9,\nfile:///job/input\n#EXT-X-ENDLIST\n",
        b"ffconcat version 1.0\nfile /job/input\n",
        b"<?xml version='1.0'?><MPD><BaseURL>http://127.0.0.1:9/</BaseURL></MPD>",
    ],
    ids=["avi", "hls", "concat", "dash"],
)
@pytest.mark.parametrize("kind", ["avi", "asf"])
async def test_a_film_that_is_a_playlist_is_not_opened_as_one(content: bytes, kind: str) -> None:
    assert (await run(FFMPEG.script(kind), content, LIMITS))[0] is Ending.REFUSED


@pytest.mark.usefixtures("sandboxes")
@pytest.mark.skipif(not OFFICE.found, reason="LibreOffice is not installed")
async def test_a_document_that_refers_to_other_files_gets_none_of_them() -> None:
    """links.doc has a picture from the network and two texts from /etc/passwd."""
    ending, made = await run(OFFICE.script("doc"), (FILES / "links.doc").read_bytes(), LIMITS)
    assert ending is Ending.MADE
    with zipfile.ZipFile(io.BytesIO(made)) as package:
        assert not any(b"root:" in package.read(name) for name in package.namelist())
        assert not any(name.startswith("word/media/") for name in package.namelist())


@pytest.mark.usefixtures("sandboxes")
@pytest.mark.skipif(not OFFICE.found, reason="LibreOffice is not installed")
@pytest.mark.parametrize("content", [b"<html><img src='file:///etc/passwd'></html>", b"\xd0\xcf\x11\xe0 no document"])
async def test_what_is_no_old_document_is_not_opened_as_something_else(content: bytes) -> None:
    ending, made = await run(OFFICE.script("doc"), content, LIMITS)
    assert ending is Ending.REFUSED or b"root:" not in made
