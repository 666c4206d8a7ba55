"""Reads a style attribute: whether it hides text, and which declarations are kept."""

from __future__ import annotations

import re

_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})\s?|(.))", re.DOTALL)

# One pattern per property that is kept: appearance only, no position, no URL, no font names.
_COLOUR = r"(?:#[0-9a-f]{3,8}|[a-z]{3,20}|(?:rgb|hsl)a?\([\d\s.,%/deg-]{3,40}\))"
_KEPT = {
    "color": re.compile(_COLOUR),
    "background-color": re.compile(_COLOUR),
    "text-align": re.compile(r"left|right|center|justify|start|end"),
    "font-weight": re.compile(r"normal|bold|bolder|lighter|[1-9]00"),
    "font-style": re.compile(r"normal|italic|oblique"),
    "text-decoration": re.compile(r"none|underline|line-through|overline|underline line-through"),
    "vertical-align": re.compile(r"top|middle|bottom|baseline|sub|super"),
    "white-space": re.compile(r"normal|nowrap|pre|pre-wrap|pre-line|break-spaces"),
    "list-style-type": re.compile(r"none|disc|circle|square|decimal|(?:lower|upper)-(?:alpha|roman|latin|greek)"),
}
_SAME = {"background": "background-color", "text-decoration-line": "text-decoration"}

_NOTHING = re.compile(r"[-+]?0*(?:\.0*)?(?:px|pt|em|rem|ex|ch|vw|vh|%)?")
_TINY = re.compile(r"(?:[01](?:\.\d+)?|\.\d+)(?:px|pt)")
_FAR_AWAY = re.compile(r"-\d{3,}")


def declarations(style: str) -> dict[str, str]:
    """The declarations of a style attribute in lower case, without comments, with escapes decoded (CSS Syntax
    4.3.7)."""
    if "\\" in style:
        style = _ESCAPE.sub(_unescape, style)
    if "/*" in style:
        style = _COMMENT.sub("", style)
    found: dict[str, str] = {}
    for declaration in style.lower().split(";"):
        name, colon, value = declaration.partition(":")
        if colon:
            found[name.strip()] = value.replace("!important", "").strip()
    return found


def _unescape(escape: re.Match[str]) -> str:
    if escape[1] is None:
        return escape[2]
    code = int(escape[1], 16)
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else ""


def hides(found: dict[str, str]) -> bool:
    """Whether an element with this style hides its content."""
    if not found:
        return False
    get = found.get
    clipped = get("overflow", "") in {"hidden", "clip"}
    colour = get("color", "")
    return (
        get("display") == "none"
        or get("visibility") in {"hidden", "collapse"}
        or get("mso-hide") == "all"
        or colour == "transparent"
        or (bool(colour) and colour == get("background-color", get("background")))
        or ("opacity" in found and _is_nothing(found["opacity"]))
        or (
            clipped
            and any(
                _is_nothing(found[name]) for name in ("height", "max-height", "width", "max-width") if name in found
            )
        )
        or any(_FAR_AWAY.match(found[name]) for name in ("text-indent", "left", "top", "margin-left") if name in found)
    )


def shrinks(found: dict[str, str]) -> bool | None:
    """True: the text is too small to see; False: it has a visible size; None: inherited."""
    size = found.get("font-size")
    if size is None:
        return None
    return _is_nothing(size) or _TINY.fullmatch(size) is not None


def _is_nothing(value: str) -> bool:
    return bool(value) and _NOTHING.fullmatch(value) is not None


def kept(found: dict[str, str]) -> str:
    """The declarations that are kept, as a style attribute; "" when there are none."""
    out: dict[str, str] = {}
    for name, value in found.items():
        same = _SAME.get(name, name)
        drawn = _lines_of(value) if same == "text-decoration" else value
        allowed = _KEPT.get(same)
        if allowed is not None and allowed.fullmatch(drawn):
            out[same] = drawn
    return ";".join(f"{name}:{value}" for name, value in out.items())


def _lines_of(decoration: str) -> str:
    """Which lines a text decoration draws, without their style, colour and width (CSS Text Decoration 3, 2.5)."""
    words = set(decoration.split())
    return " ".join(line for line in ("none", "underline", "line-through", "overline") if line in words)
