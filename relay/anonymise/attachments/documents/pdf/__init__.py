"""Cleans PDF documents: pages, links, forms and bookmarks stay; other information is removed."""

from __future__ import annotations

import io
import logging
import re
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, PdfError, Stream

from relay.anonymise.attachments.cleaning import BrokenPicture, Cleaning
from relay.anonymise.attachments.documents.pdf.drawing import Reader
from relay.anonymise.attachments.documents.pdf.pictures import clean_colours, clean_picture
from relay.anonymise.attachments.documents.pdf.streams import cut_behind_the_end, look_for_addresses
from relay.anonymise.attachments.documents.pdf.tree import TOO_MUCH, Tree
from relay.anonymise.doubts import Doubts
from relay.anonymise.identities import folded_letters, may_be_word
from relay.anonymise.tally import Tally
from relay.model import Attachment
from relay.refusals import CannotAnonymise

if TYPE_CHECKING:
    from relay.anonymise.attachments.documents.pdf.covering import Mention

MAX_PAGES = 2000
MAX_STREAM = 100 * 1024 * 1024
MAX_NUMBERED = 400_000
"""The highest object number allowed: twice as many as are read."""
MAX_ITEMS = 250_000
"""Items of one array or dictionary: a font of 65,536 glyphs has up to twice as many numbers."""
_NUMBER = re.compile(r"\d{1,18}")
_NAMED = (
    "a PDF document shows an address or a name of yours that cannot be covered; please take it out and attach it again"
)
_LOCKED = "a PDF document is locked with a password; please save it without one and attach it again"
_DAMAGED = "a PDF document is damaged and cannot be made anonymous; please save or print it as a new PDF"
_LONG = "a PDF document has more pages than can be made anonymous; please send a part of it"
_PORTFOLIO = "a PDF that is a folder of files cannot be made anonymous; please attach the files one by one"
_DYNAMIC = "a PDF form that is made only when it is opened cannot be made anonymous; please print it as a new PDF"
_STUMBLES = (PdfError, BrokenPicture, ValueError, TypeError, KeyError, IndexError, AttributeError, RuntimeError)


def clean_pdf(attachment: Attachment, cleaning: Cleaning) -> Attachment:
    """Clean one PDF. Its pages look as before, and their text is not changed; a page that shows an identity is drawn
    anew with the place black (covering.py). A word there that may be a part of the author's name is a doubt. Raises
    CannotAnonymise when an identity cannot be covered, and for locked, damaged and overlarge documents."""
    _settle()
    faults = pikepdf.settings.qpdf_limit_errors()
    try:
        with pikepdf.open(io.BytesIO(attachment.content), suppress_warnings=True) as pdf:
            content, read = _cleaned(pdf, cleaning)
        if read.names or read.maybe_names:
            content = _without_names(content, read, cleaning)
    except pikepdf.PasswordError as error:
        raise CannotAnonymise(_LOCKED) from error
    except _STUMBLES as error:
        raise CannotAnonymise(_DAMAGED) from error
    if pikepdf.settings.qpdf_limit_errors() != faults:
        # Something exceeded the limits and was skipped.
        raise CannotAnonymise(TOO_MUCH)
    return replace(attachment, content=content, media_type="application/pdf")


def _settle() -> None:
    """Configure qpdf for the whole process, the same for every document: limits on what it unpacks, and no log lines
    about faulty files, which may quote a letter's text."""
    logging.getLogger("pikepdf").setLevel(logging.CRITICAL)
    pikepdf.settings.set_qpdf_limits(
        flate_max_memory=MAX_STREAM,
        run_length_max_memory=MAX_STREAM,
        png_max_memory=MAX_STREAM,
        tiff_max_memory=MAX_STREAM,
        max_stream_filters=6,
        parser_max_nesting=100,
        parser_max_container_size=MAX_ITEMS,
    )


def _cleaned(pdf: Pdf, cleaning: Cleaning) -> tuple[bytes, Reader]:
    if _highest_number(pdf) > MAX_NUMBERED:
        raise CannotAnonymise(TOO_MUCH)
    pages = len(pdf.pages)
    if pages > MAX_PAGES:
        raise CannotAnonymise(_LONG)
    if not pages:
        raise CannotAnonymise(_DAMAGED)
    if "/Collection" in pdf.Root:
        raise CannotAnonymise(_PORTFOLIO)
    if bool(pdf.Root.get("/NeedsRendering", False)):
        raise CannotAnonymise(_DYNAMIC)
    reader = Reader(pdf, cleaning)
    tree = Tree(pdf, cleaning, reader)
    for key in tuple(pdf.trailer.keys()):
        if key not in ("/Root", "/Size"):
            tree.dropped += key == "/Info"
            del pdf.trailer[key]
    tree.clean()
    _drawings(pdf, tree, reader)
    _pictures(pdf, tree, cleaning)
    cut_behind_the_end(tree.streams)
    if not reader.names:  # else the pages that show them go, and the document is looked at again
        look_for_addresses(tree.streams, cleaning.redactor)
    if tree.dropped:
        cleaning.tally.add("document-metadata")
    return _saved(pdf, pages), reader


