"""A ZIP archive arrives with its files, each cleaned, and tells nothing of who packed it; hostile ones are refused."""

from __future__ import annotations

import contextlib
import io
import posixpath
import re
import stat
import struct
import time
import zipfile
from collections.abc import Callable
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from urllib.parse import unquote

import pytest
from PIL import Image

from relay.anonymise.attachments.sniff import family_of
from relay.model import Attachment, Message
from relay.refusals import CannotAnonymise

Clean = Callable[[Attachment], list[Attachment]]


def zipped(*members: tuple[str, bytes], comment: bytes = b"") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            info = zipfile.ZipInfo(name, (2026, 11, 3, 14, 5, 10))
            info.extra = struct.pack("<HHBBIBI", 0x7875, 11, 1, 4, 501, 4, 20)
            info.comment = b"by Jane"
            info.external_attr = 0o644 << 16
            archive.writestr(info, content, zipfile.ZIP_DEFLATED)
        archive.comment = comment
    return out.getvalue()


def opened(cleaned: Clean, content: bytes) -> zipfile.ZipFile:
    (made,) = cleaned(Attachment(content, "application/x-zip-compressed", "pack.zip"))
    assert (made.media_type, made.filename) == ("application/zip", "pack.zip")
    return zipfile.ZipFile(io.BytesIO(made.content))


def files(cleaned: Clean, *members: tuple[str, bytes]) -> dict[str, bytes]:
    archive = opened(cleaned, zipped(*members))
    return {name: archive.read(name) for name in archive.namelist()}


def test_the_files_are_cleaned_and_nothing_is_told_of_who_packed_them(cleaned: Clean) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(picture, "JPEG", comment=b"Jane Whitcombe")
    archive = opened(
        cleaned,
        zipped(
            ("notes/read me.txt", b"by Jane Whitcombe\n"),
            ("notes/loaf.jpg", picture.getvalue()),
            comment=b"zip of Isidora",
        ),
    )
    assert archive.read("notes/read me.txt") == b"by Amber Heron\n"
    assert b"Whitcombe" not in archive.read("notes/loaf.jpg")
    assert archive.comment == b""
    for member in archive.infolist():
        assert member.date_time == (1980, 1, 1, 0, 0, 0)
        assert (member.extra, member.comment, member.external_attr, member.create_system) == (b"", b"", 0, 0)


@pytest.mark.parametrize(
    ("name", "new"),
    [
        ("a/b/c.txt", "a/b/c.txt"),
        ("home/fentvast/a.txt", "a.txt"),
        ("/Users/janedoe/Desktop/plan.txt", "Desktop/plan.txt"),
        ("C:\\Users\\jdoe\\Documents\\plan.txt", "Documents/plan.txt"),
        ("mnt/c/Users/jdoe/plan.txt", "plan.txt"),
        ("Documents and Settings/jdoe/plan.txt", "plan.txt"),
        ("media/jdoe/STICK/plan.txt", "STICK/plan.txt"),
        ("home/index.txt", "home/index.txt"),
        ("work/OneDrive - Northbank Ltd/plan.txt", "work/plan.txt"),
        ("../../etc/plan.txt", "etc/plan.txt"),
        ("letters to Tom Ashdown/plan.txt", "letters to Tom Ashdown/plan.txt"),
        ("letters of Jane Whitcombe/plan.txt", "folder-1/plan.txt"),
        ("Jane Whitcombe CV.TXT", "document-1.txt"),
        ("jane/whitcombe.txt", "folder-1/document-1.txt"),
        ("naïve 漢字.txt", "naïve 漢字.txt"),
        ("plan\u202etxt.txt", "document-1.txt"),
    ],
)
def test_names_keep_what_is_anybodys(name: str, new: str, cleaned: Clean) -> None:
    assert list(files(cleaned, (name, b"x"))) == [new]


def test_names_of_programs_and_clocks_go_and_texts_follow(cleaned: Clean) -> None:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, "JPEG")
    picture = out.getvalue()
    notes = b"![a](pics/IMG-20260203-WA0007.jpg) [b](Trip%202026-02-03%2020.14.11.jpg) xIMG-20260203-WA0007.jpg\n"
    made = files(
        cleaned,
        ("notes.md", notes),
        ("pics/IMG-20260203-WA0007.jpg", picture),
        ("Trip 2026-02-03 20.14.11.jpg", picture),
        ("Screenshot_20260203-201411.jpg", picture),
        ("WhatsApp Images 2026-02-03 at 20.14.11/a.jpg", picture),
        ("Walk 2026-02-03 20.14.11/b.jpg", picture),
        ("IMG-20260203-WA0007.txt", b"a text of that name"),
    )
    assert sorted(made) == [
        "IMG-20260203-WA0007.txt",
        "Trip 2026-02-03.jpg",
        "Walk 2026-02-03/b.jpg",
        "folder-1/a.jpg",
        "notes.md",
        "pics/picture-2.jpg",
        "picture-4.jpg",
    ]
    assert made["notes.md"] == b"![a](pics/picture-2.jpg) [b](Trip%202026-02-03.jpg) xIMG-20260203-WA0007.jpg\n"


