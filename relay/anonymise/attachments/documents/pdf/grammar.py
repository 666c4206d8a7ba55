"""Which keys of a PDF are kept: for each kind of object those for its appearance and function (ISO 32000-2).

All other keys are removed: private keys of programs (``/PTEX.FileName``, ``/PieceInfo``), metadata, scripts, attached
files, viewports with coordinates, thumbnails, authors and dates.
"""

from __future__ import annotations

from types import MappingProxyType

# A rule is "plain" (numbers, names, booleans, and lists of them), "text" (text, with identities replaced), "octets"
# (a string, unchanged), or the kind of object allowed there. "*" is the rule for keys that a document chooses.
Rules = MappingProxyType[str, str]


def _rules(plain: str = "", text: str = "", octets: str = "", **kinds: str) -> Rules:
    """Keys by their rule; ``kinds`` maps a kind of object to the keys it may occur at, with "_" for " "."""
    rules: dict[str, str] = {}
    for rule, keys in (("plain", plain), ("text", text), ("octets", octets), *kinds.items()):
        for key in keys.split():
            rules[key if key == "*" else f"/{key}"] = rule.replace("_", " ")
    return MappingProxyType(rules)


GRAMMAR: MappingProxyType[str, Rules] = MappingProxyType(
    {
        "catalog": _rules(
            "Type Version PageLayout PageMode",
            language="Lang",
            page="Pages",
            page_labels="PageLabels",
            names="Names",
            named_destinations="Dests",
            viewer_preferences="ViewerPreferences",
            bookmark="Outlines",
            opening="OpenAction",
            form="AcroForm",
            structure="StructTreeRoot",
            marks="MarkInfo",
            layers="OCProperties",
        ),
        # The nodes of the page tree (7.7.3.2) and its leaves (7.7.3.3).
        "page": _rules(
            "Type Count MediaBox CropBox BleedBox TrimBox ArtBox Rotate Tabs UserUnit StructParents Dur",
            page="Kids Parent",
            resources="Resources",
            graphic="Group",
            transition="Trans",
            annotation="Annots",
            page_content="Contents",
        ),
        "transition": _rules("Type S D Dm M Di SS B"),
        "page labels": _rules("Type S St Limits", "P", page_labels="Kids Nums"),
        "names": _rules(destination_names="Dests"),
        "destination names": _rules(),
        "named destinations": _rules(destination="*"),
        "viewer preferences": _rules(
            "HideToolbar HideMenubar HideWindowUI FitWindow CenterWindow "
            "DisplayDocTitle NonFullScreenPageMode Direction "
            "ViewArea ViewClip PrintArea PrintClip PrintScaling Duplex PickTrayByPDFSize PrintPageRange NumCopies"
        ),
        "bookmark": _rules(
            "Type Count C F", "Title", bookmark="First Last Next Prev Parent", destination="Dest", action="A"
        ),
        "marks": _rules("Marked UserProperties Suspects"),
        "layers": _rules(layer="OCGs", layer_set="D Configs"),
        "layer set": _rules(
            "BaseState Intent ListMode", "Name", layer="ON OFF Order RBGroups Locked", layer_event="AS"
        ),
        "layer event": _rules("Event Category", layer="OCGs"),
        "layer": _rules("Type Intent P", "Name", layer_usage="Usage", layer="OCGs VE"),
        "layer usage": _rules(layer_state="View Print Export Zoom PageElement Language"),
        "layer state": _rules("ViewState PrintState ExportState min max Subtype Preferred", language="Lang"),
        # An annotation (12.5) or a form field (12.7); often one object is both.
        "annotation": _rules(
            "Type Subtype Rect F AS Border C QuadPoints L LE IC LL LLE Cap LLO CP "
            "CO Vertices InkList Q IT Open Name Sy "
            "RD StructParent RT State StateModel CA ca BM H FT Ff MaxLen TI I",
            "Contents T TU V DV Opt",
            "DA DS",
            language="Lang",
            appearance="AP",
            border="BS BE",
            annotation="Parent Popup IRT Kids",
            destination="Dest",
            action="A",
            layer="OC",
            captions="MK",
            own_page="P",
        ),
        "border": _rules("Type W S D I"),
        "captions": _rules("R BC BG TP", "CA RC AC", graphic="I RI IX IF"),
        "appearance": _rules(drawing_or_states="N R D"),
        "states": _rules(graphic="*"),
        "form": _rules("NeedAppearances Q", octets="DA", annotation="Fields", resources="DR"),
        "structure numbers": _rules("Limits", structure_numbers="Kids", structure="Nums"),
        "role map": _rules("*"),
        "classes": _rules(structure_attributes="*"),
        "structure": _rules(
            "Type S C R MCID ParentTreeNextKey",
            "T Alt E ActualText",
            "ID",
            language="Lang",
            structure="P K Ref",
            structure_numbers="ParentTree",
            role_map="RoleMap",
            classes="ClassMap",
            own_page="Pg",
            structure_attributes="A",
            structure_object="Obj",
            graphic="Stm",
        ),
        "structure attributes": _rules(
            "O Placement WritingMode BackgroundColor BorderColor BorderStyle "
            "BorderThickness Padding Color SpaceBefore "
            "SpaceAfter StartIndent EndIndent TextIndent TextAlign BBox Width "
            "Height BlockAlign InlineAlign TBorderStyle "
            "TPadding BaselineShift LineHeight TextDecorationColor "
            "TextDecorationThickness TextDecorationType RubyAlign "
            "RubyPosition GlyphOrientationVertical ColumnCount ColumnGap ColumnWidths "
            "ListNumbering ContinuedList RowSpan "
            "ColSpan Scope Role Checked checked Type Attached Subtype",
            "Summary Short Desc",
            "Headers",
        ),
        "resources": _rules(
            "ProcSet", graphics="Font XObject ExtGState ColorSpace Pattern Shading Encoding", properties="Properties"
        ),
        "graphics": _rules(graphic="*"),
        "glyphs": _rules(glyph="*"),
        "properties": _rules(property="*"),
        # Properties of marked content (14.6.2): layers, alternate texts, structure numbers.
        "property": _rules(
            "Type Subtype MCID Intent P BBox Attached O",
            "Name ActualText Alt E",
            language="Lang",
            layer_usage="Usage",
            layer="OCGs VE",
        ),
        # Everything for drawing: fonts, pictures, forms, patterns, shadings, functions, graphics states.
        "graphic": _rules(
            "Type Subtype FirstChar LastChar Widths W DW W2 DW2 "
            "FontBBox FontMatrix FontStretch FontWeight "
            "Flags ItalicAngle Ascent Descent Leading CapHeight XHeight StemV StemH AvgWidth MaxWidth MissingWidth "
            "BaseEncoding Differences Supplement WMode CMapName Length1 Length2 Length3 "
            "Width Height BitsPerComponent Decode Interpolate ImageMask SMaskInData "
            "Matte Intent StructParent StructParents "
            "FormType BBox Matrix S I K Isolated Knockout TR2 "
            "LW LC LJ ML D RI OP op OPM FL SM SA BM CA ca AIS TK HTP "
            "WhitePoint BlackPoint Gamma Range N Decode PatternType PaintType TilingType XStep YStep "
            "ShadingType Background AntiAlias Coords Domain Extend BitsPerCoordinate BitsPerFlag VerticesPerRow "
            "FunctionType Size BitsPerSample Order Encode C0 C1 Bounds "
            "HalftoneType Frequency Angle SpotFunction AccurateScreens Xsquare Ysquare Width2 Height2 "
            "Components BC Predictor Colors Columns EarlyChange EndOfLine EncodedByteAlign Rows EndOfBlock BlackIs1 "
            "DamagedRowsBeforeError ColorTransform Filter Length",
            "",
            "Registry Ordering FontFamily CharSet Panose Lang",
            graphic="FontDescriptor Encoding ToUnicode DescendantFonts CIDSystemInfo CIDToGIDMap UseCMap "
            "FontFile FontFile2 "
            "FontFile3 CIDSet FD ColorSpace Mask SMask Alternate Group CS G TR BG "
            "BG2 UCR UCR2 HT Font Function Functions "
            "Shading ExtGState Style Process MixingHints DecodeParms JBIG2Globals TransferFunction",
            resources="Resources",
            glyphs="CharProcs",
            graphics="Colorants Solidities DotGain",
            layer="OC",
            font_name="BaseFont FontName",
        ),
        "page content": _rules("Length Filter DecodeParms"),
        "glyph": _rules("Length Filter DecodeParms"),
    }
)
