"""OpenDocument files: all that a reader sees stays, nothing of who wrote it, where and with what."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from html import unescape

import pytest
from PIL import Image

from relay.model import Attachment
from relay.refusals import CannotAnonymise

NS = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in {
        "office": "office", "text": "text", "table": "table", "draw": "drawing", "meta": "meta", "style": "style",
        "svg": "svg-compatible", "form": "form", "config": "config", "number": "datastyle",
    }.items()
) + ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xlink="http://www.w3.org/1999/xlink"'  # fmt: skip

BODY = f"""<?xml version="1.0"?><!-- jwhit42 --><office:document-content {NS}><office:scripts/><office:body>
 <office:text>
<text:tracked-changes><text:changed-region text:id="c1"><text:deletion><office:change-info>
<dc:creator>J. Colleague</dc:creator><dc:date>2026-11-03T10:00:00</dc:date></office:change-info>
<text:p>A deleted line of tom.abara@gmx.example.</text:p></text:deletion></text:changed-region></text:tracked-changes>
<text:h>The plan</text:h>
<text:p>I am Jane <text:span text:style-name="T1">Whit</text:span>com<text:span>be</text:span>, hello
<text:s text:c="2"/>you.</text:p>
<text:p>Jane Whit<office:annotation office:name="n"><dc:creator>J. Colleague</dc:creator>
 <dc:date>2026-11-03T10:00:00</dc:date>
<meta:creator-initials>JWHIT42</meta:creator-initials><text:p>A remark.</text:p>
 </office:annotation>combe again.</text:p>
<text:p><text:author-name>jwhit42</text:author-name><text:file-name>/home/jwhit42/x.odt</text:file-name>
<text:sender-email>x@colleague.example</text:sender-email></text:p>
<text:p><text:a xlink:href="https://example.org/?fbclid=jwhit42">A page</text:a>
<text:a xlink:href="file:///home/jwhit42/x">A file</text:a><text:a xlink:href="../colleague.odt">Another</text:a>
 </text:p>
<text:p><text:bookmark text:name="Whitcombe_mark"/><text:a xlink:href="#end">Down</text:a></text:p>
<text:p><draw:frame draw:name="/home/jwhit42/p.jpg"><draw:image xlink:href="Pictures/jwhit42.jpg"/>
<svg:title>Jane Whitcombe</svg:title></draw:frame>
<draw:frame><draw:image xlink:href="https://tracker.example/jwhit42.png"/></draw:frame>
<draw:frame><draw:object xlink:href="./Object 1"/><draw:image xlink:href="./ObjectReplacements/Object 1"/></draw:frame>
</text:p><table:table table:name="Jane Whitcombe"><table:table-row><table:table-cell office:value="42"
 table:formula="of:=SUM(['file:///home/jwhit42/b.ods'#$S.A1:.A2])" office:string-value="Tom Abara"><text:p>42</text:p>
