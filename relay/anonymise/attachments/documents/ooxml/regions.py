"""Removes from an Office part where it was written and with which version: regions of languages, separators, builds."""

from __future__ import annotations

import re

from lxml import etree

from relay.anonymise.attachments.documents.xml_trees import attributes, elements, local, removed
from relay.anonymise.attachments.regions import (
    number_for_format,
    number_without_region,
    tag_for_format,
    tag_without_region,
)

# Elements whose attributes are language tags (ECMA-376 1, 17.3.2.20, 17.15.1.88, 17.5.2.24, 21.2.2.87).
_LANGUAGES = frozenset({"lang", "themeFontLang", "lid"})
_VALUES = frozenset({"val", "eastAsia", "bidi"})
# Attributes that are language tags, on any element.
_MARKS = frozenset({"lang", "altLang"})
# Separators of the author's system; the state of its spelling checker.
_GONE = frozenset({"decimalSymbol", "listSeparator", "activeWritingStyle", "proofState", "proofErr"})
# Attributes of these elements that name a version, a build, a printer, or what a spelling checker thought.
_OF_PROGRAMS = {
    "fileVersion": frozenset({"lastEdited", "lowestEdited", "rupBuild", "codeName"}),
    "workbookPr": frozenset({"defaultThemeVersion"}),
    "calcPr": frozenset({"calcId"}),
    "pageSetup": frozenset({"horizontalDpi", "verticalDpi", "usePrinterDefaults"}),
    **dict.fromkeys(("rPr", "endParaRPr", "defRPr"), frozenset({"dirty", "err", "smtClean", "smtId"})),
}
# Frequent elements without such marks.
_CELLS = frozenset({"c", "v", "row", "r", "t"})
# The locale of a number format (ECMA-376 1, 18.8.31): a currency sign, a number or tag, and a calendar.
_LOCALE = re.compile(r"\[\$([^\[\]\-]{0,40})-([^\[\],]{1,40})((?:,[^\[\]]{0,20})?)\]")
_DIGITS = re.compile(r"[0#?]")
_HEXADECIMAL = re.compile(r"[0-9A-Fa-f]{1,8}")
_OLD_TAG = re.compile(r"[0-9A-Fa-f]{4}")


def neutral_regions(root: etree._Element) -> int:
    """Change the tree of one part. Returns how many marks were changed or removed."""
    count = 0
    for element in elements(root):
        tag = local(element.tag)
        if tag in _CELLS:
            continue
        if tag in _GONE:
            removed(element)
            count += 1
            continue
        if tag == "fileVersion" and element.get("appName", "xl") != "xl":
            element.set("appName", "xl")
        for name, value in attributes(element) if element.attrib else ():
            count += _attribute(element, tag, name, value)
        if tag in ("formatCode", "f", "formula1", "formula2") and element.text and "[$" in element.text:
            element.text = format_without_region(element.text)
    return count


def _attribute(element: etree._Element, tag: str, name: str, value: str) -> int:
    word = local(name)
    if word in _OF_PROGRAMS.get(tag, ()):
        del element.attrib[name]
        return 1
    if word == "formatCode":
        new = format_without_region(value)
    elif word in _MARKS or (tag in _LANGUAGES and word in _VALUES):
        new = _language(value)
    else:
        return 0
    if new == value:
        return 0
    if new:
        element.set(name, new)
    else:
        del element.attrib[name]
    return 1


def _language(value: str) -> str:
    """A tag without region. Older programs write language numbers (ECMA-376 1, 22.9.2.6)."""
    if _OLD_TAG.fullmatch(value) and any(sign.isdigit() for sign in value):
        return f"{number_without_region(int(value, 16)):04X}"
    return value if value == "x-none" else tag_without_region(value)


def format_without_region(code: str) -> str:
    """A number format whose locales tell of a region only how it writes numbers. Pattern, currency signs, digits and
    calendars stay."""
    if "[$" not in code:
        return code
    numeric = _DIGITS.search(_LOCALE.sub("", code)) is not None
    return _LOCALE.sub(lambda locale: _neutral_locale(locale, numeric), code)


def _neutral_locale(locale: re.Match[str], numeric: bool) -> str:
    sign, where, calendar = locale[1], locale[2], locale[3]
    if where.lower().startswith("x-"):
        # The date and time formats of the reader's system.
        return locale[0]
    if _HEXADECIMAL.fullmatch(where):
        number = int(where, 16)
        new = f"{number & 0xFFFF0000 | number_for_format(number, numeric=numeric):X}"
    else:
        new = tag_for_format(where, numeric=numeric)
    if not new:
        return f"[${sign}]" if sign else ""
    return f"[${sign}-{new}{calendar}]"
