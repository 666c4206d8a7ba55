"""Proves Word, Excel and PowerPoint files (ECMA-376): listed relationships and parts, properties of our form, nothing
from elsewhere that opens by itself, and no people, times and sessions in the parts."""

from __future__ import annotations

import re
from html import unescape

from relay.anonymise.leak_check.forms.reading import Proof, need
from relay.anonymise.leak_check.forms.xml import attributes_of, elements_of, need_only, prove_markup
from relay.anonymise.leak_check.forms.zip import members_of

_HEAD = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PROPERTIES = {
    "docProps/core.xml": _HEAD + b"<cp:coreProperties "
    b'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>',
    "docProps/app.xml": _HEAD + b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/'
    b'extended-properties"/>',
}
_TYPES, _ROOT = "[Content_Types].xml", "_rels/.rels"
# Part 1, 11 to 15: relationships between the parts of a document, by the last word of their type. Macros, controls,
# custom XML and properties, thumbnails, printer settings, connections and revision logs are not listed.
_SHOWN = frozenset(
    str.split("""
        officeDocument styles stylesWithEffects settings fontTable font theme themeOverride numbering footnotes endnotes
        comments commentsExtended header footer image hyperlink chart chartEx chartStyle chartColorStyle chartUserShapes
        diagramData diagramLayout diagramQuickStyle diagramColors diagramDrawing glossaryDocument aFChunk oleObject
        package worksheet chartsheet dialogsheet sharedStrings drawing vmlDrawing threadedComment person table
        pivotTable pivotCacheDefinition pivotCacheRecords externalLink sheetMetadata slicer slicerCache timeline
        timelineCache rdRichValue rdRichValueStructure rdRichValueTypes rdArray rdSupportingPropertyBag
        rdSupportingPropertyBagStructure richValueRel slide slideLayout slideMaster notesSlide notesMaster handoutMaster
        presProps viewProps tableStyles commentAuthors authors media audio video core-properties extended-properties
    """)
)
_RELATIONSHIPS = re.compile(
    rb"<\?xml version='1\.0' encoding='UTF-8' standalone='yes'\?>\n<Relationships xmlns="
    rb'"http://schemas\.openxmlformats\.org/package/2006/relationships"'
    rb"(?:/>|>(?>(?:<Relationship [^<>]*/>)*)</Relationships>)"
)
_RELATIONSHIP = re.compile(
    r'<Relationship Id="[^"]*" Type="(?:[^"]*/)?([^"/]*)" Target="([^"]*)"( TargetMode="External")?/>'
)
_OPENED = re.compile(r"(?:https?:|mailto:|tel:|#)", re.IGNORECASE)
_WORKBOOKS = frozenset(("other-workbook.xlsx", "other-file"))
# Files of other formats, by their names in a package.
_FILES = re.compile(r"(?:.*/)?(?:media|embeddings|fonts|afchunks?)/[^/]*|.*\.(?!xml$|rels$|vml$)[a-z0-9]{1,8}", re.I)
_FONT = re.compile(r".*\.(?:odttf|fntdata|ttf|otf)", re.IGNORECASE)
# Sessions, times, accounts, protection keys.
_TELLING = attributes_of(
    "textId rsid* dt dT dateUtc refreshedDate refreshedDateIso securityDescriptor lastGuid codeName documentId"
)
_AUTHORS = attributes_of("author lastModifiedBy refreshedBy userName")
_DATED = re.compile(rb'<[^<>]*?[ :](?:date="[^<>]*?:author="|author="[^<>]*?:date=")')
_GONE = elements_of("""
    rsids rsid attachedTemplate linkStyles docVars mailMerge docId schemaLibrary attachedSchema saveThroughXslt
    dataBinding permStart permEnd absPath fileRecoveryPr fileSharing revisionPtr customWorkbookViews customSheetViews
    webPublishing webPublishItems webPublishObjects smartTagPr customXmlPr customProperties mentions custDataLst
    presenceInfo creationId dataConsolidate
""")
_PERSON = re.compile(rb'<(?:[\w.-]+:)?(?:cmAuthor|person|author) [^<>]*?\b(?:name|displayName)="(?!Author")')
_SHEET_AUTHOR = re.compile(rb"<(?:[\w.-]+:)?author>(?!Author<|tc=\{0{8}-0000-0000-0000-[0-9A-F]{12}\}<|<)")


def read_ooxml(octets: bytes, proof: Proof) -> None:
    """Raises NotOurForm for a part that no relationship leads to, another property, an outside reference that a program
    follows by itself, and a mark of a person, session or time in a part."""
    members = members_of(octets, proof)
    wanted = set(_PROPERTIES) | {_TYPES, _ROOT}
    for name, content in members.items():
        if name.endswith(".rels"):
            wanted.add(name)
            wanted |= _targets(content)
    need(wanted >= members.keys() >= {_TYPES, _ROOT, *_PROPERTIES}, "a part that is not listed")
    for name, content in members.items():
        if name in _PROPERTIES:
            need(content == _PROPERTIES[name], "properties of another form")
        elif not name.endswith(".rels"):
            _read_part(name, content, proof)


def _targets(content: bytes) -> set[str]:
    """The parts of the package that these relationships lead to."""
    need(_RELATIONSHIPS.fullmatch(content), "relationships of another form")
    text = content.decode("utf-8")
    found = _RELATIONSHIP.findall(text)
    need(len(found) == text.count("<Relationship "), "a relationship of another form")
    for kind, target, outside in found:
        at_once = kind != "hyperlink" and unescape(target) not in _WORKBOOKS
        need(not outside or (not at_once and (kind != "hyperlink" or _OPENED.match(target))), "a reference outside")
        need(outside or kind in _SHOWN, "a relationship that is not listed")
    return {unescape(target).lstrip("/") for _, target, outside in found if not outside}


def _read_part(name: str, content: bytes, proof: Proof) -> None:
    if _FONT.fullmatch(name):
        return
    if _FILES.fullmatch(name) and not content.startswith(b"<?xml version='1.0'"):
        proof.inside(content)
        return
    prove_markup(content)
    need(not _GONE.search(content), "an element about a session")
    need(not _TELLING.search(content), "an attribute about a session")
    need(not _DATED.search(content), "the time of a change")
    need_only(_AUTHORS, content, (b"Author", b""), "an author")
    need(not _PERSON.search(content) and not _SHEET_AUTHOR.search(content), "a person")
