"""Old documents and films go through a running relay: real programs make them, convert them, and open what arrives."""

from __future__ import annotations

import asyncio
import email
import io
import subprocess
import zipfile
from base64 import encodebytes
from email import policy
from pathlib import Path

import pytest

from relay.workers.converters.programs import PROGRAMS
from relay.workers.converters.sandbox import works

from .conftest import House, Members, letter

OFFICE, FFMPEG = PROGRAMS
OLD = Path(__file__).parent.parent / "workers" / "converters" / "files" / "letter.doc"
MEMBER = "jane.doe@real.example"


@pytest.fixture(scope="module", autouse=True)
def sandboxes() -> None:
    """Skips the stories where no sandbox can be made."""
    if not asyncio.run(works()):
        pytest.skip("bubblewrap is not installed, or no sandbox can be made here")


def with_file(alias: str, content: bytes, name: str) -> str:
    fields = ("MIME-Version: 1.0", 'Content-Type: multipart/mixed; boundary="b"')
    body = "--b\nContent-Type: text/plain\n\nHere it is.\n\n--b\nContent-Type: application/octet-stream\n"
    body += f'Content-Disposition: attachment; filename="{name}"\nContent-Transfer-Encoding: base64\n\n'
    return letter(MEMBER, alias, *fields, body=body + encodebytes(content).decode() + "\n--b--")


async def arriving(house: House, members: Members, content: bytes, name: str) -> tuple[str | None, bytes]:
    """Name and content of the file as the other member gets it."""
    pair = house.pair()
    house.start()
    assert await house.send(MEMBER, pair["mentee"]["alias"], with_file(pair["mentee"]["alias"], content, name))
    [arrived] = await members.wait_for(1, 60)
    parsed = email.message_from_bytes(arrived.content, policy=policy.default)
    [file] = list(parsed.iter_attachments())  # type: ignore[attr-defined]
    return file.get_filename(), file.get_content()


@pytest.mark.skipif(not OFFICE.found, reason="LibreOffice is not installed")
async def test_an_old_document_arrives_in_its_new_form_without_its_author(house: House, members: Members) -> None:
    name, content = await arriving(house, members, OLD.read_bytes(), "my letter.doc")
    assert name == "my letter.docx"
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        everything = b"".join(package.read(member) for member in package.namelist())
    assert b"this is my CV draft" in everything
    for word in (b"Jane", b"Doe", b"LibreOffice", b"python-docx", b"2013"):
        assert word not in everything, word


@pytest.mark.skipif(not FFMPEG.found, reason="ffmpeg is not installed")
async def test_an_old_film_arrives_as_mp4_with_the_same_pictures(
    house: House, members: Members, tmp_path: Path
) -> None:
    before, after = tmp_path / "a.avi", tmp_path / "b.mp4"
    made = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=d=1:s=64x64:r=10", "-c:v", "mpeg4"]
    subprocess.run([*made, "-metadata", "title=Jane Doe", "-metadata", "artist=jdoe42", str(before)], check=True)
    assert b"jdoe42" in before.read_bytes()
    name, content = await arriving(house, members, before.read_bytes(), "a.avi")
    after.write_bytes(content)
    assert name == "a.mp4"
    assert not [word for word in (b"Jane", b"jdoe42", b"Lavf", b"Lavc", b"encoder") if word in content]
    assert pictures(after) == pictures(before)


def pictures(path: Path) -> list[str]:
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-f", "framemd5", "-"]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [line.rpartition(",")[2] for line in out.splitlines() if not line.startswith("#")]


@pytest.mark.skipif(not FFMPEG.found, reason="ffmpeg is not installed")
async def test_a_film_that_cannot_be_read_is_refused_and_its_name_told(house: House, members: Members) -> None:
    pair = house.pair()
    house.start()
    alias = pair["mentee"]["alias"]
    content = b"RIFF\xff\0\0\0AVI #EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:9,\nfile:///etc/passwd\n"
    code, said = await house.send(MEMBER, alias, with_file(alias, content, "film.avi"))
    assert (code, "export it as .mp4" in said, members.letters) == (554, True, [])
