"""Which parts of an Office document are kept, by the type of the relationship that leads to them (ECMA-376 part 1)."""

from __future__ import annotations

# The last word of a relationship's type. What is not here is left out, and what points to it with it.
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
# Programs inside of a document: nobody should run what a stranger sends, and nobody can read all that they hold.
MACROS = frozenset(
    str.split("""
        vbaProject wordVbaData attachedToolbars keyMapCustomizations control activeXControlBinary xlMacrosheet
        xlIntlMacrosheet ctrlProp
    """)
)
# Files of other formats, cleaned each by the cleaner of its family.
FILES = frozenset(str.split("image media audio video oleObject package aFChunk"))
# The addresses of other workbooks: the values taken from them stay in the cells.
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
