"""Opens attached files for the leak check: their text, and the octets in which a name could occur."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping

import regex

from relay.anonymise.leak_check.letters_alone import letters
from relay.anonymise.leak_check.pdf import texts_in_pdf
from relay.message.read.html_tokens import unescape

_MARKUP = re.compile(r"<[^>]*>")
_MOST_UNPACKED = 8_000_000
_DEEPEST = 3
_WIDE = ("utf-16-le", "utf-16-be")
_HEAD = 2048
_BEGINNING = 512
_PACKED_TEXT = (
    ".xml",
    ".rels",
    ".xhtml",
    ".opf",
    ".ncx",
    ".css",
    ".txt",
    ".csv",
    ".json",
    ".html",
    ".md",
    ".vtt",
    ".svg",
)
_SEAM = "\ue002"
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_PACKED = b"PK\3\4"
# Controls except tabs and line ends, private-use and unassigned characters, and replacement characters.
_NO_TEXT = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\uf8ff\ufffd-\uffff]")


def octets_in(content: bytes) -> Iterator[bytes]:
    """The file's octets; for an archive also its member names and text members."""
    yield content
    yield from _unpacked(content, _DEEPEST)


def without_returned(octets: bytes, sent: Mapping[str, int]) -> bytes:
    """The octets of a text file or a part of a document, without the words of names that its reader wrote there: how
    often is in ``sent``, and where they are there more often, all stay. Other octets are unchanged; those of an archive
    go, because its parts are looked at one by one."""
    if octets[:4] == _PACKED:
        return b""
    wide = octets[:2] in (b"\xff\xfe", b"\xfe\xff")
    try:
        text = octets.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        return octets
    end = text.rfind(">") + 1
    if "<" not in text[:end]:
        return without_sent(text, sent).encode("utf-8", "replace")
    tags = [without_sent(tag, sent) for tag in dict.fromkeys(_MARKUP.findall(text[:end]))]
    # Words on both sides of a tag may be neighbours, or parts of one.
    shown = unescape(_MARKUP.sub(_SEAM, text[:end]) + text[end:])
    return "\n".join((*tags, without_sent(shown, sent).replace(_SEAM, ""))).encode("utf-8", "replace")


def without_sent(text: str, sent: Mapping[str, int]) -> str:
    """The text without the words in ``sent``, if it has none of them more often."""
    found = [word for word in _WORD.finditer(text) if _folded(word[0]) in sent]
    counts = Counter(_folded(word[0]) for word in found)
    if any(count > sent[word] for word, count in counts.items()):
        return text
    edges = [0, *(edge for word in found for edge in word.span()), len(text)]
    return " ".join(text[edges[at] : edges[at + 1]] for at in range(0, len(edges), 2))


def _folded(word: str) -> str:
    return letters(word) or word


def texts_in(octets: bytes) -> Iterator[str]:
    """The octets as text, if they are UTF-8, UTF-16 or PDF; octets in other charsets are searched as octets."""
    if b"%PDF" in octets[:1024]:
        yield from texts_in_pdf(octets)
    try:
        if octets[:2] in (b"\xff\xfe", b"\xfe\xff"):
            yield octets.decode("utf-16", "replace")
        elif b"\0" not in octets[:4096]:
            yield from _without_markup(octets.decode("utf-8-sig"))
        else:
            yield from (octets.decode(charset, "replace") for charset in _WIDE if _is_text(octets, charset))
    except UnicodeDecodeError:
        return


def _without_markup(text: str) -> Iterator[str]:
    """A text; with markup, the text without tags, and each distinct tag once."""
    end = text.rfind(">") + 1  # behind it no tag ends; to search for an end at each "<" there would take long
    if "<" not in text[:end]:
        yield text
        return
    marked = text[:end]
    yield unescape(_MARKUP.sub("", marked) + text[end:])
    yield "\n".join(dict.fromkeys(_MARKUP.findall(marked)))


def _is_text(content: bytes, charset: str) -> bool:
    """Whether octets without a byte order mark read as UTF-16 text."""
    # The first octets already exclude nearly every binary file.
    return _reads(content[:_BEGINNING], charset, 4) and _reads(content[:_HEAD], charset, 20)


def _reads(head: bytes, charset: str, of: int) -> bool:
    """Whether at most one in ``of`` characters cannot occur in text."""
    shown = head[: len(head) // 2 * 2].decode(charset, "replace")
    return len(_NO_TEXT.findall(shown)) * of <= len(shown)


def _unpacked(content: bytes, deepest: int) -> Iterator[bytes]:
    """Names of archive members, and the members that are text or archives, up to a total size."""
    if content[:4] != _PACKED or not deepest:
        return
    left = _MOST_UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.infolist():
                yield from _names(member)
                left -= member.file_size
                if left <= 0:
                    continue
                if member.filename.lower().endswith(_PACKED_TEXT):
                    yield archive.read(member)
                else:
                    yield from _unpacked(archive.read(member), deepest - 1)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, ValueError, EOFError):
        return


def _names(member: zipfile.ZipInfo) -> Iterator[bytes]:
    """A member's name as stored in the archive, and as its Unicode extra field gives it."""
    yield member.filename.encode("utf-8", "surrogateescape")
    if not member.flag_bits & 0x800 and not member.filename.isascii():
        # The standard library decodes names that are not UTF-8 as code page 437.
        yield member.filename.encode("cp437", "replace")
    if member.extra:
        yield member.extra
