"""Elements, attributes and properties of SVG that are kept (SVG 1.1 and 2)."""

from __future__ import annotations

import re

# Element → its own attributes that are kept. Structure and shapes, colours, texts, clips and filters.
_SHAPE = "pathLength"
ELEMENTS: dict[str, frozenset[str]] = {
    name: frozenset(attributes.split())
    for name, attributes in {
        "svg": "width height viewBox preserveAspectRatio x y version",
        "g": "",
        "defs": "",
        "symbol": "viewBox preserveAspectRatio refX refY x y width height",
        "use": "x y width height",
        "switch": "",
        "a": "",
        "path": f"d {_SHAPE}",
        "rect": f"x y width height rx ry {_SHAPE}",
        "circle": f"cx cy r {_SHAPE}",
        "ellipse": f"cx cy rx ry {_SHAPE}",
        "line": f"x1 y1 x2 y2 {_SHAPE}",
        "polyline": f"points {_SHAPE}",
        "polygon": f"points {_SHAPE}",
        "text": "x y dx dy rotate textLength lengthAdjust",
        "tspan": "x y dx dy rotate textLength lengthAdjust",
        "textPath": "startOffset method spacing side",
        "image": "x y width height preserveAspectRatio",
        "linearGradient": "x1 y1 x2 y2 gradientUnits gradientTransform spreadMethod",
        "radialGradient": "cx cy r fx fy fr gradientUnits gradientTransform spreadMethod",
        "stop": "offset",
        "pattern": "x y width height viewBox preserveAspectRatio patternUnits patternContentUnits patternTransform",
        "clipPath": "clipPathUnits",
        "mask": "x y width height maskUnits maskContentUnits",
        "marker": "viewBox preserveAspectRatio refX refY markerUnits markerWidth markerHeight orient",
        "filter": "x y width height filterUnits primitiveUnits",
        "feBlend": "mode in in2",
        "feColorMatrix": "type values in",
        "feComponentTransfer": "in",
        "feFuncR": "type tableValues slope intercept amplitude exponent offset",
        "feFuncG": "type tableValues slope intercept amplitude exponent offset",
        "feFuncB": "type tableValues slope intercept amplitude exponent offset",
        "feFuncA": "type tableValues slope intercept amplitude exponent offset",
        "feComposite": "operator k1 k2 k3 k4 in in2",
        "feDropShadow": "dx dy stdDeviation in",
        "feFlood": "",
        "feGaussianBlur": "stdDeviation edgeMode in",
        "feMerge": "",
        "feMergeNode": "in",
        "feMorphology": "operator radius in",
        "feOffset": "dx dy in",
        "feTile": "in",
        "feTurbulence": "baseFrequency numOctaves seed stitchTiles type",
    }.items()
}
FILTER_PRIMITIVES = frozenset(name for name in ELEMENTS if name.startswith("fe"))
INPUTS = frozenset(("SourceGraphic", "SourceAlpha", "BackgroundImage", "BackgroundAlpha", "FillPaint", "StrokePaint"))
# Text for screen readers, kept without identities.
SPOKEN = frozenset(("title", "desc"))
# Elements that hold text.
WRITTEN = frozenset(("text", "tspan", "textPath", "title", "desc"))

# Properties allowed as attributes, in a style attribute and in a style sheet.
PROPERTIES = frozenset(
    str.split("""
        fill fill-opacity fill-rule stroke stroke-width stroke-linecap stroke-linejoin stroke-miterlimit
        stroke-dasharray stroke-dashoffset stroke-opacity opacity color display visibility overflow transform
        transform-origin clip-path clip-rule mask filter marker marker-start marker-mid marker-end
        font-family font-size font-weight font-style font-variant font-stretch text-anchor text-decoration
        letter-spacing word-spacing dominant-baseline alignment-baseline baseline-shift writing-mode direction
        unicode-bidi line-height text-align white-space stop-color stop-opacity flood-color flood-opacity
        lighting-color color-interpolation color-interpolation-filters paint-order vector-effect shape-rendering
        text-rendering image-rendering mix-blend-mode isolation
    """)
)
# An allowed value: numbers, words, colours, functions of numbers. References are checked separately.
VALUE = re.compile(r"""[\w\s#%.,+\-()'"/]{1,20000}""")
PATH = re.compile(r"[\sMmZzLlHhVvCcSsQqTtAaEe0-9+\-.,]*")
NUMBERS = re.compile(r"[\w\s%.,+\-();:#/]*")
REFERENCE = re.compile(r"""url\(\s*['"]?#([^'")\s]+)['"]?\s*\)""")
UNSAFE = re.compile(r"url\s*\(|image\s*\(|image-set|src\s*\(|expression|@|\\|javascript|https?:|//", re.IGNORECASE)
