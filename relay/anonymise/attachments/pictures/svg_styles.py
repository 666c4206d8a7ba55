"""Cleans the styles of an SVG drawing: keeps drawing properties without external references and identities (CSS 2)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from relay.anonymise.attachments.pictures.svg_allowed import ELEMENTS, PROPERTIES, REFERENCE, UNSAFE, VALUE
from relay.anonymise.identities import Redactor

_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)|<!--|-->", re.DOTALL)
_SELECTOR = re.compile(r"([A-Za-z][\w-]*|\*)?((?:[.#][^\s.#,>+~:\[\]()]+)*)")
_PART = re.compile(r"([.#])([^\s.#,>+~:\[\]()]+)")


@dataclass(slots=True)
class Styles:
    """The styles of one drawing, and the neutral names for its identifiers and classes."""

    redactor: Redactor
    _identifiers: dict[str, str] = field(default_factory=dict)
    _classes: dict[str, str] = field(default_factory=dict)

    def identifier(self, name: str) -> str:
        """The neutral identifier for a name, the same each time."""
        return self._identifiers.setdefault(name, f"i{len(self._identifiers) + 1}")

    def class_name(self, name: str) -> str:
        """The neutral class name for a name, the same each time."""
        return self._classes.setdefault(name, f"c{len(self._classes) + 1}")

    def value(self, value: str) -> str:
        """The value of a property; "" when it is removed: it fetches something, or contains an identity."""
        clean = REFERENCE.sub(lambda found: f"url(#{self.identifier(found[1])})", value.strip())
        if UNSAFE.search(REFERENCE.sub("", clean)) or not VALUE.fullmatch(clean):
            return ""
        return "" if self.redactor.find(clean) else clean

    def attribute(self, style: str) -> str:
        """A style attribute with the kept declarations."""
        kept = []
        for declaration in _COMMENT.sub("", style).split(";"):
            name, _, value = declaration.partition(":")
            clean = self.value(value) if name.strip().lower() in PROPERTIES else ""
            if clean:
                kept.append(f"{name.strip().lower()}:{clean}")
        return ";".join(kept)

    def sheet(self, sheet: str) -> str:
        """A style sheet with its plain rules; font, import and media rules are dropped."""
        out = []
        for rule in _COMMENT.sub("", sheet).split("}"):
            selectors, brace, body = rule.rpartition("{")
            if not brace or "{" in selectors:
                continue
            # The text before the last ";" is a rule of its own ("@import x;").
            names = [name for one in selectors.rpartition(";")[2].split(",") if (name := self._selector(one))]
            style = self.attribute(body)
            if names and style:
                out.append(f"{','.join(names)}{{{style}}}")
        return "".join(out)

    def _selector(self, selector: str) -> str:
        """A selector of nested elements, classes and identifiers; "" for every other."""
        out = []
        for step in selector.split():
            simple = _SELECTOR.fullmatch(step)
            if step == ">":
                out.append(step)
                continue
            if simple is None or (simple[1] not in (None, "*") and simple[1] not in ELEMENTS):
                return ""
            parts = [
                mark + (self.class_name(name) if mark == "." else self.identifier(name))
                for mark, name in _PART.findall(simple[2])
            ]
            out.append((simple[1] or "") + "".join(parts))
        return " ".join(out)
