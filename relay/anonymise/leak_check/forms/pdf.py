"""Proves a PDF (ISO 32000-2): listed keys, no document information, metadata, scripts, files and identifiers, actions
within the document and links only, and pictures and colours by their own readers."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

from relay.anonymise.leak_check.forms.colours import prove_numbers
from relay.anonymise.leak_check.forms.jpeg import read_jpeg
from relay.anonymise.leak_check.forms.jpx import read_jpx
from relay.anonymise.leak_check.forms.pdf_keys import CHOOSING, KEYS, OF_FILE
from relay.anonymise.leak_check.forms.pdf_objects import Found, Name, Ref, Text, Value, objects_of
from relay.anonymise.leak_check.forms.reading import Proof, need

# 12.6.4: actions that run, fetch, send or open something else.
_ACTIONS = frozenset(
    str.split("""
        JavaScript Launch SubmitForm ResetForm ImportData GoToR GoToE Rendition RichMediaExecute GoTo3DView SetOCGState
    """)
)
# 12.5.6: notes, whose /T is their author. In form fields and structure elements it is a title.
_NOTES = frozenset(
    str.split("""
        Text Link FreeText Line Square Circle Polygon PolyLine Highlight Underline Squiggly StrikeOut Caret Stamp Ink
        Popup Watermark Redact
    """)
)
_FOREIGN = frozenset(str.split("FileAttachment Sound Movie Screen RichMedia 3D PrinterMark TrapNet Projection"))
_LINK = re.compile(rb"https?:|mailto:|tel:", re.IGNORECASE)
# What no dictionary may have, not even among keys of the document's choice.
_NEVER = frozenset(
    str.split("""
        Author Creator Producer CreationDate ModDate Metadata PieceInfo LastModified AA JS JavaScript EF AF
        EmbeddedFiles XFA Collection Info Perms DSS ByteRange Cert OutputIntents Thumb VP Measure PTData Threads
        SpiderInfo NM UF
    """)
)
_MOST_PIXELS, _STEP = 1 << 30, 1 << 22


def read_pdf(octets: bytes, proof: Proof) -> None:
    """Raises NotOurForm for a key that is not listed, octets that belong to no object, and the rest."""
    found = {one.number: one for one in objects_of(octets, proof)}
    choosing: set[int] = set()
    profiles: set[int] = set()
    for one in found.values():
        for value, _ in _inner(one.value):
            _note(value, choosing, profiles)
    left = _MOST_PIXELS
    for one in found.values():
        for value, chosen in _inner(one.value, one.number in choosing):
            if isinstance(value, dict):
                _prove_keys(value, chosen)
        if one.stream is not None:
            left -= _prove_stream(one, one.number in profiles, proof)
            need(left >= 0, "more than can be unpacked")


def _inner(value: Value, chosen: bool = False) -> Iterator[tuple[Value, bool]]:
    """Each list and dictionary in a value, and whether its keys are of the document's choice."""
    ahead: list[tuple[Value, bool]] = [(value, chosen)]
    while ahead:
        value, chosen = ahead.pop()
        yield value, chosen
        if isinstance(value, dict):
            ahead += [(v, k in CHOOSING and not chosen) for k, v in value.items() if isinstance(v, dict | list)]
        elif isinstance(value, list):
            ahead += [(inner, False) for inner in value if isinstance(inner, dict | list)]


def _note(value: Value, choosing: set[int], profiles: set[int]) -> None:
    """Note which objects hold keys of the document's choice, and which are colour profiles."""
    if isinstance(value, dict):
        choosing |= {v.number for k, v in value.items() if k in CHOOSING and isinstance(v, Ref)}
    elif isinstance(value, list) and len(value) == 2 and value[0] == "ICCBased" and isinstance(value[1], Ref):
        profiles.add(value[1].number)


def _prove_keys(value: dict[str, Value], chosen: bool) -> None:
    kind = value.get("Subtype")
    if value.get("Type") in ("XRef", "ObjStm") and "Length" in value:
        need(value.keys() <= OF_FILE, "a key of the file")
        return
    need(not value.keys() & _NEVER, "a key that tells")
    need(chosen or value.keys() <= KEYS, "a key that is not listed")
    need(not (isinstance(kind, Name) and kind in _FOREIGN), "a file or film on a page")
    need(not ("T" in value and isinstance(kind, Name) and kind in _NOTES), "the author of a note")
    need(not isinstance(value.get("M"), Text), "the time of a note")
    action = value.get("S")
    need(not (isinstance(action, Name) and action in _ACTIONS), "an action that is not listed")
    link = value.get("URI")
    need(link is None or (isinstance(link, Text) and (not link or _LINK.match(link))), "a link of another kind")


def _prove_stream(one: Found, is_profile: bool, proof: Proof) -> int:
    """Prove what a stream holds, and return the octets it unpacks to."""
    facts = one.value if isinstance(one.value, dict) else {}
    stream, filters = one.stream or b"", facts.get("Filter", [])
    several = filters if isinstance(filters, list) else [filters]
    last = several[-1] if several else ""
    if last == "DCTDecode":
        need(len(several) == 1, "a packed JPEG")
        read_jpeg(stream, proof)
        return 0
    if last == "JPXDecode":
        need(len(several) == 1, "a packed JPEG 2000")
        read_jpx(stream)
        return 0
    if is_profile:
        prove_numbers(proof.inflated(stream) if several == ["FlateDecode"] else stream)
        return len(stream)
    return _unpacked_size(stream) if several and several[0] == "FlateDecode" else len(stream)


def _unpacked_size(stream: bytes) -> int:
    """The size of a packed stream, of which nothing is kept. A damaged one is shown as far as it can be read."""
    unpacking = zlib.decompressobj()
    size, rest = 0, stream
    try:
        while rest and not unpacking.eof and size < _MOST_PIXELS:
            size += len(unpacking.decompress(rest, _STEP))
            rest = unpacking.unconsumed_tail
    except zlib.error:
        return size
    need(not unpacking.unused_data, "octets behind a packed stream")
    return size
