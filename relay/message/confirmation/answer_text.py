"""Reads what somebody wrote in an answer: its text, line by line, without looking at most of the mail."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from relay.message.clock import SEPARATORS
from relay.message.confirmation.answer_line import INVISIBLE
from relay.message.confirmation.answer_words import attribution_verbs
from relay.message.read.charsets import decode
from relay.message.read.cms import NotCmsError, opened
from relay.message.read.entities import Entity, read
from relay.message.read.html_to_text import declared_charset, well_formed_to_text
from relay.message.read.transfer import decode_transfer
from relay.refusals import Refusal

_PART = 96 * 1024  # octets of a part, before its transfer encoding is decoded
_TEXT = 32 * 1024  # characters of a part that are read; twice that for text from HTML
_WRAPPED = 4  # lines an attribution may span

_LINE_END = re.compile("\r\n?|[\n\v\f\x85\u2028\u2029]")
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*+)[^<>]*+>|<[!?/][^<>]*+>|<")
_LEFT_OUT = ("a", "img")
_AS_BLOCKS = ("ul", "ol", "li")
_FIELDS = 3
_FIELD = re.compile(r"[*\s]{0,4}[^\W\d_][^:：\n]{0,24}[:：]")
_SIGN = re.compile(rf"@|\d[{SEPARATORS}]\d\d")
_RULE = re.compile(r"_{10,}\s*$|-{3,} ?[^-]{1,40} ?-{3,}\s*$")
_SIGNATURES = ("application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature")
_PACKED = ("application/pkcs7-mime", "application/x-pkcs7-mime")


def below_attribution(lines: Sequence[str], at: int) -> int:
    """The index of the first quoted line below the attribution that begins at ``at``; 0 when that is no attribution."""
    if is_quoted(lines[at]) or not _begins_attribution(lines[at]):
        return 0
    end = at
    while end < len(lines) and end - at < _WRAPPED and lines[end] and not is_quoted(lines[end]):
        end += 1
    if not lines[end - 1].endswith((":", "：", "--")):
        return 0
    while end < len(lines) and not lines[end]:
        end += 1
    return end if end < len(lines) and is_quoted(lines[end]) else 0


def _begins_attribution(line: str) -> bool:
    low = line[:500].casefold()
    signs = "@" in low or low.startswith("--") or any(c.isdecimal() for c in low)
    return signs or any(verb.casefold() in low for verb in attribution_verbs())


def begins_history(lines: Sequence[str], at: int) -> bool:
    """Whether a mail's header, as Outlook puts it above what is answered, begins at line ``at``: three fields in a
    row, one of them with an address or a time; or the line of dashes or underscores above it."""
    if _RULE.match(lines[at]):
        return True
    field = [_FIELD.match(line) is not None for line in lines[at : at + _FIELDS]]
    return len(field) == _FIELDS and all(field) and any(_SIGN.search(line) for line in lines[at : at + _FIELDS])


def is_quoted(line: str) -> bool:
    """Whether a line is marked as a quotation."""
    return line.startswith((">", "＞"))


def lines_of(text: str) -> list[str]:
    """The lines of ``text`` without invisible characters; a blank one is empty."""
    return [INVISIBLE.sub("", line).strip() for line in _LINE_END.split(text)]


def texts_of(root: Entity) -> Iterator[str]:
    """The author's plain text and HTML: the first part of each kind that is no attachment."""
    parts = [part for part in _leaves(root) if part.disposition != "attachment" and part.filename is None]
    for kind in ("text/plain", "text/html"):
        part = next((part for part in parts if part.type == kind), None)
        if part is not None:
            yield _text(part)


def has_files(root: Entity) -> bool:
    """Whether a file is attached: a part that its author's program calls an attachment, other than a signature."""
    return any(part.disposition == "attachment" and part.type not in _SIGNATURES for part in _leaves(root))


def _leaves(entity: Entity, *, opens: bool = True) -> Iterator[Entity]:
    """The parts of this mail, including those inside S/MIME (RFC 8551 3.5.2), but none of enclosed mails."""
    if opens and entity.type in _PACKED:
        try:
            inside = opened(decode_transfer(entity.octets, entity.encoding))
            if inside.kind == "signed":
                yield from _leaves(read(inside.content), opens=False)
        except (Refusal, NotCmsError):
            return
    elif not entity.children:
        yield entity
    for child in entity.children:
        yield from _leaves(child, opens=opens)


def _text(part: Entity) -> str:
    try:
        octets = decode_transfer(part.octets[:_PART], part.encoding)
    except Refusal:
        octets = part.octets[:_PART]
    html = part.type == "text/html"
    label = part.parameters.get("charset") or (declared_charset(octets) if html else None)
    try:
        text = decode(octets, label)
    except Refusal:
        text = decode(octets, None)
    return (_shown(text) if html else text)[: 2 * _TEXT]


def _shown(markup: str) -> str:
    """The visible text of the first lines of HTML. Attributes are dropped first, with links, lists and pictures: linear
    for any input, and then the reader for well-formed HTML suffices."""
    return well_formed_to_text(_TAG.sub(_bare, _without_comments(markup)[:_TEXT]))


def _bare(tag: re.Match[str]) -> str:
    if tag[2] is None:
        return "&lt;" if tag[0] == "<" else ""
    name = tag[2].lower()
    return "" if name in _LEFT_OUT else f"<{tag[1]}{'div' if name in _AS_BLOCKS else name}>"


def _without_comments(markup: str) -> str:
    """HTML without comments and without its head, which in Word's HTML exceeds the limit by its styles alone."""
    body = re.search(r"<body[\s>]", markup, re.IGNORECASE)
    at, kept = body.start() if body else 0, []
    while (begin := markup.find("<!--", at)) >= 0:
        kept.append(markup[at:begin])
        end = markup.find("-->", begin + 2)
        at = len(markup) if end < 0 else end + 3
    return "".join(kept) + markup[at:]
