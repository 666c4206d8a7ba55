"""Files that open, run or fetch something by themselves are refused, by name and by content."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest

from relay.anonymise.attachments.acting.recognise import extension_of
from relay.anonymise.attachments.acting.table import table
from relay.model import Attachment
from relay.refusals import CannotAnonymise

Cleaned = Callable[[Attachment], list[Attachment]]
SHORTCUT = b"[InternetShortcut]\r\nURL=http://ok.example/\r\nIconFile=\\\\tracker.example\\s\\a.ico\r\n"
XML = b'<?xml version="1.0"?>'


def zipped(*members: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize("extension", sorted(table().by_extension))
def test_an_ending_that_acts_is_refused_whatever_is_in_the_file(extension: str, cleaned: Cleaned) -> None:
    with pytest.raises(CannotAnonymise, match="by itself cannot be passed on; please") as refusal:
        cleaned(Attachment(b"some words\n", "text/plain", f"a.{extension.upper()}"))
    assert refusal.value.file == f"a.{extension.upper()}"


@pytest.mark.parametrize(
    "name",
    ["a.hta ", "a.hta.", "a.txt.hta", "a.hta\u200b", "a.hta\u202e", "a.hta::$DATA", "a.hta:b.txt", "a.ｈｔａ", ".hta",
     "desktop.ini", "Desktop.INI ", "x\\autorun.inf", "a.tar.url"],
)  # fmt: skip
def test_no_way_of_writing_the_name_hides_its_ending(name: str, cleaned: Cleaned) -> None:
    with pytest.raises(CannotAnonymise, match="by itself"):
        cleaned(Attachment(b"some words\n", "text/plain", name))


@pytest.mark.parametrize(
    "content",
    [
        SHORTCUT,
        b"\xef\xbb\xbf; a remark\r\n\r\n" + SHORTCUT.lower(),
        SHORTCUT.decode().encode("utf-16"),
        b"# remark\n[Desktop Entry]\nType=Link\n",
        b"[.ShellClassInfo]\r\nIconResource=x\r\n",
        b"#EXTM3U\nhttp://tracker.example/\n",
        b"[playlist]\nFile1=http://tracker.example/\n",
        b"WEB\r\n1\r\nhttps://tracker.example/\r\n",
        b'ID;PWXL;N;E\nC;Y1;X1;K0;E=WEBSERVICE("http://tracker.example")\nE\n',
        b"Windows Registry Editor Version 5.00\r\n",
        b'[Version]\r\nSignature="$CHICAGO$"\r\n',
        b"full address:s:tracker.example\r\n",
        XML + b"<!-- x --><searchConnectorDescription/>",
        XML + b'<libraryDescription xmlns="http://schemas.microsoft.com/windows/2009/library"/>',
        b"<asx version='3'><entry/></asx>",
        XML + b'<playlist version="1" xmlns="http://xspf.org/ns/0/"/>',
        XML + b"<!DOCTYPE plist [<!ELEMENT x ANY>]><plist><dict><key>URL</key><string>http://x</string></dict></plist>",
        XML + b'<jnlp codebase="http://tracker.example"/>',
        b"\x7fELF\2\1\1\0\0\0\0\0\0\0",
        b"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff",
        b"L\0\0\0\1\x14\2\0\0\0\0\0\xc0\0\0\0\0\0\0F",
        bytes(32769) + b"CD001" + bytes(9),
        b"bplist00\xd1\1\2SURL_\x10\x14http://tracker.example/\0\0\0\0\0\0",
    ],
)
@pytest.mark.parametrize("name", ["a.txt", "photo.jpg", "a", None])
def test_content_that_acts_is_refused_under_every_name(content: bytes, name: str | None, cleaned: Cleaned) -> None:
    with pytest.raises(CannotAnonymise, match="by itself"):
        cleaned(Attachment(content, "text/plain", name))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("notes.txt", b"How to write a shortcut:\n\n[InternetShortcut]\nURL=...\n"),
        ("settings.ini", b"[theme]\ncolour=green\n"),
        ("list.csv", b"ID;Price;Count\n1;2;3\n"),
        ("README", b"A program.\n"),
        ("essay.plist.xml", XML + b"<essay><key>URL</key></essay>"),
    ],
)
def test_what_only_speaks_of_them_passes_as_it_is(name: str, content: bytes, cleaned: Cleaned) -> None:
    (clean,) = cleaned(Attachment(content, "text/plain", name))
    assert (clean.filename, clean.content) == (name, content)


def test_an_archive_passes_without_them_and_says_so(cleaned: Cleaned) -> None:
    inner = zipped(("run.bat", b"curl x"), ("words.txt", b"hello"))
    content = zipped(("a.url", SHORTCUT), ("b.txt", b"hi"), ("src/fetch.py", b"print(1)\n"), ("in.zip", inner))
    (clean,) = cleaned(Attachment(content, "application/zip", "project.zip"))
    archive = zipfile.ZipFile(io.BytesIO(clean.content))
    note = archive.read("NOTE-ABOUT-THESE-FILES.txt").decode()
    assert set(archive.namelist()) == {"b.txt", "src/fetch.py.txt", "in.zip", "NOTE-ABOUT-THESE-FILES.txt"}
    assert "    src/fetch.py.txt\r\n" in note
    assert "    a.url\r\n" in note
    assert archive.read("src/fetch.py.txt") == b"print(1)\n"
    within = zipfile.ZipFile(io.BytesIO(archive.read("in.zip")))
    assert set(within.namelist()) == {"words.txt", "NOTE-ABOUT-THESE-FILES.txt"}


def test_the_note_names_nobody_and_takes_no_name_from_another_file(cleaned: Cleaned) -> None:
    content = zipped(
        ("note-about-these-files.txt", b"mine"), ("Jane Whitcombe.bat", b"x"), ("jane_whitcombe/a.py", b"1\n")
    )
    (clean,) = cleaned(Attachment(content, "application/zip", "a.zip"))
    archive = zipfile.ZipFile(io.BytesIO(clean.content))
    assert archive.read("note-about-these-files.txt") == b"mine"
    note = archive.read("NOTE-ABOUT-THESE-FILES (2).txt").decode().lower()
    assert "jane" not in note
    assert ".bat" in note


def test_an_archive_of_nothing_else_is_refused(cleaned: Cleaned) -> None:
    with pytest.raises(CannotAnonymise, match="write the link") as refusal:
        cleaned(Attachment(zipped(("in.zip", zipped(("a.url", SHORTCUT)))), "application/zip", "a.zip"))
    assert refusal.value.file == "a.url"


def test_an_ending_is_the_one_that_a_system_sees() -> None:
    assert [extension_of(name) for name in ("a.b.Txt", "a", None, "Dr. Smith", ".bashrc", "a.py .")] == [
        "txt", "", "", " smith", "bashrc", "py",
    ]  # fmt: skip
