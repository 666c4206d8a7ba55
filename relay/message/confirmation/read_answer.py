"""Reads a mail as the answer to a confirmation request: a clear yes, a clear no, or neither.

The answer is the first line that is neither blank nor quoted. The subject is ignored: it is ours.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from relay.message.confirmation.answer_line import (
    CODE_LENGTH,
    INVISIBLE,
    YesNo,
    fold_code,
    has_condition,
    read_line,
)
from relay.message.confirmation.answer_text import (
    begins_history,
    below_attribution,
    has_files,
    is_quoted,
    lines_of,
    texts_of,
)
from relay.message.read.entities import read
from relay.message.read.header_words import decoded
from relay.message.read.headers import first, split
from relay.refusals import Refusal

__all__ = ["ANSWER_OCTETS", "A_LETTER", "ReadAnswer", "YesNo", "question_code", "read_answer"]

_ALPHABET = "23456789BCDFGHJKMNPQRSTVWXYZ"
ANSWER_OCTETS = 192 * 1024
"""Octets of a body in which parts are searched."""
_SUBJECT = 2000  # octets
_LINE = 200  # characters
_OWN = 16 * 1024  # characters
_A_LETTER_LONG = 240  # characters, for scripts without blanks
A_LETTER = 25
"""An answer of more words that is neither yes nor no may be a letter."""


@dataclass(frozen=True, slots=True)
class ReadAnswer:
    """``code_written``: the yes was given by the request's code. ``code_anywhere``: the code occurs in the subject or
    the text, even quoted. ``line``: the line that was read, at most 200 characters; ``below``: the next of the
    author's; ``words``: how many words of the author's stand in the text, without quotations and what follows a line of
    "--"; ``files``: whether a file is attached; ``own``: the beginning of that text.
    ``conditional``: that line or the next says that the yes is for something else ("yes, but without the number")."""

    answer: YesNo
    code_written: bool = False
    code_anywhere: bool = False
    line: str = field(default="", compare=False)
    words: int = field(default=0, compare=False)
    below: str = field(default="", compare=False)
    files: bool = field(default=False, compare=False)
    own: str = field(default="", compare=False)
    conditional: bool = field(default=False, compare=False)

    @property
    def is_long(self) -> bool:
        """Whether so much came that it may be a letter, or hold one."""
        return self.files or self.words > A_LETTER or len(self.own) > _A_LETTER_LONG


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
        mail = read(content[: start + ANSWER_OCTETS], (fields, start))
        texts = list(texts_of(mail))
    except (Refusal, RecursionError):
        return ReadAnswer(YesNo.OPEN)
    lines = next((lines for text in texts if any(lines := lines_of(text))), [])
    answer, by_code, at = _answered(lines, wanted)
    own = _own(lines[at:])
    anywhere = any(_stands_in(wanted, text) for text in (subject, *texts))
    line, below = (*(one[:_LINE] for one in own[:2]), "", "")[:2]
    words = sum(len(one.split()) for one in own)
    conditional = answer is YesNo.YES and has_condition(own[:2])
    files, text = has_files(mail), "\n".join(own)[:_OWN]
    return ReadAnswer(answer, by_code, anywhere, line, words, below, files, text, conditional)


def _answered(lines: Sequence[str], code: str) -> tuple[YesNo, bool, int]:
    """The verdict on the first line that is the author's own, and its index. An answer below a quotation leaves the
    attribution line above it ("On Monday, Omar wrote:"), which has no quote mark but is not the answer."""
    at = 0
    while at < len(lines):
        if lines[at] and not is_quoted(lines[at]):
            found = read_line(lines[at], code)
            below = below_attribution(lines, at)
            if found[0] is not YesNo.OPEN or not below:
                return *found, at
            at = below
        at += 1
    return YesNo.OPEN, False, at


def _own(lines: Sequence[str]) -> list[str]:
    """The author's own lines: without blank and quoted ones, attributions above quotations, and what follows "--" or
    the header of another mail."""
    own: list[str] = []
    at = 0
    while at < len(lines) and lines[at] != "--" and not (lines[at] and begins_history(lines, at)):
        below = below_attribution(lines, at) if lines[at] else 0
        if lines[at] and not below and not is_quoted(lines[at]):
            own.append(lines[at])
        at = below or at + 1
    return own


def _stands_in(code: str, text: str) -> bool:
    """Whether ``code`` occurs in ``text`` as a whole word, with blanks and hyphens allowed inside."""
    spaced = r"[ \t\xa0-]?".join(map(re.escape, code))
    return (
        bool(code) and re.search(rf"(?<![^\W_]){spaced}(?![^\W_])", INVISIBLE.sub("", text), re.IGNORECASE) is not None
    )
