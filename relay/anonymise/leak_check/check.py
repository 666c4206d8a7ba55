"""The leak check: searches the finished letter for its author's identity, and refuses it on a match.

It compares letters only (letters_alone.py): those of each registered name, address and employer of the author
(needles.py) with those of everything visible or decodable in the letter (decodings.py, files.py). matcher.py decides
what counts as a match, octets.py searches octets in every charset.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from relay.anonymise.echoes import is_known_file, is_known_name, is_known_subject
from relay.anonymise.html.quotation_form import STARTS
from relay.anonymise.html.visible import visible
from relay.anonymise.leak_check.decodings import tokens, views
from relay.anonymise.leak_check.echoes import with_edges, without_alts
from relay.anonymise.leak_check.files import octets_in, texts_in, without_returned, without_sent
from relay.anonymise.leak_check.matcher import Matcher
from relay.anonymise.leak_check.needles import LONG
from relay.anonymise.leak_check.octets import octets_name_author
from relay.anonymise.likeness import counts_of
from relay.message.read.entities import Entity, read
from relay.message.read.headers import decoded_values, split
from relay.message.read.html_tokens import unescape
from relay.message.read.parse import parse
from relay.model import Attachment, Identity, Known, Message
from relay.refusals import StillIdentifying

_TAG = re.compile(r"<[a-z!/][^>]*>", re.IGNORECASE)
_SHOWN = re.compile(r"""(?<=[\s"'])(?:alt|title|href|src|aria-label)=("[^"]*"|'[^']*'|[^\s>]+)""", re.IGNORECASE)
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
    spared = _Spared(matcher, whole, known).count if matcher.has_echoes else None
    if octets_name_author(matcher, known.author, body, LONG, spared):
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
    return any(_names_author(matcher, text) for text in texts) or octets_name_author(matcher, author, octets)


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