def test_names_that_become_alike_stay_apart(cleaned: Clean) -> None:
    made = files(cleaned, ("home/a/x.txt", b"1"), ("home/b/x.txt", b"2"), ("X.TXT", b"3"))
    assert made == {"x.txt": b"1", "x (2).txt": b"2", "X (3).TXT": b"3"}


def test_what_programs_leave_behind_keys_and_cards_are_left_out(cleaned: Clean) -> None:
    made = files(
        cleaned,
        ("a.txt", b"x"),
        ("__MACOSX/._a.txt", b"\0\x05\x16\x07"),
        ("d/.DS_Store", b"\0\0\0\1Bud1"),
        ("Thumbs.db", b"\xd0\xcf"),
        ("desktop.ini", b"x"),
        ("~$report.docx", b"\4Jane"),
        (".~lock.a.odt#", b"Jane"),
        ("me.vcf", b"BEGIN:VCARD\r\nEND:VCARD\r\n"),
    )
    assert made == {"a.txt": b"x"}


def test_links_lead_nowhere(cleaned: Clean) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        link = zipfile.ZipInfo("link")
        link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/Users/jane/secret")
        archive.writestr("a.txt", "x")
    assert opened(cleaned, out.getvalue()).namelist() == ["a.txt"]


def test_an_archive_in_an_archive_is_cleaned_but_not_without_end(cleaned: Clean) -> None:
    inner = zipped(("home/janedoe/a.txt", b"Jane Whitcombe"))
    outer = opened(cleaned, zipped(("in.zip", inner)))
    within = zipfile.ZipFile(io.BytesIO(outer.read("in.zip")))
    assert {n: within.read(n) for n in within.namelist()} == {"a.txt": b"Amber Heron"}
    for _ in range(6):
        inner = zipped(("in.zip", inner))
    with pytest.raises(CannotAnonymise, match="too deep"):
        opened(cleaned, inner)


def test_a_file_that_cannot_be_cleaned_refuses_the_whole(cleaned: Clean) -> None:
    old = ("old/x.rar", b"Rar!\x1a\x07\0")
    with pytest.raises(CannotAnonymise, match="in an archive: archives other than ZIP") as refusal:
        opened(cleaned, zipped(("a.txt", b"x"), ("in.zip", zipped(old))))
    assert refusal.value.file == "x.rar"
    assert refusal.value.detail.count("in an archive") == 1


def locked() -> bytes:
    content = bytearray(zipped(("a.txt", b"x")))
    content[6] |= 1
    content[content.index(b"PK\1\2") + 8] |= 1
    return bytes(content)


def overlapping() -> bytes:
    content = zipped(("a.txt", bytes(10_000)))
    start, end = content.index(b"PK\1\2"), content.index(b"PK\5\6")
    entry = content[start:end]
    entries = entry * 20
    tail = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 20, 20, len(entries), start, 0)
    return content[:start] + entries + tail


def lying(size: int) -> bytes:
    content = bytearray(zipped(("a.txt", bytes(5_000_000))))
    at = content.index(b"PK\1\2")
    content[at + 24 : at + 28] = struct.pack("<I", size)
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (locked(), "password"),
        (overlapping(), "damaged"),
        (lying(10), "damaged"),
        (lying(0xFFFFFFF0), "more than"),
        (zipped(*((f"{n}.txt", b"") for n in range(600))), "more than"),
        (zipped(*((f"{n}.txt", bytes(60_000_000)) for n in range(4))), "more than"),
        (zipped(("a.txt", b"hello"))[:-30], "damaged"),
        (zipped(("a.txt", b"hello")).replace(b"PK\1\2", b"PK\1\3"), "damaged"),
        (zipped((".DS_Store", b"x")), "no file"),
        (zipped(("mimetype", b"application/epub+zip"), ("a.xhtml", b"<p>x</p>")), "damaged"),
        (zipped(("META-INF/container.xml", b"<x/>")), "damaged"),
        (zipped(("padding.txt", b"x"), ("z/[Content_Types].xml", b"<x/>"), ("[Content_Types].xml", b"")), "damaged"),
    ],
)
def test_what_cannot_be_unpacked_safely_is_refused_quickly(content: bytes, words: str, cleaned: Clean) -> None:
    began = time.process_time()
    with pytest.raises(CannotAnonymise, match=words) as refusal:
        cleaned(Attachment(content, "application/zip", "a.zip"))
    assert "please" in refusal.value.detail
    assert time.process_time() - began < 2


def test_unusual_packing_is_refused(cleaned: Clean) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("a.txt", "x" * 100)
    with pytest.raises(CannotAnonymise, match="ordinary ZIP"):
        cleaned(Attachment(out.getvalue(), "application/zip", "a.zip"))


def test_an_archive_is_known_whatever_it_is_called() -> None:
    assert family_of(Attachment(zipped(("a.txt", b"x")), "image/jpeg", "a.jpg")) == "zip"


