"""The keys that a PDF may hold, by the tables of ISO 32000-2 that define them. Other keys are of a program's own."""

from __future__ import annotations

_BY_TABLE = {
    # Streams and filters (7.3.8, 7.4)
    "5, 8, 11, 12, 13": "Length Filter DecodeParms Predictor Colors BitsPerComponent Columns EarlyChange K EndOfLine "
    "EncodedByteAlign Rows EndOfBlock BlackIs1 DamagedRowsBeforeError ColorTransform JBIG2Globals",
    # Catalogue, page tree, pages, names (7.7)
    "29, 30, 31, 32": "Type Version Pages PageLabels Names Dests ViewerPreferences PageLayout PageMode Outlines "
    "OpenAction AcroForm StructTreeRoot MarkInfo Lang OCProperties Parent Kids Count Resources MediaBox CropBox "
    "BleedBox TrimBox ArtBox Contents Rotate Group Trans Annots Tabs UserUnit StructParents Dur Limits Nums",
    # Resources (7.8.3)
    "34": "ExtGState ColorSpace Pattern Shading XObject Font ProcSet Properties Encoding",
    # Functions (7.10)
    "38 to 42": "FunctionType Domain Range Size BitsPerSample Order Encode Decode C0 C1 N Functions Bounds",
    # Layers (8.11)
    "96 to 101": "OCGs D Configs BaseState ON OFF Intent AS ListMode RBGroups Locked Name Event Category Usage VE P "
    "View Print Export Zoom PageElement Language ViewState PrintState ExportState min max Preferred OC",
    # Graphics states, colours, patterns, shadings (8.4, 8.6, 8.7)
    "57, 62 to 87": "LW LC LJ ML RI OP op OPM BG BG2 UCR UCR2 TR TR2 HT FL SM SA BM SMask CA ca AIS TK HTP WhitePoint "
    "BlackPoint Gamma Matrix Alternate Colorants Process MixingHints Components Solidities DotGain PrintingOrder "
    "PatternType PaintType TilingType BBox XStep YStep ShadingType Background AntiAlias Coords Extend Function "
    "BitsPerCoordinate BitsPerFlag VerticesPerRow",
    # Pictures and forms (8.9, 8.10), transparency (11)
    "87 to 95, 142, 145": "Width Height ImageMask Mask Interpolate SMaskInData Matte StructParent FormType I S CS "
    "Isolated Knockout G BC",
    # Fonts (9.5 to 9.9)
    "109 to 125": "Subtype BaseFont FirstChar LastChar Widths FontDescriptor ToUnicode FontBBox FontMatrix CharProcs "
    "DescendantFonts CIDSystemInfo CIDToGIDMap DW DW2 W W2 Registry Ordering Supplement CMapName WMode UseCMap "
    "BaseEncoding Differences FontName FontFamily FontStretch FontWeight Flags ItalicAngle Ascent Descent Leading "
    "CapHeight XHeight StemV StemH AvgWidth MaxWidth MissingWidth FontFile FontFile2 FontFile3 CharSet CIDSet Style "
    "Panose FD Length1 Length2 Length3",
    # Halftones (10.6)
    "128 to 132": "HalftoneType Frequency Angle SpotFunction AccurateScreens Xsquare Ysquare Width2 Height2 "
    "TransferFunction",
    # Bookmarks, page labels, transitions, viewer preferences (12.2 to 12.4)
    "147 to 162": "First Last Next Prev Title Dest A C F St Dm M Di SS B HideToolbar HideMenubar HideWindowUI "
    "FitWindow CenterWindow DisplayDocTitle NonFullScreenPageMode Direction ViewArea ViewClip PrintArea PrintClip "
    "PrintScaling Duplex PickTrayByPDFSize PrintPageRange NumCopies",
    # Annotations and actions (12.5, 12.6)
    "166 to 200": "Rect AP Border BS BE E Popup IRT RT State StateModel H QuadPoints L LE IC LL LLE Cap LLO CP CO "
    "Vertices InkList Q IT Open Sy RD DA DS URI IF R",
    # Form fields (12.7)
    "224 to 239": "Fields NeedAppearances DR FT T TU V DV Ff MaxLen Opt TI MK RC BG AC RI IX TP SV",
    # Structure (14.7, 14.8)
    "354 to 386": "IDTree ParentTree ParentTreeNextKey RoleMap ClassMap ID Pg Ref Alt ActualText Obj Stm MCID O "
    "Placement WritingMode BackgroundColor BorderColor BorderStyle BorderThickness Padding Color SpaceBefore "
    "SpaceAfter StartIndent EndIndent TextIndent TextAlign BlockAlign InlineAlign TBorderStyle TPadding BaselineShift "
    "LineHeight TextDecorationColor TextDecorationThickness TextDecorationType RubyAlign RubyPosition "
    "GlyphOrientationVertical ColumnCount ColumnGap ColumnWidths ListNumbering ContinuedList RowSpan ColSpan Headers "
    "Scope Summary Short Role Checked checked Desc Attached Marked UserProperties Suspects",
}

KEYS = frozenset(key for keys in _BY_TABLE.values() for key in keys.split())
"""Every listed key, wherever it stands."""

CHOOSING = frozenset(
    str.split("""
        Font XObject ExtGState ColorSpace Pattern Shading Properties Encoding CharProcs Colorants Solidities DotGain
        RoleMap ClassMap Dests N R D
    """)
)
"""Keys of dictionaries whose own keys the document chooses: names of resources, glyphs, inks, roles, states."""

OF_FILE = frozenset(str.split("Type Length Filter DecodeParms N First Size Root W Index ID"))
"""Keys of object streams and of the table of objects (7.5.7, 7.5.8)."""
