"""Re-reads the finished letter with other eyes than the finder's, and refuses it when its author is named: rather no
letter than a leak.

It compares letters alone: those of each registered full name, address and employer of the author with those of all
that is visible or can be decoded. What is looked for is in leak_needles.py, what is decoded in leak_views.py.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from relay.anonymise.leak_needles import Needle, letters_of, needles_of, signs, signs_at, spelt
from relay.anonymise.leak_views import views
from relay.anonymise.visible import visible
from relay.message.charrefs import unescape
from relay.message.headers import decoded_values, split
from relay.message.parse import parse
from relay.model import Identity, Known, Message
from relay.refusals import StillIdentifying

# Every charset that mail and files are written in, in which a name could stand undeclared.
CHARSETS = tuple(
    str.split("""
    utf-8 utf-16-le utf-16-be utf-7 cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 cp874 iso8859-2
    iso8859-3 iso8859-4 iso8859-5 iso8859-6 iso8859-7 iso8859-8 iso8859-10 iso8859-13 iso8859-14 iso8859-15 iso8859-16
    koi8-r koi8-u koi8-t cp437 cp737 cp775 cp850 cp852 cp855 cp857 cp860 cp861 cp862 cp863 cp864 cp865 cp866 cp869
    mac_roman mac_cyrillic mac_greek mac_latin2 mac_turkish mac_iceland cp932 euc_jp iso2022_jp gb18030 hz big5
    big5hkscs cp949 johab iso2022_kr ptcp154 utf-32-le utf-32-be
    """)
)
# Those that write letters as ASCII, or ASCII as more than one octet a letter.
_ASCII_CHARSETS = (
    "utf-8",
    "utf-16-le",
    "utf-16-be",
    "utf-7",
    "iso2022_jp",
    "iso2022_kr",
    "hz",
    "utf-32-le",
    "utf-32-be",
)
_TAG = re.compile(r"<[a-z!/][^>]*>", re.IGNORECASE)
_MARKUP = re.compile(r"<[^>]*>")
# In octets that are no text a short word stands by chance: a photograph has every word of four letters somewhere.
_SMALLEST, _SMALLEST_IN_TEXT = 6, 3
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_AROUND = 80
# What ends a sentence in scripts without blanks, and in others.
_SENTENCE_END = re.compile("[。！？]")
_STOP = re.compile(r"[.!?;:][\"'”»)\]}]*[\s,]|\n\s*\n")
_MOST_UNPACKED = 8_000_000
_PACKED_TEXT = (".xml", ".rels", ".txt", ".csv", ".json", ".html", ".md", ".vtt", ".svg")


def leak_check(message: Message, headers: Sequence[str], body: bytes, known: Known, forbidden: Sequence[str]) -> None:
    """Look at a finished letter as its reader's program will see it.

    ``message`` is the finished letter parsed afresh, ``headers`` the decoded values of its fields but for those made of
    what the recipient knows anyway, ``body`` its octets below the header section, ``forbidden`` further words that must
    not be in it. Attached mails are looked at in the same way. Raises StillIdentifying.
    """
    eyes = Eyes(known, forbidden)
    for text in _texts(message, headers):
        if any(map(eyes.see, views(text))):
            raise StillIdentifying
    if any(map(eyes.see_octets, _octets(message, body))):
        raise StillIdentifying
    for attachment in message.attachments:
        if attachment.media_type == "message/rfc822":
            inner = attachment.content
            head = split(inner)
            leak_check(parse(inner, head), decoded_values(head[0]), inner[head[1] :], known, forbidden)


def _texts(message: Message, headers: Sequence[str]) -> Iterator[str]:
    yield "\n".join((message.subject, *headers))
    if message.text:
        yield message.text
    if message.html:
        # What a reader sees, and the attributes: programs read those, and some show them.
        yield visible(message.html)
        if "=" in message.html:
            attributes = {tag[0] for tag in _TAG.finditer(message.html) if "=" in tag[0]}
            yield "\n".join(unescape(tag) for tag in sorted(attributes))
    for attachment in message.attachments:
        if attachment.filename:
            yield attachment.filename
        yield from _written(attachment.content)


def _written(content: bytes) -> Iterator[str]:
    """What a file shows as UTF-8 or UTF-16, if it is a text; of other charsets the octets are looked through."""
    try:
        if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
            yield content.decode("utf-16", "replace")
        elif b"\0" not in content[:4096]:
            text = content.decode("utf-8-sig")
            yield text
            if "<" in text:
                yield unescape(_MARKUP.sub("", text))
    except UnicodeDecodeError:
        return


def _octets(message: Message, body: bytes) -> Iterator[bytes]:
    yield body
    for attachment in message.attachments:
        yield attachment.content
        if attachment.content[:4] == b"PK\3\4":
            yield from _unpacked(attachment.content)


def _unpacked(content: bytes) -> Iterator[bytes]:
    """The names of what is in an archive, and what of it is text, tags taken out; as much as is sure to fit."""
    left = _MOST_UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.infolist():
                yield member.filename.encode("utf-8", "surrogateescape")
                left -= member.file_size
                if left > 0 and member.filename.lower().endswith(_PACKED_TEXT):
                    octets = archive.read(member)
                    yield octets
                    if b"<" in octets:
                        yield re.sub(rb"<[^>]*>", b"", octets)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, ValueError, EOFError):
        return


@lru_cache(maxsize=256)
def _needles(identity: Identity) -> tuple[Needle, ...]:
    return needles_of(identity)


@lru_cache(maxsize=256)
def _spellings(identity: Identity, ascii_only: bool) -> tuple[tuple[bytes, str], ...]:
    """The longest word of each name, and each address, in every charset; those that consist of ASCII, or all."""
    found: dict[bytes, str] = {}
    for word in spelt(identity):
        for charset in _ASCII_CHARSETS if ascii_only or word.isascii() else CHARSETS:
            found.update(dict.fromkeys(_encoded(word, charset), charset))
    return tuple((octets, charset) for octets, charset in found.items() if not ascii_only or octets.isascii())


def _encoded(word: str, charset: str) -> Iterator[bytes]:
    """The word as it is, small, and in capitals; nothing when the charset has no sign for one of its letters."""
    try:
        for written in dict.fromkeys((word, word.lower(), word.upper())):
            octets = written.encode(charset)
            if len(octets) >= _SMALLEST_IN_TEXT:
                yield octets.lower() if word.isascii() else octets
    except UnicodeError:
        return


class Eyes:
    """Looks for the author of one letter."""

    def __init__(self, known: Known, forbidden: Sequence[str]) -> None:
        self._author = known.author
        self._needles = _needles(known.author)
        personas = (known.author_persona, known.recipient_persona)
        own = [word for one in personas for word in (one.alias, one.name) if word]
        # What the reader's own address says is no news to them. A name that touches the next word is no edge of it.
        own += known.recipient.addresses
        self._own = own
        self._forbidden = tuple(_forbidden_forms(forbidden))

    def see(self, text: str) -> bool:
        """Does the text name the author?"""
        for own in self._own:
            if own in text:
                text = _without(text, own)
        whole = signs(text)
        if any(word in whole for word in self._forbidden):
            return True
        wanted = [needle for needle in self._needles if needle.signs[:2] in whole]
        without = letters_of(whole)
        return any(needle.signs in (whole if needle.digits else without) and _stands(text, needle) for needle in wanted)

    def see_octets(self, content: bytes) -> bool:
        """Do the octets, in any charset that could spell the name, name the author?"""
        low = content.lower()
        nul = b"\0" in content
        smallest = _SMALLEST if _CONTROLS.search(content, 0, 4096) else _SMALLEST_IN_TEXT
        for octets, charset in _spellings(self._author, content.isascii()):
            if len(octets) < smallest or (b"\0" in octets and not nul):
                continue
            where = low if octets in low else content
            at = where.find(octets)
            while at >= 0:
                start = max(0, at - _AROUND)
                # In a charset of two octets the piece has to begin as the name does.
                start += (at - start) % 2
                if self.see(content[start : at + len(octets) + _AROUND].decode(charset, "replace")):
                    return True
                at = where.find(octets, at + len(octets))
        return False


def _without(text: str, own: str) -> str:
    """The text with a line end for each ``own`` that stands there as a word."""
    pieces: list[str] = []
    done = at = 0
    while (at := text.find(own, at)) >= 0:
        end = at + len(own)
        if not text[max(0, at - 1) : at].isalnum() and not text[end : end + 1].isalnum():
            pieces += (text[done:at], "\n")
            done = end
        at = end
    return "".join((*pieces, text[done:]))


def _forbidden_forms(forbidden: Iterable[str]) -> Iterator[str]:
    for word in forbidden:
        alone = signs(word)
        if len(alone) >= 6:
            yield alone


def _stands(text: str, needle: Needle) -> bool:
    """Does one of the places where the letters stand count: at the edges of words, with capitals where it has to?"""
    whole, places = signs_at(text)
    if not needle.digits:
        kept = [number for number, sign in enumerate(whole) if sign.isalpha()]
        whole, places = "".join(whole[number] for number in kept), [places[number] for number in kept]
    at = whole.find(needle.signs)
    while at >= 0:
        first, last = places[at], places[at + len(needle.signs) - 1]
        if (
            (not needle.edged or _edged(text, first, last))
            and not _SENTENCE_END.search(text, first, last)
            and (not needle.capital or _names(text, first, last + 1))
        ):
            return True
        at = whole.find(needle.signs, at + 1)
    return False


def _edged(text: str, first: int, last: int) -> bool:
    before, behind = text[max(0, first - 1) : first], text[last + 1 : last + 2]
    return not before.isalnum() and not behind.isalnum()


def _names(text: str, start: int, end: int) -> bool:
    """Do ordinary words stand there as a name: with capitals, and within one sentence? With a comma between they do
    only when they fill a line: "Egypt, Jordan, Israel" are countries."""
    written = text[start:end]
    if _STOP.search(written) or not _capitals(written):
        return False
    around = text[max(0, start - _AROUND) : start].rpartition("\n")[2] + text[end : end + _AROUND].partition("\n")[0]
    return "," not in written or not any(map(str.isalpha, around))


def _capitals(written: str) -> bool:
    """Does every word begin with a capital, in a script that has any?"""
    words = re.findall(r"[^\W\d_]+", written)
    return len(words) > 1 and all(word[0].isupper() for word in words)
