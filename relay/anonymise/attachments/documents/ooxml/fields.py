"""Cleans the fields of Word documents: instructions, and results that show who or where the author is (ECMA-376 1,
17.16)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

from relay.anonymise.attachments.documents.xml_trees import broken, local
from relay.anonymise.identities import Redactor
from relay.anonymise.links.in_files import clean_link_of_file

# Fields that a program fills with its user and their place.
_PERSONAL = {
    "AUTHOR": "Author", "LASTSAVEDBY": "Author", "USERNAME": "Author", "USERINITIALS": "A", "USERADDRESS": "",
    "FILENAME": "document", "TEMPLATE": "", "SAVEDATE": "", "CREATEDATE": "", "PRINTDATE": "", "EDITTIME": "",
    "REVNUM": "",
}  # fmt: skip
# Fields that fetch external content.
_FETCHING = frozenset(
    str.split("""
        INCLUDEPICTURE INCLUDETEXT INCLUDE IMPORT LINK DDE DDEAUTO RD DATABASE MERGEFIELD DATA ADDRESSBLOCK
        GREETINGLINE
    """)
)
_PROPERTY = re.compile(r"\s*(?:DOCPROPERTY|INFO)\s+\"?(Author|LastSavedBy|Company|Manager|Template|FileName)", re.I)
_DEEPEST = 40
_WORD = re.compile(r"\s*([A-Za-z]+)")
_TARGET = re.compile(r"(\s*HYPERLINK\s+)(?!\\)(?:\"((?:[^\"\\]|\\.){0,4000})\"|([^\s\"\\]\S{0,4000}))", re.IGNORECASE)


def clean_instruction(instruction: str, redactor: Redactor) -> tuple[str, str | None]:
    """The field's instruction without places and people, and its required result (None: unchanged)."""
    word = _WORD.match(instruction)
    kind = word[1].upper() if word else ""
    if kind in _PERSONAL:
        return f" {kind} ", _PERSONAL[kind]
    if kind in _FETCHING:
        return (f' {kind} "" ', None) if kind != "MERGEFIELD" else (instruction, None)
    if _PROPERTY.match(instruction):
        return instruction, "Author"
    target = _TARGET.match(instruction)
    if kind != "HYPERLINK" or target is None:
        return instruction, None
    url = (target[2] if target[2] is not None else target[3]).replace("\\\\", "\\")
    link = clean_link_of_file(url, redactor)
    if link.url == url:
        return instruction, None
    clean = (link.url or "").replace("\\", "\\\\").replace('"', "%22")
    return f'{target[1]}"{clean}"{instruction[target.end() :]}', None


@dataclass(slots=True)
class _Field:
    instructions: list[etree._Element] = field(default_factory=list)
    results: list[etree._Element] = field(default_factory=list)
    separated: bool = False


def clean_fields(root: etree._Element, redactor: Redactor) -> int:
    """Clean every field of a tree, simple ones and those split into runs. Returns how many were changed."""
    count = 0
    open_fields: list[_Field] = []
    for element in root.iter():
        name = local(element.tag)
        if name == "fldSimple":
            count += _simple(element, redactor)
        elif name == "fldChar":
            count += _mark(element, open_fields, redactor)
        elif name in ("instrText", "delInstrText") and open_fields:
            open_fields[-1].instructions.append(element)
        elif name in ("t", "delText"):
            for each in open_fields:
                if each.separated:
                    each.results.append(element)
    # A field that never ends has no result, but it has an instruction.
    return count + sum(_finish(each, redactor) for each in open_fields)


def _mark(element: etree._Element, open_fields: list[_Field], redactor: Redactor) -> int:
    kind = next((value for name, value in element.attrib.items() if local(name) == "fldCharType"), "")
    if kind == "begin":
        if len(open_fields) >= _DEEPEST:
            raise broken()
        open_fields.append(_Field())
    elif kind == "separate" and open_fields:
        open_fields[-1].separated = True
    elif kind == "end" and open_fields:
        return _finish(open_fields.pop(), redactor)
    return 0


def _finish(done: _Field, redactor: Redactor) -> int:
    whole = "".join(element.text or "" for element in done.instructions)
    clean, result = clean_instruction(whole, redactor)
    if clean != whole:
        _spread(done.instructions, clean)
    if result is not None:
        _spread(done.results, result)
    return int(clean != whole or result is not None)


def _simple(element: etree._Element, redactor: Redactor) -> int:
    name = next((name for name in element.attrib if local(name) == "instr"), None)
    if name is None:
        return 0
    whole = str(element.attrib[name])
    clean, result = clean_instruction(whole, redactor)
    element.set(name, clean)
    if result is not None:
        _spread([text for text in element.iter() if local(text.tag) in ("t", "delText")], result)
    return int(clean != whole or result is not None)


def _spread(several: list[etree._Element], text: str) -> None:
    for number, element in enumerate(several):
        element.text = "" if number else text
