"""Reduces the settings of an OpenDocument file to those that affect its layout."""

from __future__ import annotations

from lxml import etree

from relay.anonymise.attachments.documents.xml_trees import attributes, elements, local, parsed, removed, serialised

_SWITCHES = frozenset({"boolean", "short", "int", "long"})


def clean_settings(content: bytes) -> bytes:
    """Keep only boolean and numeric document settings: strings name printers, data sources and people, and view
    settings show the author's last position. Raises CannotAnonymise."""
    root = parsed(content)
    for element in elements(root):
        tag = local(element.tag)
        if tag != "config-item":
            element.text = None
        name = _attribute(element, "name")
        views = tag == "config-item-set" and name != "ooo:configuration-settings" and _outermost(element)
        words = tag == "config-item" and (_attribute(element, "type") not in _SWITCHES or "rsid" in name.lower())
        if views or words or tag.startswith("config-item-map"):
            removed(element)
    return serialised(root)


def _attribute(element: etree._Element, word: str) -> str:
    return next((value for name, value in attributes(element) if local(name) == word), "")


def _outermost(element: etree._Element) -> bool:
    parent = element.getparent()
    return parent is None or local(parent.tag) == "settings"
