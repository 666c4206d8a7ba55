"""The look of a piece of text in one notation: emphasis, links, colours."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from typing import NamedTuple

from PIL import ImageColor

_SAME: dict[str, str] = {
    **dict.fromkeys(("b", "strong"), "bold"),
    **dict.fromkeys(("i", "em", "dfn", "var", "cite"), "italic"),
    "u": "underlined",
    "ins": "inserted",
    **dict.fromkeys(("s", "strike", "del"), "struck"),
    **dict.fromkeys(("code", "tt", "kbd", "samp"), "code"),
}
_SIZES = {"small": "small", "big": "big"}
# Text this dark and grey is the default of programs; so are white backgrounds.
_DARK, _GREY, _PALE, _WHITE = 0x45, 0x18, 0xE8, 0xF8
_FUNCTION = re.compile(r"rgba?\(([^()]{5,60})\)")
_NUMBER = re.compile(r"\d{1,4}(?:\.\d{1,6})?|\.\d{1,6}")


class Look(NamedTuple):
    """The look of a piece of text. Colours are "#rrggbb", or "" for the mail program's default."""

    href: str = ""
    bold: bool = False
    italic: bool = False
    underlined: bool = False
    struck: bool = False
    inserted: bool = False
    code: bool = False
    script: str = ""
    size: str = ""
    colour: str = ""
    ground: str = ""

    def within(self, name: str, attributes: Mapping[str, str], style: Mapping[str, str]) -> Look:
        """The look inside of one more element."""
        look = self
        if name in _SAME:
            look = look._replace(**{_SAME[name]: True})  # type: ignore[arg-type]
        elif name in ("sub", "sup"):
            look = look._replace(script=name)
        elif name in _SIZES:
            look = look._replace(size=name)
        elif name == "mark":
            look = look._replace(ground="#ffff00")
        elif name == "a" and attributes.get("href"):
            look = look._replace(href=attributes["href"])
        elif name == "font":
            look = look._of_font(attributes)
        return look._styled(style) if style else look

    def _of_font(self, attributes: Mapping[str, str]) -> Look:
        size = attributes.get("size", "")
        look = self._replace(colour=ink(attributes["color"])) if "color" in attributes else self
        if size in ("1", "-1", "-2"):
            return look._replace(size="small")
        return look._replace(size="big") if size in ("4", "5", "6", "7", "+1", "+2", "+3", "+4") else look

    def _styled(self, style: Mapping[str, str]) -> Look:
        look = self
        weight = style.get("font-weight", "")
        if weight:
            look = look._replace(bold=weight in ("bold", "bolder", "600", "700", "800", "900"))
        if "font-style" in style:
            look = look._replace(italic=style["font-style"] != "normal")
        lines = style.get("text-decoration", "").split()
        if lines:
            look = look._replace(
                underlined=look.underlined or "underline" in lines, struck=look.struck or "line-through" in lines
            )
        if style.get("vertical-align") in ("sub", "super"):
            look = look._replace(script=style["vertical-align"][:3])
        if "color" in style:
            look = look._replace(colour=ink(style["color"]))
        if "background-color" in style:
            look = look._replace(ground=ground(style["background-color"]))
        return look

    def common(self, other: Look) -> Look:
        """What two neighbours share: the look of the space between them."""
        return Look(
            self.href if self.href == other.href else "",
            self.bold and other.bold,
            self.italic and other.italic,
            self.underlined and other.underlined,
            self.struck and other.struck,
            self.inserted and other.inserted,
            self.code and other.code,
            self.script if self.script == other.script else "",
            self.size if self.size == other.size else "",
            self.colour if self.colour == other.colour else "",
            self.ground if self.ground == other.ground else "",
        )

    def tags(self) -> tuple[str, ...]:
        """The elements for this look, outermost first. Links keep the mail program's own colour and underline."""
        if self == _PLAIN:
            return ()
        out = [f'a href="{escape(self.href)}"'] if self.href else []
        out += ["b"] * self.bold + ["i"] * self.italic
        out += ["u"] * (self.underlined and not self.href) + ["s"] * self.struck
        out += ["ins"] * self.inserted + ["code"] * self.code
        out += [tag for tag in (self.script, self.size) if tag]
        style = []
        # White text without a background would be invisible.
        if self.colour and not self.href and (self.ground or min(_rgb(self.colour) or (0,)) < _PALE):
            style.append(f"color:{self.colour}")
        if self.ground:
            style.append(f"background-color:{self.ground}")
        if style:
            out.append(f'span style="{";".join(style)}"')
        return tuple(out)


_PLAIN = Look()


def ink(value: str) -> str:
    """A text colour as "#rrggbb"; "" for default blacks and invalid values."""
    colour = _rgb(value)
    if colour is None or (max(colour) <= _DARK and max(colour) - min(colour) <= _GREY):
        return ""
    return _written(colour)


def ground(value: str) -> str:
    """A background colour as "#rrggbb"; "" for white, transparent and invalid values."""
    colour = _rgb(value)
    return "" if colour is None or min(colour) >= _WHITE else _written(colour)


def _rgb(value: str) -> tuple[int, ...] | None:
    parts = _FUNCTION.fullmatch(value)
    if parts is not None:
        # CSS Color 4, 4.1: separated by commas or spaces, optionally with an alpha value at the end.
        numbers = _NUMBER.findall(parts[1])
        if len(numbers) < 3 or "%" in parts[1] or (len(numbers) > 3 and float(numbers[3]) == 0):
            return None
        return tuple(int(float(number)) for number in numbers[:3])
    try:
        colour = ImageColor.getrgb(value)
    except ValueError:
        return None
    return None if len(colour) > 3 and colour[3] == 0 else colour[:3]


def _written(colour: tuple[int, ...]) -> str:
    return "#" + "".join(f"{min(255, max(0, part)):02x}" for part in colour)
