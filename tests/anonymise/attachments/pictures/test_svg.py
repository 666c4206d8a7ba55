"""SVG drawings, dressed as drawing programs dress them: the drawing stays, nothing else does."""

from __future__ import annotations

import base64
import io
import re
import time
from xml.etree import ElementTree

import pytest
from PIL import Image

from relay.anonymise.attachments import scrub_attachments
from relay.anonymise.identities import Redactor
from relay.anonymise.scrub import scrub
from relay.model import Attachment, Doubt, Identity, Known, Message, Persona
from relay.refusals import CannotAnonymise

AMBER = Persona("Amber Heron", "amber-heron.x7@relay.example.org")
REDACTOR = Redactor(
    Known(
        Identity(("jane@northbank.example",), ("Jane Whitcombe",)),
        AMBER,
        Identity(("tom@gmx.de",)),
        Persona("Quiet River", "quiet-river.p9@relay.example.org"),
    )
)


def cleaned(content: str | bytes) -> str:
    octets = content.encode() if isinstance(content, str) else content
    message = Message(attachments=(Attachment(octets, "image/svg+xml", "a.svg"),))
    clean = scrub_attachments(message, REDACTOR).message.attachments[0]
    assert (clean.media_type, clean.filename) == ("image/svg+xml", "a.svg")
    ElementTree.fromstring(clean.content)
    return clean.content.decode()


def svg(inside: str) -> str:
    head = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9">'
    return head + inside + "</svg>"


def body(inside: str) -> str:
    """What is left between the outermost tags."""
    clean = cleaned(svg(inside))
    return clean[clean.index(">", clean.index("<svg")) + 1 : clean.rindex("</svg>")]


INKSCAPE = """<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<!-- Created by Jane Whitcombe with Inkscape -->
<?xml-stylesheet href="https://northbank.example/x.css"?>
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="10mm" height="10mm"
 xmlns:sodipodi="http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" viewBox="0 0 10 10" id="jane-svg"
 sodipodi:docname="/home/jane/cv.svg" inkscape:version="1.2" inkscape:export-filename="C:\\Users\\jane\\a.png">
<title>by Jane Whitcombe</title>
<sodipodi:namedview inkscape:window-width="1920"/>
<metadata><dc:creator>Jane Whitcombe</dc:creator></metadata>
<defs><linearGradient id="lg-jane"><stop offset="0" style="stop-color:#fff;stop-opacity:1"/></linearGradient>
<linearGradient id="b" xlink:href="#lg-jane"/><clipPath id="c"><rect width="3" height="3"/></clipPath></defs>
<g inkscape:label="Layer of Jane Whitcombe" onclick="alert(1)" transform="translate(1 2)">
<path d="M 0,0 C 1 2 3 4 5e-1 6 Z" style="fill:url(#lg-jane);stroke:#000;-inkscape-font-specification:Jane" id="p1"/>
<use xlink:href="#p1" x="3" clip-path="url(#c)"/>
<text x="1" y="2" style="font-size:3px;font-family:'DejaVu Sans', serif">Hello <tspan fill="red">you</tspan></text>
</g></svg>"""


def test_a_drawing_of_inkscape_keeps_what_it_draws_and_nothing_else() -> None:
    clean = cleaned(INKSCAPE)
    for word in ("jane", "inkscape", "sodipodi", "metadata", "onclick", "Created", "stylesheet", "DOCTYPE", "dc:"):
        assert word not in clean.lower() or word in AMBER.name.lower()
    assert f"<title>by {AMBER.name}</title>" in clean
    assert 'd="M 0,0 C 1 2 3 4 5e-1 6 Z"' in clean
    assert 'transform="translate(1 2)"' in clean
    assert 'Hello <tspan fill="red">you</tspan></text>' in clean
    assert 'viewBox="0 0 10 10"' in clean
    assert "font-family:'DejaVu Sans', serif" in clean


def test_references_hold_under_their_new_names() -> None:
    clean = cleaned(INKSCAPE)
    defined = set(re.findall(r' id="(i\d+)"', clean))
    pointed = set(re.findall(r"url\(#([^)]+)\)", clean)) | set(re.findall(r'xlink:href="#([^"]+)"', clean))
    assert len(pointed) == 3
    assert pointed <= defined


def test_what_was_cleaned_is_clean() -> None:
    once = cleaned(INKSCAPE)
    assert cleaned(once) == once


@pytest.mark.parametrize(
    "inside",
    [
        "<script>x()</script>",
        "<foreignObject><p xmlns='http://www.w3.org/1999/xhtml'>Jane Whitcombe</p></foreignObject>",
        "<animate attributeName='href' to='https://x.example'/>",
        "<set attributeName='x' to='1'/>",
        "<!-- x -->",
        "<?php x ?>",
        "<metadata>x</metadata>",
        "<style>@import url(https://x.example/a.css);</style>",
        "<style>@font-face{font-family:x;src:url(https://x.example/f)}</style>",
        "<unknown><rect/></unknown>",
        "loose words",
    ],
)
def test_what_draws_nothing_is_gone(inside: str) -> None:
    assert body(inside) == ""