def _without_names(content: bytes, read: Reader, cleaning: Cleaning) -> bytes:
    """The document with the author's names covered, and the words that may be names noted as doubts. Raises
    CannotAnonymise when a name is left."""
    from relay.anonymise.attachments.documents.pdf.covering import covered, mentions_on_pages  # loads PDFium

    doubts, unplaced = cleaning.redactor.of_letter(Doubts), dict(read.maybe_names)
    sure: dict[int, list[Mention]] = {}
    for page, mentions in mentions_on_pages(content, cleaning.redactor).items():
        for mention in mentions:
            if may_be_word(mention.words):
                unplaced.pop(mention.words, None)
                doubts.add("name", mention.words, page + 1)
            else:
                sure.setdefault(page, []).append(mention)
    for words in unplaced:
        doubts.add("name", words)
    if sure:
        content = covered(content, sure, cleaning.redactor)
        cleaning.tally.add("attached-text", sum(map(len, sure.values())))
    if not _agree(read.names, [mention.words for mentions in sure.values() for mention in mentions]):
        raise CannotAnonymise(_NAMED)
    if not sure:
        return content
    with pikepdf.open(io.BytesIO(content), suppress_warnings=True) as pdf:
        content, again = _cleaned(pdf, replace(cleaning, tally=Tally()))
    if again.names:
        raise CannotAnonymise(_NAMED)
    return content


def _agree(names: Iterable[str], covered: Sequence[str]) -> bool:
    """Whether each word of ``names``, as drawing.py read them, was covered: a picture cannot be read again. The two
    readers may join or order words differently."""
    black = [folded_letters(words) for words in covered]
    wanted = {folded_letters(word) for words in names for word in words.split()}
    return all(any(word in one for one in black) for word in wanted)


def _highest_number(pdf: Pdf) -> int:
    """The highest object number, determined before any object is read: reading one object of a stream makes qpdf read
    all of them."""
    # When the table has more entries than the trailer declares, qpdf reports their number.
    messages = (str(warning) for warning in pdf.get_warnings())
    numbers = (number for words in messages if "number of objects" in words for number in _NUMBER.findall(words))
    return max(int(pdf.trailer.get("/Size", 0)), *map(int, numbers), 0)


def _drawings(pdf: Pdf, tree: Tree, reader: Reader) -> None:
    for page in pdf.pages:
        content = page.obj.get("/Contents")
        if content is None:
            continue
        octets = _content(content, tree.cleaning)
        clean = reader.clean(page.obj, octets, _resources(page.obj))
        if clean is not None:
            page.obj["/Contents"] = pdf.make_stream(clean)
    for stream, resources in tree.drawings:
        octets = stream.read_bytes()
        tree.cleaning.room.take(len(octets))
        clean = reader.clean(stream, octets, resources)
        if clean is not None:
            stream.write(clean)
    reader.painted.check((page.obj for page in pdf.pages), (stream for stream, _ in tree.drawings))


def _content(content: Object, cleaning: Cleaning) -> bytes:
    """The octets of a page's content streams, one after the other."""
    streams = content if isinstance(content, Array) else (content,)
    out = []
    for stream in streams:
        if isinstance(stream, Stream):
            octets = stream.read_bytes()
            cleaning.room.take(len(octets))
            out.append(octets)
    return b"\n".join(out)


def _resources(page: Object) -> Object | None:
    """The resources of a page: its own, or inherited from the page tree."""
    node: Object | None = page
    for _ in range(64):
        if not isinstance(node, Dictionary):
            return None
        if "/Resources" in node:
            return node["/Resources"]
        node = node.get("/Parent")
    return None


def _pictures(pdf: Pdf, tree: Tree, cleaning: Cleaning) -> None:
    for stream in tree.pictures:
        cleaning.room.take(clean_picture(pdf, stream))
    for stream in tree.profiles:
        clean_colours(stream)


def _saved(pdf: Pdf, pages: int) -> bytes:
    out = io.BytesIO()
    version = "2.0" if pdf.pdf_version.startswith("2") else "1.7"
    if Name.Version in pdf.Root:
        del pdf.Root.Version
    with warnings.catch_warnings():
        # pikepdf warns about form fields that are missing from the form's list.
        warnings.simplefilter("ignore")
        pdf.save(
            out,
            deterministic_id=True,
            encryption=False,
            force_version=version,
            compress_streams=True,
            stream_decode_level=pikepdf.StreamDecodeLevel.none,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
        )
    content = out.getvalue()
    with pikepdf.open(io.BytesIO(content), suppress_warnings=True) as again:
        if len(again.pages) != pages:
            raise CannotAnonymise(_DAMAGED)
    return content
