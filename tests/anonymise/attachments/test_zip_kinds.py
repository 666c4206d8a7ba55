"""What looks like a package of a program is never taken for a plain ZIP."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest

from relay.anonymise.attachments.zip_kinds import family_of_zip
from relay.model import Attachment
from relay.refusals import CannotAnonymise

CORE = "<coreProperties><creator>Dorothea Quill</creator></coreProperties>"


def zipped(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, CORE)
    return out.getvalue()


@pytest.mark.parametrize(
    ("names", "family"),
    [
        (("[Content_Types].xml", "_rels/.rels", "word/document.xml"), "office"),
        (("word/document.xml", "docProps/core.xml"), "brokenpackage"),
        (("[content_types].xml", "_rels/.rels"), "brokenpackage"),
        (("essay/word/document.xml", "essay/docProps/core.xml"), "brokenpackage"),
        (("a/b/WORD/Document.XML",), "brokenpackage"),
        (("docProps\\core.xml", "x.txt"), "brokenpackage"),
        (("xl/workbook.bin",), "brokenpackage"),
        (("content.xml", "styles.xml", "Pictures/a.png"), "brokenpackage"),
        (("mimetype", "maindoc.xml", "preview.png"), "brokenpackage"),
        (("META-INF/container.xml", "score.musicxml"), "brokenpackage"),
        (("mimetype", "META-INF/container.xml", "OEBPS/content.opf"), "ebook"),
        (("document.json", "meta.json", "pages/1.json"), "brokenpackage"),
        (("Index/Document.iwa", "Metadata/Properties.plist"), "iwork"),
        (("META-INF/MANIFEST.MF", "a/B.class"), "programpackage"),
        (("AndroidManifest.xml", "classes.dex"), "programpackage"),
        (("relay-0.1.dist-info/METADATA", "relay/__init__.py"), "programpackage"),
        (("notes.txt", "essay/content.xml", "pictures/mimetype.txt"), "zip"),
        (("src/main/resources/META-INF/MANIFEST.MF", "README.md"), "zip"),
    ],
)
def test_the_members_tell(names: tuple[str, ...], family: str) -> None:
    assert family_of_zip(zipped(*names)) == family


@pytest.mark.parametrize("name", ["essay.docx", "essay.zip", "essay"])
def test_a_broken_package_is_refused_by_name(clean: Callable[..., Attachment], name: str) -> None:
    with pytest.raises(CannotAnonymise, match="save it again") as refused:
        clean(zipped("word/document.xml", "docProps/core.xml"), name)
    assert refused.value.file == name


def test_properties_without_their_package_are_left_out(clean: Callable[..., Attachment]) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("src/docProps/core.xml", f'<?xml version="1.0"?>\n{CORE}')
        archive.writestr("src/notes.txt", "Bowls")
    with zipfile.ZipFile(io.BytesIO(clean(out.getvalue(), "a.zip").content)) as archive:
        assert archive.namelist() == ["src/notes.txt"]
