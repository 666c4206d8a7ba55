"""Which parts of an Office document are kept, by relationship type (ECMA-376 part 1)."""

from __future__ import annotations

# Last path segments of relationship types. Other parts are dropped, with the references to them.
KEPT = frozenset(
    str.split("""
        officeDocument styles stylesWithEffects settings fontTable font theme themeOverride numbering footnotes endnotes
        comments commentsExtended header footer image hyperlink chart chartEx chartStyle chartColorStyle chartUserShapes
        diagramData diagramLayout diagramQuickStyle diagramColors diagramDrawing glossaryDocument aFChunk
        oleObject package worksheet chartsheet dialogsheet sharedStrings drawing vmlDrawing threadedComment person table
        pivotTable pivotCacheDefinition pivotCacheRecords externalLink sheetMetadata slicer slicerCache timeline
        timelineCache rdRichValue rdRichValueStructure rdRichValueTypes rdArray rdSupportingPropertyBag
        rdSupportingPropertyBagStructure richValueRel slide slideLayout slideMaster notesSlide notesMaster handoutMaster
        presProps viewProps tableStyles commentAuthors authors media audio video
    """)
)
# Programs inside of a document, which can neither be trusted nor read completely.
MACROS = frozenset(
    str.split("""
        vbaProject wordVbaData attachedToolbars keyMapCustomizations control activeXControlBinary xlMacrosheet
        xlIntlMacrosheet ctrlProp
    """)
)
# Files of other formats, each cleaned by the cleaner of its family.
FILES = frozenset(str.split("image media audio video oleObject package aFChunk"))
# References to other workbooks: the values taken from them stay in the cells.
WORKBOOKS = frozenset(
    str.split("externalLinkPath externalLinkLongPath xlPathMissing xlStartup xlAlternateStartup xlLibrary")
)

MAIN_TYPES: dict[str, tuple[str, str]] = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": (
        "docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml": (
        "dotx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.template",
    ),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": (
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.template.main+xml": (
        "xltx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.template",
    ),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml": (
        "pptx",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ),
    "application/vnd.openxmlformats-officedocument.presentationml.slideshow.main+xml": (
        "ppsx",
        "application/vnd.openxmlformats-officedocument.presentationml.slideshow",
    ),
    "application/vnd.openxmlformats-officedocument.presentationml.template.main+xml": (
        "potx",
        "application/vnd.openxmlformats-officedocument.presentationml.template",
    ),
}
