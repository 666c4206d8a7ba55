"""The leak check: searches the finished letter for its author's identity, and refuses it on a match.

It compares letters only (letters_alone.py): those of each registered name, address and employer of the author
(needles.py) with those of everything visible or decodable in the letter (decodings.py, files.py). matcher.py decides
what counts as a match.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType

from relay.anonymise.echoes import is_known_file, is_known_name, is_known_subject
from relay.anonymise.html.quotation_form import STARTS
from relay.anonymise.html.visible import visible
from relay.anonymise.leak_check.decodings import tokens, views
from relay.anonymise.leak_check.echoes import with_edges, without_alts
from relay.anonymise.leak_check.files import octets_in, texts_in, without_returned, without_sent
from relay.anonymise.leak_check.matcher import Matcher
from relay.anonymise.leak_check.needles import LONG, octet_words
from relay.anonymise.likeness import counts_of
from relay.message.read.entities import Entity, read
from relay.message.read.headers import decoded_values, split
from relay.message.read.html_tokens import unescape
from relay.message.read.parse import parse
from relay.model import Attachment, Identity, Known, Message
from relay.refusals import StillIdentifying

# Every charset of mail and files, in which a name could be written undeclared.
CHARSETS = tuple(
    str.split("""
    utf-8 utf-16-le utf-16-be utf-7 cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 cp874 iso8859-2
    iso8859-3 iso8859-4 iso8859-5 iso8859-6 iso8859-7 iso8859-8 iso8859-10 iso8859-13 iso8859-14 iso8859-15 iso8859-16
    koi8-r koi8-u koi8-t cp437 cp737 cp775 cp850 cp852 cp855 cp857 cp860 cp861 cp862 cp863 cp864 cp865 cp866 cp869
    mac_roman mac_cyrillic mac_greek mac_latin2 mac_turkish mac_iceland cp932 euc_jp iso2022_jp gb18030 hz big5
    big5hkscs cp949 johab iso2022_kr ptcp154 utf-32-le utf-32-be
    """)
)
# In all other charsets ASCII is encoded as in UTF-8; the octets of one byte order contain those of the other but a NUL.
_OTHER_ORDER = {"utf-16-le": "utf-16-be", "utf-32-le": "utf-32-be"}
# Charsets that write letters as ASCII, or ASCII as more than one octet per letter.
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
_SHOWN = re.compile(r"""(?<=[\s"'])(?:alt|title|href|src|aria-label)=("[^"]*"|'[^']*'|[^\s>]+)""", re.IGNORECASE)
# In binary octets a short word occurs by chance: a photograph contains every word of four letters.
_SMALLEST, _SMALLEST_IN_TEXT = 6, 3
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_NULS = b"\0\0\0"
_AROUND = 80
_BLANK = re.compile(r"\s")
_WIDE = 500  # where the words beside a name in a page's source have to be known
_BETWEEN_WORDS = (b" ", b"\t", b".", b",", b"-", b"_", b"@", b"<")
# In longer texts some tokens would not be decoded (decodings.py).
_MOST_TOGETHER = 400_000
# What relay itself writes in a header, and in the date before it.
_OURS = re.compile(
    r"^[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4}|^(?:multipart/[a-z]+|text/(?:plain|html|calendar)|message/rfc822)"
    r"|\b(?:boundary|charset|format=flowed|delsp|quoted-printable|base64|inline|attachment|filename|name)\b",
    re.MULTILINE,
)
_KNOWN_TO_READER = ("to", "in-reply-to", "references")


def as_received(letter: bytes, except_for: tuple[str, ...] = _KNOWN_TO_READER) -> tuple[Message, list[str], bytes]:
    """A finished letter as its reader's mail program will see it: what ``leak_check`` takes first. Without the fields
    that hold the reader's own address, and Message-IDs that the reader's program has."""
    head = split(letter)
    tree = read(letter, head)
    headers = decoded_values(head[0], except_for=except_for)
    return parse(letter, head, tree=tree), headers, b"\n".join(_written(letter, head[1], tree))


def _written(letter: bytes, start: int, tree: Entity) -> Iterator[bytes]:
    """The octets of a letter from ``start`` on, without parts in base64, which spell words by chance only: what they
    hold is searched by itself."""
    for leaf in _packed(tree):
        yield letter[start : leaf.start]
        start = leaf.start + len(leaf.octets)
    yield letter[start:]


def _packed(entity: Entity) -> Iterator[Entity]:
    """The parts in base64. One with signs that separate words may hold some, and is none."""
    for child in entity.children:
        yield from _packed(child)
    if entity.encoding == "base64" and not any(sign in entity.octets for sign in _BETWEEN_WORDS):
        yield entity


def leak_check(
    message: Message,
    headers: Sequence[str],
    body: bytes,
    known: Known,
    forbidden: Sequence[str],
    *,
    quoted: bool = False,
) -> None:
    """Check a finished letter as the recipient's mail program will show it.

    ``message`` is the finished letter, parsed again; ``headers`` are its decoded header values, without the fields made
    of what the recipient knows anyway; ``body`` is its octets below the header section but those in base64;
    ``forbidden`` are further words that must not occur. Attached mails are checked in the same way, as ``quoted``.
    Raises StillIdentifying.
    """
    matcher = Matcher(known, forbidden, quoted=quoted)
    if message.text and matcher.signed(message.text):
        raise StillIdentifying
    if is_known_subject(message.subject, known):
        headers = [value for value in headers if value != message.subject]
        message = replace(message, subject="")
    whole = message
    if message.html and known.echoes.mentions:
        message = replace(
            message, html=with_edges(without_alts(message.html, known.echoes.values, everywhere=quoted)[0])
        )
    texts = [(text, 1) for text in (*_shown(message), _OURS.sub("", "\n".join(headers)))]
    if _any_name_author(matcher, texts + [(text, LONG) for text in _attributes(message)]):
        raise StillIdentifying
    spared = _Spared(matcher, whole, known) if matcher.has_echoes else None
    if _octets_name_author(matcher, known.author, body, LONG, spared):
        raise StillIdentifying
    for attachment in (_without_known(one, known) for one in message.attachments):
        mail = attachment.media_type == "message/rfc822"
        # A mail is read below; as a whole it may hold what comes back.
        looked_at = replace(attachment, content=b"") if mail and known.echoes else attachment
        if _file_names_author(matcher, known, looked_at):
            raise StillIdentifying
        if mail:
            leak_check(*as_received(attachment.content, except_for=()), known, forbidden, quoted=True)


def _without_known(file: Attachment, known: Known) -> Attachment:
    """The file without a content or name that its reader wrote."""
    title = None if is_known_name(file, known) else file.filename
    return replace(file, content=b"" if is_known_file(file, known) else file.content, filename=title)


def _shown(message: Message) -> Iterator[str]:
    """The visible text."""
    yield message.subject
    if message.text:
        yield message.text
    if message.html:
        yield visible(message.html)
        if "=" in message.html:
            yield "\n".join(unescape(shown[1]) for shown in _SHOWN.finditer(message.html))


def _attributes(message: Message) -> Iterator[str]:
    """What programs read: attributes, but for those that relay writes around every quotation. Some of their words are
    also names (Courier, Block)."""
    if message.html and "=" in message.html:
        attributes = {tag[0] for tag in _TAG.finditer(message.html) if "=" in tag[0]} - STARTS
        yield "\n".join(unescape(tag) for tag in sorted(attributes))


def _any_name_author(matcher: Matcher, texts: Sequence[tuple[str, int]]) -> bool:
    """Like _names_author, for several texts, each with its ``shortest``. A quick test of all together
    comes first: most match nothing."""
    together = "\n".join(text for text, _ in texts)
    if len(together) < _MOST_TOGETHER and not any(map(matcher.may_match, (*views(together), *tokens(together)))):
        return False
    return any(_names_author(matcher, text, shortest) for text, shortest in texts)


def _names_author(matcher: Matcher, text: str, shortest: int = 1) -> bool:
    """Whether the text, in any decoded form, names the author. In decoded tokens short words occur by chance."""
    return any(matcher.matches(view, shortest) for view in views(text)) or any(
        matcher.matches(view, LONG) for view in tokens(text)
    )


def _file_names_author(matcher: Matcher, known: Known, attachment: Attachment) -> bool:
    """Whether a file, its name or anything packed in it names the author, but for what its reader wrote and gets back
    with changes."""
    if _names_author(matcher, attachment.filename or ""):
        return True
    if not any(_octets_tell(matcher, known.author, octets) for octets in octets_in(attachment.content)):
        return False
    sent = counts_of(attachment.content, known.echoes.sketches)
    return sent is None or any(
        _octets_tell(matcher, known.author, without_returned(octets, sent), sent)
        for octets in octets_in(attachment.content)
    )


def _octets_tell(
    matcher: Matcher, author: Identity, octets: bytes, sent: Mapping[str, int] = MappingProxyType({})
) -> bool:
    texts = (without_sent(text, sent) if sent else text for text in texts_in(octets))
    return any(_names_author(matcher, text) for text in texts) or _octets_name_author(matcher, author, octets)


@lru_cache(maxsize=256)
def _spellings(identity: Identity, ascii_only: bool, nul: bool) -> tuple[tuple[bytes, str], ...]:
    """Each word that names somebody, and each address, in every charset. ``ascii_only``: only encodings that consist of
    ASCII; without ``nul``: none that contains a NUL."""
    found = (each for word in octet_words(identity) for each in _encoded(word, ascii_only, nul))
    return tuple({octets: (octets, charset) for octets, charset in found}.values())


@lru_cache(maxsize=256)
def _encoded(word: str, ascii_only: bool, nul: bool) -> tuple[tuple[bytes, str], ...]:
    """One word encoded in each charset that has all its letters."""
    if word.isascii():
        charsets: tuple[str, ...] = ("utf-8", *_OTHER_ORDER) if nul else ("utf-8",)
    else:
        charsets = _ASCII_CHARSETS if ascii_only else CHARSETS
    found = {octets: charset for charset in charsets for octets in _cases(word, charset)}
    return tuple((octets, charset) for octets, charset in found.items() if not ascii_only or octets.isascii())


def _cases(word: str, charset: str) -> Iterator[bytes]:
    """The word as written, in lower case, and in capitals; an ASCII word only in lower case, in which it is
    searched."""
    try:
        for written in dict.fromkeys((word.lower(),) if word.isascii() else (word, word.lower(), word.upper())):
            octets = written.encode(charset)
            if len(octets) >= _SMALLEST_IN_TEXT:
                yield octets.strip(b"\0") if word.isascii() else octets
    except UnicodeError:
        return


class _Spared:
    """What a letter, and what is attached to it as a mail, shows of its author because its reader wrote it. A piece of
    the octets does not show that it is in a quotation."""

    def __init__(self, matcher: Matcher, message: Message, known: Known) -> None:
        self._of, self._texts = (matcher, message, known), list[tuple[str, str]]()

    def count(self, word: str) -> int:
        """How often ``word``, in lower case, is shown for that reason."""
        self._texts = self._texts or list(_with_and_without_echoes(*self._of))
        return sum(text.count(word) - left.count(word) for text, left in self._texts)


def _with_and_without_echoes(matcher: Matcher, message: Message, known: Known) -> Iterator[tuple[str, str]]:
    if message.html:
        page, alts = without_alts(message.html, known.echoes.values, everywhere=matcher.is_quoted)
        message = replace(message, html=with_edges(page))
        yield "\n".join(alts).lower(), ""
    for text in _shown(message):
        yield text.lower(), matcher.without_echoes(text).lower()
    for attachment in message.attachments:
        if is_known_name(attachment, known):
            yield (attachment.filename or "").lower(), ""
        if attachment.media_type == "message/rfc822":
            mail, _, _ = as_received(attachment.content, except_for=())
            yield from _with_and_without_echoes(matcher.for_attached_mail(), mail, known)


def _octets_name_author(
    matcher: Matcher, author: Identity, content: bytes, shortest: int = 1, spared: _Spared | None = None
) -> bool:
    """Whether the octets, in any charset that could spell the name, name the author; ``spared``: but for that."""
    low = content.lower()
    first, last = low.find(b"@"), low.rfind(b"@")
    nul = b"\0" in content
    # UTF-32 has three in a row at each ASCII letter; pictures hardly ever have.
    several = nul and _NULS in content
    smallest = _SMALLEST if _CONTROLS.search(content, 0, 4096) else _SMALLEST_IN_TEXT
    learned = Identity((), learned=author.learned)
    registered = author.registered
    ascii_only = content.isascii()
    # Most learned words are registered, too.
    words = dict.fromkeys((*_spellings(registered, ascii_only, nul), *_spellings(learned, ascii_only, nul)))
    for octets, charset in words:
        if len(octets) < smallest or (b"\0" in octets and not nul) or (_NULS in octets and not several):
            continue
        # Lower-case needles are searched in the lower-cased octets, others in the original ones.
        where = low if octets == octets.lower() else content
        # An address can only be around an "@", which base64 never has.
        start, stop = (max(0, first - len(octets)), last + len(octets)) if b"@" in octets else (0, len(where))
        at = where.find(octets, start, stop)
        if at >= 0 and spared is not None and octets.isascii() and where.count(octets) <= spared.count(octets.decode()):
            continue
        while at >= 0:
            end = at + len(octets)
            following = end
            if matcher.has_echoes and not _more_names_author(matcher, content, (at, end), charset, shortest):
                # What was read around it names nobody, and is not read again for each of many mentions.
                following = end + _WIDE // 2
            elif any(matcher.matches(piece, shortest) for piece in _around(content, at, end, charset, _AROUND)):
                return True
            at = where.find(octets, following)
    return False


def _more_names_author(matcher: Matcher, content: bytes, place: tuple[int, int], charset: str, shortest: int) -> bool:
    """The same with more of the octets around, without the words that the piece cuts in two: of something that the
    reader wrote they may be the second half."""
    start, end = place
    for piece in _around(content, start, end, charset, _WIDE):
        first = _BLANK.search(piece, 0, _WIDE // 8) if start > _WIDE else None
        last = _BLANK.search(piece[::-1], 0, _WIDE // 8) if end + _WIDE < len(content) else None
        if matcher.matches(piece[first.end() if first else 0 : len(piece) - (last.end() if last else 0)], shortest):
            return True
    return False


def _around(content: bytes, start: int, end: int, charset: str, reach: int) -> Iterator[str]:
    """The octets at [start, end) with their context, decoded; for UTF-16 and UTF-32 in both byte orders."""
    # With two or four octets per letter the context must begin at a letter boundary.
    first = max(start % 4, start - reach)
    yield content[first : end + reach].decode(charset, "replace")
    if charset in _OTHER_ORDER:
        first = max(0, first - (1 if charset == "utf-16-le" else 3))
        yield content[first : end + reach].decode(_OTHER_ORDER[charset], "replace")
