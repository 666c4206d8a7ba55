"""Cleans actions of a PDF: keeps jumps within it and links to the web (ISO 32000-2 12.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pikepdf import Array, Dictionary, Name, Object, String

from relay.anonymise.attachments.documents.pdf.destinations import cleaned_destination
from relay.anonymise.links.in_files import clean_link_of_file

if TYPE_CHECKING:
    from relay.anonymise.attachments.documents.pdf.tree import Tree

_SHOWN = frozenset(
    f"/{name}"
    for name in str.split("""
        Link Text FreeText Line Square Circle Polygon PolyLine Highlight Underline Squiggly StrikeOut Caret Stamp Ink
        Popup Widget Watermark Redact
    """)
)
_NAMED = frozenset(("/NextPage", "/PrevPage", "/FirstPage", "/LastPage"))
_MAX_PARENTS = 32


def cleaned_action(action: Object, tree: Tree) -> Object | None:
    """The action without the ones that follow it; None when it is removed (scripts, programs, form submission, other
    files, sounds)."""
    kind = action.get("/S")
    if kind == Name.GoTo:
        place = cleaned_destination(tree, action.get("/D"))
        return Dictionary(S=Name.GoTo, D=place) if place is not None else None
    if kind == Name.Named and str(action.get("/N")) in _NAMED:
        return Dictionary(S=Name.Named, N=action["/N"])
    uri = action.get("/URI")
    if kind != Name.URI or not isinstance(uri, String):
        return None
    link = clean_link_of_file(str(uri), tree.cleaning.redactor)
    tree.cleaning.tally.add("tracking", int(link.reading.changed))
    return Dictionary(S=Name.URI, URI=String(link.url)) if link.url else None


def cleaned_annotation(annotation: Object, tree: Tree) -> bool:
    """Prepare an annotation or form field for the grammar. False when it is removed: files, sounds, films, signatures,
    links without a target."""
    kind = annotation.get("/Subtype")
    if (kind is not None and str(kind) not in _SHOWN) or is_signature(annotation):
        return False
    is_field = kind == Name.Widget or "/Kids" in annotation or _inherited(annotation, "/FT") is not None
    if "/T" in annotation and not is_field:
        # The same key names a form field, and the author of a note.
        del annotation["/T"]
        tree.dropped += 1
    if kind == Name.Popup:
        parent = annotation.get("/Parent")
        return isinstance(parent, Dictionary) and parent.get("/Subtype") != Name.Popup and tree.keeps(parent)
    if kind == Name.Link and "/A" in annotation:
        action = tree.action(annotation["/A"])
        if action is None and "/Dest" not in annotation:
            return False
        if action is not None:
            annotation["/A"] = action
    if _is_written(annotation) and _names_somebody(annotation, tree):
        # Programs draw it again from its text, which is cleaned.
        del annotation["/AP"]
        if kind == Name.Widget and isinstance(form := tree.pdf.Root.get("/AcroForm"), Dictionary):
            form["/NeedAppearances"] = True
    return True


def is_signature(field: Object) -> bool:
    """Whether this is a signature, or a field for one."""
    return _inherited(field, "/FT") == Name.Sig


def _inherited(field: Object, key: str) -> Object | None:
    node: Object | None = field
    for _ in range(_MAX_PARENTS):
        if not isinstance(node, Dictionary):
            return None
        if key in node:
            return node[key]
        node = node.get("/Parent")
    return None


def _is_written(annotation: Object) -> bool:
    """Whether its appearance follows from its text alone."""
    if "/AP" not in annotation:
        return False
    if annotation.get("/Subtype") == Name.FreeText:
        return True
    return annotation.get("/Subtype") == Name.Widget and _inherited(annotation, "/FT") in (Name.Tx, Name.Ch)


def _names_somebody(annotation: Object, tree: Tree) -> bool:
    words = [
        str(value)
        for key in ("/Contents", "/V", "/DV", "/Opt")
        for value in _flat(_inherited(annotation, key))
        if isinstance(value, String)
    ]
    if tree.cleaning.redactor.find("\n".join(words)):
        return True
    looks = annotation["/AP"]
    return isinstance(looks, Dictionary) and tree.reader.names_somebody(looks.get("/N"))


def _flat(value: Object | None, depth: int = 0) -> list[Object]:
    if isinstance(value, Array) and depth < 3:
        return [inner for item in value for inner in _flat(item, depth + 1)]
    return [] if value is None else [value]
