"""Parses the XHTML and NCX of an e-book, which have a document type and named characters, unlike office documents."""

from __future__ import annotations

import codecs
import re
from html.entities import html5

from lxml import etree

from relay.anonymise.attachments.documents.xml_trees import parsed
from relay.message.read.charsets import decode

_DECLARATION = re.compile(r"\s*<\?xml[^>]{0,300}\?>")
_ENCODING = re.compile(rb"<\?xml[^>]{0,100}encoding\s{0,5}=\s{0,5}[\"']([\w-]{1,30})")
_DOCTYPE = re.compile(r"<!DOCTYPE[^\[\]>]{0,1000}>", re.IGNORECASE)
_NAMED = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31});")
_OF_XML = frozenset({"amp", "lt", "gt", "quot", "apos"})


def tree_of(content: bytes) -> etree._Element:
    """The root of an XHTML or NCX file. Raises CannotAnonymise when it is not well-formed, defines
    entities, or is in an unknown charset."""
    declared = _ENCODING.match(content.removeprefix(codecs.BOM_UTF8))
    text = decode(content, declared[1].decode("ascii") if declared else None).removeprefix("\ufeff")
    text = _DECLARATION.sub("", text, count=1)
    text = _DOCTYPE.sub("", text, count=1)
    return parsed(_NAMED.sub(_character, text).encode())


def _character(found: re.Match[str]) -> str:
    if found[1] in _OF_XML:
        return found[0]
    return html5.get(found[1] + ";", found[0].replace("&", "&amp;"))