</table:table-cell></table:table-row></table:table></office:text></office:body></office:document-content>"""
CHART = f"""<office:document-content {NS}><office:body><office:chart><text:p>Hours of Tom </text:p>
<text:p><text:span>Tom</text:span> Abara</text:p></office:chart></office:body></office:document-content>"""


def picture() -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x013B] = "jwhit42"
    Image.new("RGB", (8, 8), "red").save(out, "JPEG", exif=exif)
    return out.getvalue()


def entry(path: str, kind: str, more: str = "") -> str:
    return f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{kind}">{more}</manifest:file-entry>'


def manifest(*entries: str) -> str:
    return (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        + "".join(entries)
        + "</manifest:manifest>"
    )


ODT = "application/vnd.oasis.opendocument.text"
MANIFEST = manifest(entry("/", ODT), entry("Object 1/", "application/vnd.oasis.opendocument.chart"))


@pytest.fixture(scope="module")
def members() -> dict[str, bytes | str]:
    """A document with an identity in every corner."""
    return {
        "mimetype": ODT,
        "content.xml": BODY,
        "styles.xml": f"<office:document-styles {NS}><text:p>Northbank <text:span>Advisory</text:span></text:p>"
        "</office:document-styles>",
        "meta.xml": "<x>jwhit42</x>",
        "settings.xml": "<x>nb-laptop</x>",
        "Thumbnails/thumbnail.png": b"jwhit42",
        "Configurations2/accelerator/current.xml": b"jwhit42",
        "META-INF/documentsignatures.xml": b"jwhit42",
        "META-INF/manifest.xml": MANIFEST,
        "Pictures/jwhit42.jpg": picture(),
        "Pictures/unused.jpg": picture(),
        "Object 1/content.xml": CHART,
        "Object 1/meta.xml": "<x>jwhit42</x>",
        "ObjectReplacements/Object 1": b"jwhit42",
        "layout-cache": b"jwhit42",
    }


def test_nothing_telling_is_left_and_all_text_is_there(
    members: dict[str, bytes | str],
    package: Callable[..., bytes],
    clean: Callable[..., Attachment],
    telling: Callable[[bytes], list[str]],
    inside: Callable[[bytes], dict[str, bytes]],
) -> None:
    done = clean(package(members), "plan.odt")
    assert telling(done.content) == []
    assert done.media_type == ODT
    parts = inside(done.content)
    text = unescape(re.sub("<[^>]*>", "", parts["content.xml"].decode()))
    for line in (
        "The plan", "I am Amber Heron, hello", "you.", "A remark.", "again.", "A page", "A file", "Another", "Down",
        "A deleted line of amber-heron.x7k2m4@relay.example.org.", "42",
    ):  # fmt: skip
        assert line in text
    assert "<dc:creator>Author</dc:creator>" in parts["content.xml"].decode()
    assert 'xlink:href="https://example.org/"' in parts["content.xml"].decode()
    assert b"tracker" not in parts["content.xml"]


def test_the_new_package_lists_what_is_in_it_and_its_type_comes_first(
    members: dict[str, bytes | str], package: Callable[..., bytes], clean: Callable[..., Attachment]
) -> None:
    content = clean(package(members), "plan.odt").content
    assert content[30:].startswith(b"mimetype" + ODT.encode())
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        listed = re.findall(r'full-path="([^"]*)"', archive.read("META-INF/manifest.xml").decode())
        assert all(member.date_time == (1980, 1, 1, 0, 0, 0) and not member.extra for member in archive.infolist())
    assert {name for name in listed if not name.endswith("/")} == set(names) - {"mimetype", "META-INF/manifest.xml"}
    assert any(re.fullmatch(r"Object \d+/content\.xml", name) for name in names)
    assert any(re.fullmatch(r"Pictures/picture\d+\.jpg", name) for name in names)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("Basic/Standard/Module1.xml", "<x/>", "macros"),
        ("Scripts/python/a.py", "x", "macros"),
        (
            "META-INF/manifest.xml",
            manifest(entry("content.xml", "text/xml", "<manifest:encryption-data/>")),
            "password",
        ),
        ("content.xml", f"<office:document-content {NS}><draw:control/></office:document-content>", "form controls"),
        ("content.xml", '<!DOCTYPE x [<!ENTITY a "b">]><x/>', "damaged"),
        ("mimetype", "application/vnd.oasis.opendocument.database", "damaged"),
        ("Pictures/jwhit42.jpg", b"\xff\xd8\xffno picture", "damaged"),
        ("Object 1/content.xml", "<x", "damaged"),
    ],
)
def test_what_cannot_be_cleaned_is_refused_in_kind_words(
    name: str,
    content: bytes | str,
    words: str,
    members: dict[str, bytes | str],
    package: Callable[..., bytes],
    clean: Callable[..., Attachment],
) -> None:
    with pytest.raises(CannotAnonymise, match=words) as refusal:
        clean(package({**members, name: content}))
    assert refusal.value.detail.isascii()
