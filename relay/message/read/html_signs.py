"""Writes into a page's text what only fonts and formulas show: the signs of symbol fonts, and MathML."""

from __future__ import annotations

import re
from html import escape

from relay.message.read.html_tokens import Tag, html_tokens
from relay.message.read.mathml import formula_text
from relay.message.read.symbol_fonts import private_signs, signs, symbol_font

_CONCERNED = re.compile(
    r"wingdings|webdings|\bsymbol\b|<math[\s>]|[\uf020-\uf0ff]|&#(?:614|615|616|x?f0)", re.IGNORECASE
)
_CONCERNED_ASCII = ("dings", "symbol", "<math", "&#")
_FAMILY = re.compile(r"(?:^|;)\s*font(-family)?\s*:([^;]{0,300})", re.IGNORECASE)
_SHORTHAND_SIZE = re.compile(
    r"^.*?(?:\d(?:pt|px|em|rem|%)|small|medium|large|smaller|larger)(?:\s*/\s*\S+)?\s", re.IGNORECASE
)
_HIDDEN_TWIN = re.compile(r"katex-mathml|mjx-assistive")
"""Elements whose formula is shown a second time beside them, in text that is visible."""

_CLOSED_BY_NEXT = frozenset(("p", "li", "td", "th", "tr", "dt", "dd", "option"))
_VOID = frozenset(("br", "img", "hr", "meta", "link", "input", "col", "wbr", "base"))


def with_signs(markup: str) -> str:
    """``markup`` in which text in Wingdings, Webdings and Symbol is the signs these fonts show, and each formula in
    MathML is text. Unchanged where there is neither; elsewhere without comments. Linear in its length."""
    if not _is_concerned(markup):
        return markup
    page = _Page()
    for token in html_tokens(markup):
        page.add(token)
    return page.finished()


def _is_concerned(markup: str) -> bool:
    if markup.isascii():
        low = markup.lower()
        if not any(sign in low for sign in _CONCERNED_ASCII):  # as in most pages; ten times as fast as the pattern
            return False
    return bool(_CONCERNED.search(markup))


class _Page:
    """``_open`` are the open elements with the font around each; ``_formula`` the tokens of an open math element."""

    def __init__(self) -> None:
        self._out: list[str] = []
        self._open: list[tuple[str, str | None]] = []
        self._counts: dict[str, int] = {}
        self._font: str | None = None
        self._formula: list[Tag | str] | None = None
        self._hidden_twin = False

    def add(self, token: Tag | str) -> None:
        """The next tag or text."""
        if self._formula is not None:
            self._in_formula(token)
        elif isinstance(token, str):
            shown = signs(token, self._font) if self._font else private_signs(token)
            self._out.append(escape(shown, quote=False))
            self._hidden_twin = self._hidden_twin and not token.strip()
        elif token.name == "math" and token.kind == "start":
            self._formula = []
        else:
            self._tag(token)

    def finished(self) -> str:
        """The whole page. A formula that does not end is shown, too."""
        if self._formula is not None:
            self._end_formula()
        return "".join(self._out)

    def _in_formula(self, token: Tag | str) -> None:
        if isinstance(token, Tag) and token.name == "math":
            if token.kind == "end":
                self._end_formula()
        elif self._formula is not None:
            self._formula.append(token)

    def _end_formula(self) -> None:
        if self._formula and not self._hidden_twin:
            self._out.append(escape(formula_text(self._formula), quote=False))
        self._formula = None

    def _tag(self, token: Tag) -> None:
        self._out.append(f"<{'/' if token.kind == 'end' else ''}{token.name}{token.written}>")
        if token.kind == "end":
            self._close(token.name)
        elif token.kind == "start" and token.name not in _VOID:
            if token.name in _CLOSED_BY_NEXT and self._open and self._open[-1][0] == token.name:
                self._close(token.name)
            self._open.append((token.name, self._font))
            self._counts[token.name] = self._counts.get(token.name, 0) + 1
            self._font = _font(token, self._font)
            self._hidden_twin = bool(_HIDDEN_TWIN.search(token.name + token.written))

    def _close(self, name: str) -> None:
        if not self._counts.get(name):
            return
        while self._open:
            last, self._font = self._open.pop()
            self._counts[last] -= 1
            if last == name:
                break


def _font(token: Tag, around: str | None) -> str | None:
    """The symbol font inside of an element, or None."""
    if "f" not in token.written.lower():
        return around
    attributes = token.attributes
    if token.name == "font" and "face" in attributes:
        around = symbol_font(attributes["face"])
    for family, value in _FAMILY.findall(attributes.get("style", "")):
        around = symbol_font(value if family else _SHORTHAND_SIZE.sub("", value, count=1))
    return around
