"""Removes from an OpenDocument file where it was written: the countries of languages, of number formats and sorting."""

from __future__ import annotations

import re

from lxml import etree

from relay.anonymise.attachments.documents.xml_trees import attributes, local, namespace
from relay.anonymise.attachments.regions import tag_for_format, tag_without_region

_PART = re.compile(r"(transliteration-)?(language|country|script|rfc-language-tag)(-asian|-complex)?")
# Formats that follow the reader's language: their own pattern is the one that was seen (OpenDocument 1.3, 19.340).
_FOLLOWING = frozenset({"automatic-order", "format-source"})
_NUMERIC = frozenset({"number-style", "currency-style", "percentage-style"})
_SCRIPT = 4
_SPACES = ("urn:oasis:names:tc:opendocument", "urn:org:documentfoundation")


def neutral_regions(element: etree._Element) -> None:
    """Change the attributes of one element."""
    groups: dict[tuple[str, str], dict[str, str]] = {}
    for name, value in attributes(element) if element.attrib else ():
        word = local(name)
        if word == "lang":
            _set(element, name, tag_without_region(value))
        elif word in _FOLLOWING and namespace(name).startswith(_SPACES):
            del element.attrib[name]
        elif namespace(name).startswith(_SPACES) and (part := _PART.fullmatch(word)):
            groups.setdefault((part[1] or "", part[3] or ""), {})[part[2]] = name
    for names in groups.values():
        if ":datastyle:" in namespace(names.get("language", "")) and "country" in names:
            _neutral_format(element, names)
        else:
            _neutral(element, names)


def _neutral(element: etree._Element, names: dict[str, str]) -> None:
    """One language of an element, in its attributes ``names``: "language", "country", "script", "rfc-language-tag"."""
    old = {part: str(element.get(name, "")) for part, name in names.items()}
    country = old.get("country", "")
    if country in ("", "none") and "rfc-language-tag" not in old:
        return
    tag = old.get("rfc-language-tag") or "-".join(filter(None, (old.get("language"), old.get("script"), country)))
    language, _, script = tag_without_region(tag).partition("-")
    where = namespace(next(iter(names.values())))
    suffix = next(re.sub(r"\A.*?(-asian|-complex)?\Z", r"\1", local(name)) for name in names.values())
    for part in ("rfc-language-tag", "script", "country"):
        if part in names:
            del element.attrib[names[part]]
    if "language" in names or "rfc-language-tag" in names:
        _set(element, names.get("language", f"{{{where}}}language{suffix}"), language)
    if script and language:
        at = names.get("script", names.get("language", f"{{{where}}}language{suffix}").replace("language", "script"))
        element.set(at, script)
    if "country" in names and "number" not in where:
        # Without a country of its own, text would take that of the style above.
        element.set(names["country"], "none")


def _neutral_format(element: etree._Element, names: dict[str, str]) -> None:
    """A number format keeps a region: the one that stands for its language, or for how it writes numbers."""
    old = [str(element.get(names[part], "")) for part in ("language", "script", "country") if part in names]
    tag = tag_for_format("-".join(filter(None, old)), numeric=local(element.tag) in _NUMERIC)
    language, *rest = tag.split("-")
    _set(element, names["language"], language)
    _set(element, names["country"], "".join(part for part in rest if len(part) < _SCRIPT))
    if "script" in names:
        _set(element, names["script"], "".join(part for part in rest if len(part) == _SCRIPT))


def _set(element: etree._Element, name: str, value: str) -> None:
    if value:
        element.set(name, value)
    else:
        element.attrib.pop(name, "")
