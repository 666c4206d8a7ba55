"""Cleans the pictures and colour profiles in a PDF (ISO 32000-2 8.9, ISO/IEC 15444-1 annex I)."""

from __future__ import annotations

from pikepdf import Array, ContentStreamInlineImage, Dictionary, Name, Pdf, Stream

from relay.anonymise.attachments.cleaning import BrokenPicture
from relay.anonymise.attachments.documents.pdf.jpx import clean_jpx
from relay.anonymise.attachments.documents.pdf.streams import filters_of
from relay.anonymise.attachments.pictures.colour_profiles import bare_profile
from relay.anonymise.attachments.pictures.jpeg import clean_jpeg

_CLEANERS = {"/DCTDecode": clean_jpeg, "/JPXDecode": clean_jpx}


def clean_picture(pdf: Pdf, stream: Stream) -> int:
    """Clean the JPEG or JPEG 2000 in an image's stream, in place. Returns its size in octets, 0 for other pictures.
    Raises BrokenPicture."""
    filters = filters_of(stream)
    if not filters or filters[-1] not in _CLEANERS:
        return 0
    octets = _before_last(pdf, stream, filters)
    clean = _CLEANERS[filters[-1]](octets)
    if clean != octets or len(filters) > 1:
        last = _last_parameters(stream)
        stream.write(clean, filter=Name(filters[-1]), decode_parms=last)
    return len(octets)


def _before_last(pdf: Pdf, stream: Stream, filters: list[str]) -> bytes:
    """The octets of a stream with all filters but the last decoded."""
    raw = stream.read_raw_bytes()
    if len(filters) == 1:
        return raw
    packed = Stream(pdf, raw)
    packed.Filter = Array([Name(name) for name in filters[:-1]])
    parameters = stream.get("/DecodeParms")
    if isinstance(parameters, Array):
        packed.DecodeParms = Array(list(parameters)[:-1])
    return packed.read_bytes()


def _last_parameters(stream: Stream) -> Dictionary | None:
    parameters = stream.get("/DecodeParms")
    if isinstance(parameters, Array):
        parameters = parameters[len(parameters) - 1] if len(parameters) else None
    return parameters if isinstance(parameters, Dictionary) else None


def clean_colours(stream: Stream) -> None:
    """Rewrite a colour profile without device information, in place."""
    octets = stream.read_bytes()
    clean = bare_profile(octets)
    if clean != octets:
        # Without a valid profile, programs go by the number of colour components.
        stream.write(clean or b"")


def check_inline(picture: ContentStreamInlineImage) -> None:
    """Raises BrokenPicture for an inline JPEG with metadata, which no program writes."""
    head, _, octets = picture.iimage.unparse().partition(b"\nID\n")
    if b"DCT" not in head:
        return
    octets = octets.removesuffix(b"EI").rstrip()
    if not octets.startswith(b"\xff\xd8") or clean_jpeg(octets) != octets:
        raise BrokenPicture