@pytest.mark.parametrize(
    ("members", "words"),
    [
        (("Index/Document.iwa", "Metadata/Properties.plist"), "Pages, Numbers and Keynote"),
        (("index.apxl.gz",), "Pages, Numbers and Keynote"),
        (("docProps/core.xml", "word/document.xml"), "is damaged"),
        (("docProps\\core.xml",), "is damaged"),
        (("./DocProps/Core.xml",), "is damaged"),
        (("meta.xml", "content.xml"), "is damaged"),
    ],
)
def test_what_is_left_of_a_package_is_no_archive(members: tuple[str, ...], words: str, cleaned: Clean) -> None:
    with pytest.raises(CannotAnonymise, match=words):
        cleaned(Attachment(zipped(*((name, b"<x>Jane</x>") for name in members)), "application/zip", "essay.docx"))


def test_a_project_with_files_of_such_names_is_an_archive(cleaned: Clean) -> None:
    members = ("settings.xml", b"<a/>"), ("src/docProps/core.xml", b"<a/>"), ("meta.xml", b"<a/>")
    assert set(files(cleaned, *members)) == {name for name, _ in members}


def picture(kind: str = "PNG", colour: str = "red") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize(
    ("page", "source", "path", "shown"),
    [
        ("site/index.html", "pic.png", "site/pic.png", "pic.png"),
        (
            "site/index.html",
            "./my%20pictures/the lake.png",
            "site/my pictures/the lake.png",
            "my%20pictures/the%20lake.png",
        ),
        ("site/index.html", "..\\lake.png?v=2", "lake.png", "../lake.png"),
        ("index.html", "IMG_20260203_211411.png", "IMG_20260203_211411.png", "picture-2.png"),
        (
            "Users/jane/site/index.html",
            "img/Jane Whitcombe.png",
            "Users/jane/site/img/Jane Whitcombe.png",
            "img/picture-2.png",
        ),
        ("index.html", "Pictures/Lake.PNG", "pictures/lake.png", "pictures/lake.png"),
    ],
)
def test_a_page_shows_the_pictures_beside_it_as_they_are_called_now(
    cleaned: Clean, page: str, source: str, path: str, shown: str
) -> None:
    for quoted in (f'"{source}"', f"'{source}'", *([source] if " " not in source else [])):
        html = f"<html><body><p>The lake</p><img width=8 src={quoted} alt=lake></body></html>".encode()
        for members in (((page, html), (path, picture())), ((page, html), (path, picture("JPEG")))):
            found = files(cleaned, *members)
            (text,) = [content.decode() for name, content in found.items() if name.endswith(".html")]
            start = "site" if page == "Users/jane/site/index.html" else page.rpartition("/")[0]
            (told,) = re.findall(r'<img src="([^"]*)"', text)
            assert posixpath.normpath(posixpath.join(start, unquote(told))) in found
            if members[1][1][:4] == b"\x89PNG":
                assert told == shown


@pytest.mark.parametrize(
    "source",
    [
        "https://elsewhere.example/pic.png", "//elsewhere.example/pic.png", "/pic.png", "file:///C:/pic.png",
        "C:\\pic.png",
        "notes.txt", "missing.png", "cid:pic.png", "data:,x", "#pic.png", "pic.png/..", "member-1", "cid:member-1", "",
    ],
)  # fmt: skip
def test_a_page_shows_nothing_else(cleaned: Clean, source: str) -> None:
    html = f'<html><body><p>The lake</p><img src="{source}"></body></html>'.encode()
    found = files(cleaned, ("index.html", html), ("pic.png", picture()), ("notes.txt", b"words"))
    assert b"<img" not in found["index.html"] or b'src=""' in found["index.html"] or source == "pic.png/.."


def test_a_page_with_its_pictures_is_proven(relayed: Callable[[bytes], Message]) -> None:
    html = b'<html><body><p>The lake</p><img src="img/IMG_20260203_211411.png"></body></html>'
    content = zipped(("site/index.html", html), ("site/img/IMG_20260203_211411.png", picture()))
    mail = MIMEMultipart()
    mail["From"], mail["Subject"] = "jane.whitcombe@northbank.example", "site"
    mail.attach(MIMEText("The site.\n"))
    part = MIMEApplication(content, "zip")
    part.add_header("Content-Disposition", "attachment", filename="site.zip")
    mail.attach(part)
    (made,) = relayed(mail.as_bytes()).attachments
    archive = zipfile.ZipFile(io.BytesIO(made.content))
    assert archive.namelist() == ["site/img/picture-2.png", "site/index.html"]
    assert b'<img src="img/picture-2.png">' in archive.read("site/index.html")


@pytest.mark.parametrize("piece", ["<img ", '<img src="a', "<img src=a.png>", "../"])
def test_a_hostile_page_costs_little(cleaned: Clean, piece: str) -> None:
    page = ("<html><body><p>x</p>" + piece * 20_000).encode()
    begun = time.process_time()
    with contextlib.suppress(CannotAnonymise):
        files(cleaned, ("index.html", page), ("a.png", picture()))
    assert time.process_time() - begun < 10
