"""Reads a mail as the answer to a confirmation request: a clear yes, a clear no, or neither.

The answer is the first line that is neither blank nor quoted. The subject is ignored: it is ours.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from relay.message.confirmation.answer_line import CODE_LENGTH, INVISIBLE, YesNo, fold_code, read_line
from relay.message.confirmation.answer_words import ATTRIBUTION
from relay.message.read.charsets import decode
from relay.message.read.cms import NotCmsError, opened
from relay.message.read.entities import Entity, read
from relay.message.read.header_words import decoded
from relay.message.read.headers import first, split
from relay.message.read.html_to_text import declared_charset, well_formed_to_text
from relay.message.read.transfer import decode_transfer
from relay.refusals import Refusal

__all__ = ["ANSWER_OCTETS", "ReadAnswer", "YesNo", "question_code", "read_answer"]

_ALPHABET = "23456789BCDFGHJKMNPQRSTVWXYZ"
ANSWER_OCTETS = 192 * 1024
"""Octets of a body in which parts are searched."""
_PART = 96 * 1024  # octets of a part, before its transfer encoding is decoded
_TEXT = 32 * 1024  # characters of a part that are read; twice that for text from HTML
_SUBJECT = 2000  # octets
_WRAPPED = 4  # lines an attribution may span

_LINE_END = re.compile("\r\n?|[\n\v\f\x85\u2028\u2029]")
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*+)[^<>]*+>|<[!?/][^<>]*+>|<")
_LEFT_OUT = ("a", "img")
_AS_BLOCKS = ("ul", "ol", "li")
_PACKED = ("application/pkcs7-mime", "application/x-pkcs7-mime")
_VERBS = tuple(verb.casefold() for line in ATTRIBUTION.splitlines() for verb in line.strip().split(" | ") if verb)


@dataclass(frozen=True, slots=True)
class ReadAnswer:
    """``code_written``: the yes was given by the request's code. ``code_anywhere``: the code occurs in the subject or
    the text, even quoted."""

    answer: YesNo
    code_written: bool = False
    code_anywhere: bool = False


def question_code(token: str) -> str:
    """The code of the confirmation request with ``token``: six letters and digits in upper case, at least one of each,
    so that it is neither a word nor a number; no vowels and no look-alikes (0 1 I L O).

    There are 417,628,160 codes: among 1,000 open requests two share a code with probability 0.12 %. That is harmless: a
    request is found by the token in its address (96 random bits), never by its code. A code is useless without that
    address, and does not reveal the token (SHA-256).
    """
    seed = f"question code\0{token}".encode("utf-8", "surrogatepass")
    while True:
        seed = hashlib.sha256(seed).digest()
        number, code = int.from_bytes(seed, "big"), ""
        for _ in range(CODE_LENGTH):
            number, index = divmod(number, len(_ALPHABET))
            code += _ALPHABET[index]
        if not code.isalpha() and not code.isdecimal():
            return code


def read_answer(content: bytes, code: str) -> ReadAnswer:
    """Read raw ``content`` (RFC 5322, MIME) as the answer to the confirmation request with ``code``, in any case. Never
    raises; unreadable mail is open. Linear; examines at most about 200 KiB."""
    wanted = fold_code(code)
    try:
        fields, start = split(content)
        subject = decoded((first(fields, "subject") or b"")[:_SUBJECT])
        texts = list(_texts(read(content[: start + ANSWER_OCTETS], (fields, start))))
    except (Refusal, RecursionError):
        return ReadAnswer(YesNo.OPEN)
    lines = next((lines for text in texts if any(lines := _lines(text))), [])
    answer, by_code = _answered(lines, wanted)
    return ReadAnswer(answer, by_code, any(_stands_in(wanted, text) for text in (subject, *texts)))


def _answered(lines: Sequence[str], code: str) -> tuple[YesNo, bool]:
    """The verdict on the first line that is the author's own. An answer below a quotation leaves the attribution line
    above it ("On Monday, Omar wrote:"), which has no quote mark but is not the answer."""
    at = 0
    while at < len(lines):
        if lines[at] and not _quoted(lines[at]):
            found = read_line(lines[at], code)
            below = _below_attribution(lines, at)
            if found[0] is not YesNo.OPEN or not below:
                return found
            at = below
        at += 1
    return YesNo.OPEN, False


def _below_attribution(lines: Sequence[str], at: int) -> int:
    """The index of the first quoted line below the attribution that begins at ``at``; 0 when that is no attribution."""
    if not _begins_attribution(lines[at]):
        return 0
    end = at
    while end < len(lines) and end - at < _WRAPPED and lines[end] and not _quoted(lines[end]):
        end += 1
    if not lines[end - 1].endswith((":", "：", "--")):
        return 0
    while end < len(lines) and not lines[end]:
        end += 1
    return end if end < len(lines) and _quoted(lines[end]) else 0


def _begins_attribution(line: str) -> bool:
    low = line[:500].casefold()
    return "@" in low or low.startswith("--") or any(c.isdecimal() for c in low) or any(verb in low for verb in _VERBS)


def _quoted(line: str) -> bool:
    return line.startswith((">", "＞"))


def _lines(text: str) -> list[str]:
    """The lines of ``text`` without invisible characters; a blank one is empty."""
    return [INVISIBLE.sub("", line).strip() for line in _LINE_END.split(text)]


def _stands_in(code: str, text: str) -> bool:
    """Whether ``code`` occurs in ``text`` as a whole word, with blanks and hyphens allowed inside."""
    spaced = r"[ \t\xa0-]?".join(map(re.escape, code))
    return (
        bool(code) and re.search(rf"(?<![^\W_]){spaced}(?![^\W_])", INVISIBLE.sub("", text), re.IGNORECASE) is not None
    )


def _texts(root: Entity) -> Iterator[str]:
    """The author's plain text and HTML: the first part of each kind that is no attachment."""
    parts = [part for part in _leaves(root) if part.disposition != "attachment" and part.filename is None]
    for kind in ("text/plain", "text/html"):
        part = next((part for part in parts if part.type == kind), None)
        if part is not None:
            yield _text(part)


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
