"""Proves an SVG drawing (SVG 1.1 and 2): drawing elements and attributes, neutral names, nothing fetched."""

from __future__ import annotations

import base64
import re

from relay.anonymise.leak_check.forms.reading import Proof, need, needed

_BEGIN = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SVG, _XLINK = re.escape("http://www.w3.org/2000/svg"), re.escape("http://www.w3.org/1999/xlink")
# Chapters 5 to 15: structure, shapes, text, paint, clips and filters. Scripts, metadata, foreign content, animation,
# fonts, links and embedded files are not listed.
_ELEMENTS = frozenset(
    str.split("""
        svg g defs symbol use switch a path rect circle ellipse line polyline polygon text tspan textPath image
        linearGradient radialGradient stop pattern clipPath mask marker filter title desc style
        feBlend feColorMatrix feComponentTransfer feFuncR feFuncG feFuncB feFuncA feComposite feDropShadow feFlood
        feGaussianBlur feMerge feMergeNode feMorphology feOffset feTile feTurbulence
    """)
)
_WRITTEN = frozenset(("text", "tspan", "textPath", "title", "desc"))
_ATTRIBUTES = frozenset(
    str.split("""
        width height viewBox preserveAspectRatio x y version refX refY d pathLength rx ry cx cy r x1 y1 x2 y2 points dx
        dy rotate textLength lengthAdjust startOffset method spacing side gradientUnits gradientTransform spreadMethod
        fx fy fr offset patternUnits patternContentUnits patternTransform clipPathUnits maskUnits maskContentUnits
        markerUnits markerWidth markerHeight orient filterUnits primitiveUnits mode type values tableValues slope
        intercept amplitude exponent operator k1 k2 k3 k4 stdDeviation edgeMode radius baseFrequency numOctaves seed
        stitchTiles fill fill-opacity fill-rule stroke stroke-width stroke-linecap stroke-linejoin stroke-miterlimit
        stroke-dasharray stroke-dashoffset stroke-opacity opacity color display visibility overflow transform
        transform-origin clip-path clip-rule mask filter marker marker-start marker-mid marker-end font-family font-size
        font-weight font-style font-variant font-stretch text-anchor text-decoration letter-spacing word-spacing
        dominant-baseline alignment-baseline baseline-shift writing-mode direction unicode-bidi line-height text-align
        white-space stop-color stop-opacity flood-color flood-opacity lighting-color color-interpolation
        color-interpolation-filters paint-order vector-effect shape-rendering text-rendering image-rendering
        mix-blend-mode isolation
    """)
)
_NAMES = re.compile(r"[ic]\d{1,7}(?: [ic]\d{1,7})*")
_INPUTS = _NAMES.pattern + "|SourceGraphic|SourceAlpha|BackgroundImage|BackgroundAlpha|FillPaint|StrokePaint"
_SPECIAL = {
    **dict.fromkeys(("id", "class"), _NAMES),
    **dict.fromkeys(("in", "in2", "result"), re.compile(_INPUTS)),
    "xmlns": re.compile(_SVG),
    "xmlns:xlink": re.compile(_XLINK),
    "xml:space": re.compile("default|preserve"),
    "xlink:href": re.compile(r"#i\d{1,7}|data:image/(?:jpeg|png|gif|webp);base64,[A-Za-z0-9+/]*+={0,2}"),
}
_TAG = re.compile(r"<(/?)([A-Za-z]+)((?>(?: [a-z:A-Z0-9-]+=\"[^\"<>]*+\")*))>([^<]*+)")
_ATTRIBUTE = re.compile(r' ([^=]+)="([^"]*)"')
_FETCHED = re.compile(
    r"url\((?!#i\d)|image(?:-set)?\(|src\(|(?:https?|file|ftp|data|javascript):|//|@|\\|expression", re.I
)
_SHEET = re.compile(r"(?>(?:(?>(?:[A-Za-z*0-9 ,]|&gt;|[.#][ic]\d)+)\{(?>(?:[a-z-]+:[^{}<>;]++;?)*)\})*)")


def read_svg(octets: bytes, proof: Proof) -> None:
    """Raises NotOurForm for any other element, attribute or name, a reference out of the drawing, a comment, and text
    where none is shown; pictures in it are read by their kind."""
    drawing = octets.decode("utf-8")
    need(drawing.startswith(_BEGIN + "<svg "), "a drawing of another form")
    nested: list[str] = []
    at = len(_BEGIN)
    while at < len(drawing) - 1:
        tag = needed(_TAG.match(drawing, at), "a tag of another form")
        _read_tag(tag, nested, proof)
        at = tag.end()
    need(not nested and drawing.endswith("</svg>\n"), "an element without its end")


def _read_tag(tag: re.Match[str], nested: list[str], proof: Proof) -> None:
    name, text = tag[2], tag[4]
    if tag[1]:
        need(nested and nested.pop() == name and not tag[3], "an end tag without its element")
    else:
        need(name in _ELEMENTS, "an element that is not listed")
        for attribute, value in _ATTRIBUTE.findall(tag[3]):
            _read_attribute(attribute, value, proof)
        nested.append(name)
    inside = nested[-1] if nested else ""
    if inside == "style":
        need(_SHEET.fullmatch(text) and not _FETCHED.search(text), "styles")
    elif inside not in _WRITTEN:
        need(not text.strip(), "text where none is shown")


def _read_attribute(name: str, value: str, proof: Proof) -> None:
    special = _SPECIAL.get(name)
    if special is not None:
        need(special.fullmatch(value), "a name or reference")
        if value.startswith("data:"):
            proof.inside(base64.b64decode(value.partition(",")[2], validate=True))
        return
    need(name in _ATTRIBUTES or name == "style", "an attribute that is not listed")
    need(not _FETCHED.search(value), "a reference out of the drawing")
