"""Cleans one XML part of an Office document."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

from relay.anonymise.attachments.cleaning import Cleaning
from relay.anonymise.attachments.documents.ooxml.fields import clean_fields
from relay.anonymise.attachments.documents.ooxml.formulas import without_calls
from relay.anonymise.attachments.documents.ooxml.parts import Part
from relay.anonymise.attachments.documents.ooxml.people import AUTHOR, Numbers, neutral_people
from relay.anonymise.attachments.documents.ooxml.regions import neutral_regions
from relay.anonymise.attachments.documents.ooxml.text import pieces_of
from relay.anonymise.attachments.documents.paths import without_places
from relay.anonymise.attachments.documents.text_runs import Find, redact_pieces
from relay.anonymise.attachments.documents.xml_attributes import Tokens, redact_values
from relay.anonymise.attachments.documents.xml_trees import (
    attributes,
    elements,
    local,
    namespace,
    parsed,
    removed,
    serialised,
    unwrapped,
)
from relay.anonymise.links.in_files import clean_link_of_file

# Elements about people, places and editing sessions, which are not visible.
_GONE = frozenset(
    str.split("""
        rsids rsid attachedTemplate linkStyles docVars mailMerge docId schemaLibrary attachedSchema saveThroughXslt
        dataBinding permStart permEnd absPath fileRecoveryPr fileSharing revisionPtr customWorkbookViews
        customSheetViews webPublishing webPublishItems webPublishObjects smartTagPr customXmlPr customProperties
        mentions custDataLst presenceInfo creationId dataConsolidate
    """)
)
_UNWRAPPED = frozenset({"smartTag", "customXml"})
# Elements that are dropped when removals leave them empty.
_SHELLS = frozenset({"ext", "extLst", "Choice", "AlternateContent"})
# Elements that stay when their reference is removed; all others are removed with it.
_STAYING = frozenset(str.split("hyperlink blip imagedata pageSetup fill background sldId control worksheetSource"))
_REFERENCES = re.compile(
    "http://(?:schemas\\.openxmlformats\\.org/officeDocument/2006|purl\\.oclc\\.org/ooxml/officeDocument)/relationships"
)
_PROPERTY = re.compile(r":(?:creator|lastModifiedBy|Company|CompanyE?mail|Manager)\b", re.IGNORECASE)
_FORMULAS = frozenset(
    str.split("f definedName formula formula1 formula2 calculatedColumnFormula totalsRowFormula sqref")
)

# Elements of old drawings whose href is fetched and shown; that of all others is a link (ECMA-376 part 4, 19.1.2).
_FETCHING = frozenset(str.split("imagedata image fill stroke movie background"))
_HEADERS = frozenset(str.split("oddHeader oddFooter evenHeader evenFooter firstHeader firstFooter"))
_CODES = re.compile('&(?:"[^"]{0,200}"|\\d{1,3}|K[0-9A-F]{6}|.)')


@dataclass(slots=True)
class Document:
    """State shared by the parts of one document while they are cleaned."""

    cleaning: Cleaning
    find: Find
    tokens: Tokens
    numbers: Numbers = field(default_factory=Numbers)
    described: int = 0
    redacted: int = 0


def clean_part(part: Part, document: Document) -> bytes:
    """The part without people, places and times; visible content stays. Raises CannotAnonymise."""
    root = parsed(part.content)
    document.described += _without_elements(root) + _without_references(root, part.dropped)
    document.cleaning.tally.add("formula", without_calls(root))
    document.described += neutral_people(root, part.kind, document.numbers)
    redactor = document.cleaning.redactor
    document.described += clean_fields(root, redactor)
    document.described += neutral_regions(root)
    _clean_addresses(root, document)
    document.redacted += redact_values(root, document.tokens)
    pieces = pieces_of(root)
    for piece in pieces:
        tag = local(piece.element.tag)
        if tag in _HEADERS:
            piece.text = _clean_header(piece.text, document)
        elif tag in _FORMULAS or tag.endswith("nstrText"):
            clean = without_places(document.tokens.applied(piece.text))
            if clean != piece.text:
                piece.text = clean
    document.redacted += redact_pieces(pieces, document.find)
    return serialised(root)


def _clean_header(text: str, document: Document) -> str:
    """Headers of sheets contain codes that would hide where a name begins (ECMA-376 1, 18.3.1.46)."""
    codes = _CODES.findall(text)
    texts = [document.cleaning.redactor.redact(each) for each in _CODES.split(text)]
    document.redacted += sum(count for _, count in texts)
    return "".join(each + code for (each, _), code in zip(texts, [*codes, ""], strict=True))


def _without_elements(root: etree._Element) -> int:
    count = 0
    for element in elements(root):
        tag = local(element.tag)
        if tag == "dataBinding" and any(_PROPERTY.search(value) for _, value in attributes(element)):
            _neutral_control(element)
        if tag in _GONE:
            _prune(element)
            count += 1
        elif tag in _UNWRAPPED and "wordprocessingml" in namespace(element.tag):
            unwrapped(element)
    return count


def _neutral_control(binding: etree._Element) -> None:
    """Neutralise a control that shows the document's author, or their employer, from the properties."""
    control = next((each for each in binding.iterancestors() if local(each.tag) == "sdt"), None)
    texts = [each for each in control.iter() if local(each.tag) == "t"] if control is not None else []
    for number, text in enumerate(texts):
        text.text = "" if number else AUTHOR


def _prune(element: etree._Element) -> None:
    """Remove an element, and the extension element of which it was the only content."""
    parent = element.getparent()
    removed(element)
    while parent is not None and not len(parent) and local(parent.tag) in _SHELLS:
        if local(parent.tag) == "Choice":
            parent = parent.getparent()
            if parent is None:
                return
        element, parent = parent, parent.getparent()
        removed(element)


def _without_references(root: etree._Element, dropped: set[str]) -> int:
    """Remove references to dropped parts, with their elements where these need them."""
    count = 0
    for element in elements(root) if dropped else ():
        for name in [n for n, value in attributes(element) if value in dropped and _REFERENCES.match(namespace(n))]:
            count += 1
            del element.attrib[name]
            if not _stands_alone(element):
                _prune(element)
                break
    return count


def _stands_alone(element: etree._Element) -> bool:
    tag = local(element.tag)
    if tag == "hyperlink" and "spreadsheetml" in namespace(element.tag):
        return "location" in element.attrib
    return tag in _STAYING


def _clean_addresses(root: etree._Element, document: Document) -> None:
    """Clean links in the XML itself, as in old drawings (VML)."""
    for element in root.iter():
        for name, value in attributes(element):
            if local(name) not in ("href", "src", "URL") or value.startswith("#"):
                continue
            followed = local(name) == "href" and local(element.tag) not in _FETCHING
            clean = clean_link_of_file(value, document.cleaning.redactor).url if followed else None
            if clean is None:
                del element.attrib[name]
            elif clean != value:
                element.set(name, clean)