@pytest.mark.parametrize(
    ("inside", "clean"),
    [
        ("<image href='https://x.example/pixel.png' width='1'/>", '<image width="1"></image>'),
        ("<use href='other.svg#jane'/>", "<use></use>"),
        ("<a href='https://x.example/'><rect width='1'/></a>", '<a><rect width="1"></rect></a>'),
        ("<rect fill='url(https://x.example/#a)' x='1'/>", '<rect x="1"></rect>'),
        ("<rect style='fill:u\\72l(https://x.example);x:y;opacity:.5'/>", '<rect style="opacity:.5"></rect>'),
        ("<rect style='fill:image-set(\"a\");opacity:1'/>", '<rect style="opacity:1"></rect>'),
        ("<rect onload='x()' data-name='Jane' class='jane x' aria-label='Jane'/>", '<rect class="c1 c2"></rect>'),
        ("<text font-family='Jane Whitcombe Hand'>Hi</text>", "<text>Hi</text>"),
        ("<text>Write to jane@northbank.example</text>", f"<text>Write to {AMBER.alias}</text>"),
        (
            "<style>.a,#b > rect{fill:red;behavior:url(x)} rect:hover{fill:blue} @media x{.a{fill:green}}</style>"
            "<rect class='a' id='b'/>",
            '<style>.c1,#i1 &gt; rect{fill:red}</style><rect class="c1" id="i1"></rect>',
        ),
        (
            "<filter id='f'><feGaussianBlur in='SourceAlpha' stdDeviation='2' result='jane'/>"
            "<feMerge><feMergeNode in='jane'/></feMerge></filter>",
            '<filter id="i1"><feGaussianBlur in="SourceAlpha" stdDeviation="2" result="i2"></feGaussianBlur>'
            '<feMerge><feMergeNode in="i2"></feMergeNode></feMerge></filter>',
        ),
    ],
)
def test_only_what_draws_stays(inside: str, clean: str) -> None:
    assert body(inside) == clean


def test_pictures_within_a_drawing_are_cleaned() -> None:
    exif = Image.Exif()
    exif[0x013B] = "Jane Whitcombe"
    out = io.BytesIO()
    Image.new("RGB", (8, 8), (9, 99, 199)).save(out, "JPEG", exif=exif)
    url = "data:image/jpeg;base64," + base64.b64encode(out.getvalue()).decode()
    clean = body(f"<image xlink:href='{url}' width='8' height='8'/>")
    packed = re.search(r"base64,([^\"]+)", clean)
    assert packed is not None
    content = base64.b64decode(packed[1])
    assert b"Jane" not in content
    assert Image.open(io.BytesIO(content)).tobytes() == Image.open(out).tobytes()


def test_a_name_set_letter_by_letter_is_refused_kindly() -> None:
    letters = "".join(f"<text x='{n}'>{letter}</text>" for n, letter in enumerate("jane@northbank.example"))
    with pytest.raises(CannotAnonymise, match="one by one"):
        cleaned(svg(letters))
    with pytest.raises(CannotAnonymise, match="one by one"):
        cleaned(svg("<text><tspan x='1'>Jane</tspan><tspan x='9'>Whitcombe</tspan></text>"))


@pytest.mark.parametrize(
    "content",
    [
        '<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><svg xmlns="http://www.w3.org/2000/svg"/>',
        '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg">&x;</svg>',
        "<svg xmlns='http://www.w3.org/2000/svg'><g></svg>",
        "<svg/>",
        "<svg xmlns='http://www.w3.org/2000/svg'>" + "<g>" * 300 + "</g>" * 300 + "</svg>",
        "<svg xmlns='http://www.w3.org/2000/svg'>" + "<g/>" * 200_001 + "</svg>",
    ],
)
def test_damaged_swelling_and_overlarge_drawings_are_refused_kindly(content: str) -> None:
    with pytest.raises(CannotAnonymise, match="please send it as a PNG") as refusal:
        cleaned(content)
    assert refusal.value.detail.isascii()


def test_crafted_styles_are_read_in_good_time() -> None:
    started = time.monotonic()
    for inside in ("a" * 1_000_000, "/*" * 300_000, "{" * 500_000, "a{" * 300_000, ".a" * 300_000 + "{fill:red}"):
        cleaned(svg(f"<style>{inside}</style>"))
        cleaned(svg(f"<rect style='{inside}'/>"))
    assert time.monotonic() - started < 8


def test_a_word_set_letter_by_letter_that_may_be_a_part_of_the_name_is_a_doubt() -> None:
    hope = Known(Identity(("hope@northbank.example",), ("Hope Whitcombe",)), AMBER, Identity(("r@x.example",)), AMBER)
    letters = "<text>Best wishes,</text><text>H<tspan>ope</tspan></text>"
    file = Attachment(svg(letters).encode(), "image/svg+xml", "card.svg")
    done = scrub(Message("x", "see", None, (file,)), hope)
    assert done.doubts == (Doubt("name", "Hope", "card.svg"),)
