"""Redacts attributes of document XML: text for people gets the persona, names for programs get a neutral token."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from lxml import etree

from relay.anonymise.attachments.documents.paths import holds_place, without_places
from relay.anonymise.attachments.documents.xml_trees import attributes, local
from relay.anonymise.identities import Redactor

# Attributes that programs show to people.
_SHOWN = frozenset(
    str.split("""
        descr title alt tooltip screentip display caption prompt promptTitle error errorTitle text comment description
        label v string-value formula condition expression cell-range-address location instr
        display-name help-message defaultValue
    """)
)
# Fonts may be named like a person.
_FONTS = frozenset(str.split("typeface ascii hAnsi cs eastAsia altName font-family font-name"))
# "val" is usually a keyword of the format; in these elements it is a user-chosen name.
_NAMING = frozenset(
    str.split("""
        name alias aliases tag pStyle rStyle tblStyle basedOn next link numStyleLink styleLink docPart placeholder
        category listItem statusText helpText default result entryMacro sourceFileName title
    """)
)
_IDENTIFIER = re.compile(r"[\w.\-]+")
_NAMES = frozenset({"name", "anchor", "displayName", "uniqueName", "id", "styleId"})
_FORMAT_WORD = re.compile(r"[a-z][A-Za-z]*|[A-Z]{1,3}\d{0,7}|[\d.,%:+-]*")
# Word boundaries in "JanesTable_2".
_WORD_STARTS = re.compile(r"(?<=[a-z])(?=[A-Z])|[_\d]{1,50}")
_ATTRIBUTES_OF_CELLS = frozenset(str.split("r s t cm vm ph"))


@dataclass(slots=True)
class Tokens:
    """Names for programs (bookmarks, sheets, ranges, styles) that contained an identity, with their replacements: the
    same in every part of a document."""

    redactor: Redactor
    names: dict[str, str] = field(default_factory=dict)

    def token(self, name: str) -> str:
        """The neutral name for ``name``."""
        return self.names.setdefault(name, f"Name{len(self.names) + 1}")

    def applied(self, text: str) -> str:
        """A formula, a link's fragment or a field's instruction, with the names in it replaced."""
        for name, token in self.names.items():
            if name in text:
                quoted = re.escape(name.replace("'", "''"))
                text = re.sub(rf"'{quoted}'(?=[!.])", token, text)
                text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", token, text)
        return text

    def named(self, value: str) -> bool:
        """Whether a name for programs contains an identity. It is searched in lower-case context: "black" is a colour
        there, even if somebody is called Black."""
        words = _WORD_STARTS.sub(" ", value).lower()
        return bool(self.redactor.find(f"x {value.lower()} x {words} x"))


Place = tuple[etree._Element, str]


def redact_values(root: etree._Element, tokens: Tokens) -> int:
    """Replace identities and file paths in every attribute of the tree. Returns their number."""
    names: dict[str, list[Place]] = {}
    words: dict[str, list[Place]] = {}
    for element in root.iter():
        tag = local(element.tag)
        for name, value in attributes(element) if element.attrib else ():
            word = local(name)
            if len(value) < 3 or (tag == "c" and word in _ATTRIBUTES_OF_CELLS):
                continue
            if word in _SHOWN and not (word == "v" and tag == "n"):
                words.setdefault(value, []).append((element, name))
            elif word != "href" and (value in tokens.names or not _is_format(tag, word, value)):
                several = names if _is_name(tag, word, value) else words
                several.setdefault(value, []).append((element, name))
    # Names first: formulas and fragments refer to them.
    count = _replaced(names, lambda value: _name(value, tokens), tokens)
    return count + _replaced(words, lambda value: _words(value, tokens), tokens)


def _is_name(tag: str, word: str, value: str) -> bool:
    """Whether the value is a name by which programs refer to something."""
    return word in _NAMES or (word == "val" and tag in _NAMING) or _IDENTIFIER.fullmatch(value) is not None


def _is_format(tag: str, word: str, value: str) -> bool:
    if word in _FONTS or (tag in ("font", "rFont", "charset") and word in ("name", "val")):
        # May be named like a person; more than one word is somebody's.
        return " " not in value
    if word in _NAMES or (word == "val" and tag in _NAMING):
        return False
    return _FORMAT_WORD.fullmatch(value) is not None


def _name(value: str, tokens: Tokens) -> str:
    value = tokens.applied(value)
    if holds_place(value):
        return ""
    return tokens.token(value) if tokens.named(value) else value


def _words(value: str, tokens: Tokens) -> str:
    return tokens.redactor.redact(without_places(tokens.applied(value)))[0]


def _replaced(places: dict[str, list[Place]], clean: Callable[[str], str], tokens: Tokens) -> int:
    if not _worth_it(places, tokens):
        return 0
    count = 0
    for value, several in places.items():
        replacement = clean(value)
        if replacement != value:
            count += len(several)
            for element, name in several:
                element.set(name, replacement)
    return count


def _worth_it(values: Iterable[str], tokens: Tokens) -> bool:
    """Quick test of all values together: most parts of most documents contain no identity."""
    together = "\n\n".join(values)
    return (
        holds_place(together)
        or bool(tokens.redactor.find(together))
        or tokens.named(together)
        or any(name in together for name in tokens.names)
    )
