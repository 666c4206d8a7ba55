"""Tells packages from plain ZIP archives by the names of their members, also when a package is broken."""

from __future__ import annotations

import io
import re
import zipfile
import zlib

_MANY_MEMBERS = 20_000
_IWORK = re.compile(r"index\.zip|index\.xml\.gz|index\.apxl(?:\.gz)?|index/document\.iwa|.*\.iwa", re.DOTALL)
# Parts of an Office document, in whatever folder of the ZIP: somebody unpacked it and packed it again.
_PARTS = re.compile(
    r"(?:.*/)?(?:\[content_types\]\.xml|word/document\.xml|xl/workbook\.(?:xml|bin)|ppt/presentation\.xml)", re.DOTALL
)
_PAIRS = (
    {"meta.json", "document.json"},
    {"content.xml", "meta.xml"},
    {"content.xml", "styles.xml"},
    {"document.xml", "guidocument.xml"},
)
# Files at the root of documents, whole or broken: Office, OpenDocument and its like (Krita, OpenRaster, InDesign), XPS,
# 3MF, MuseScore, GeoGebra.
_ALONE = re.compile(
    r"mimetype|docprops/.*|_rels/\.rels|(?:word|xl|ppt|visio)/_rels/.*|visio/document\.xml"
    r"|meta-inf/(?:manifest|container|documentsignatures)\.xml|designmap\.xml|mergedimage\.png|.*\.mscx|geogebra\.xml"
    r"|fixeddoc\w{0,12}seq\w{0,4}\.fdseq|3d/3dmodel\.model",
    re.DOTALL,
)
# Programs: Java, Android, iOS, Python, Windows, browsers and editors.
_PROGRAMS = re.compile(
    r"androidmanifest\.xml|classes\d{0,3}\.dex|payload/[^/]{1,100}\.app/.*|meta-inf/manifest\.mf|[^/]{1,100}\.dist-info/.*"
    r"|appxmanifest\.xml|appxblockmap\.xml|extension\.vsixmanifest|[^/]{1,100}\.nuspec|bundleconfig\.pb",
    re.DOTALL,
)


def family_of_zip(content: bytes) -> str:
    """The family of a ZIP: "office", "opendocument", "ebook", "iwork", "brokenpackage", "programpackage" or "zip"."""
    beginning = content[30:200]
    if beginning.startswith(b"mimetypeapplication/vnd.oasis.opendocument"):
        return "opendocument"
    if beginning.startswith(b"mimetypeapplication/epub+zip"):
        return "ebook"
    names, declared = _members_of(content)
    if declared.startswith(b"application/epub"):
        return "ebook"
    if {"[Content_Types].xml", "_rels/.rels"} <= names:
        return "office"
    if {"META-INF/manifest.xml", "content.xml"} <= names:
        return "opendocument"
    return _by_members({name.replace("\\", "/").lower().removeprefix("./").lstrip("/") for name in names})


def _by_members(names: set[str]) -> str:
    if any(_IWORK.fullmatch(name) for name in names):
        return "iwork"
    if "meta-inf/container.xml" in names and not any(name.endswith((".mscx", ".musicxml")) for name in names):
        return "ebook"
    if any(_PARTS.fullmatch(name) or _ALONE.fullmatch(name) for name in names) or any(p <= names for p in _PAIRS):
        return "brokenpackage"
    return "programpackage" if any(_PROGRAMS.fullmatch(name) for name in names) else "zip"


def _members_of(content: bytes) -> tuple[set[str], bytes]:
    """The names of the members of a ZIP, and the media type in its member "mimetype"; nothing when it is invalid or has
    too many."""
    if content.count(b"PK\x01\x02") > _MANY_MEMBERS:
        return set(), b""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
            return names, _beginning(archive, "mimetype") if "mimetype" in names else b""
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError):
        return set(), b""


def _beginning(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        with archive.open(name) as member:
            return member.read(100).lstrip()
    except (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, OSError, EOFError, RuntimeError):
        return b""
