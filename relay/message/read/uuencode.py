"""Extracts uuencoded files from a text, as mail programs wrote them before MIME (POSIX uuencode)."""

from __future__ import annotations

import binascii
import re
from itertools import islice

from relay.model import Attachment
from relay.refusals import CannotAnonymise

MAX_FILES = 50
_BEGIN = re.compile(r"^begin(?:-base64)? [0-7]{3,4} (\S[^\n]{0,200})\n", re.MULTILINE)
_END = re.compile(r"^(?:[` ]?[ ]*\n)?(?:end|====)[ \t]*(?:\n|\Z)", re.MULTILINE)
_YENC = re.compile(r"^=ybegin [^\n]*\bline=\d", re.MULTILINE)


def without_files(text: str) -> tuple[str, list[Attachment]]:
    """The text without its uuencoded files, and the files. What only looks like one stays text. Raises CannotAnonymise
    for yEnc, whose octets do not survive as text."""
    if "=ybegin " in text and _YENC.search(text):
        raise CannotAnonymise("a file is written into the text of this letter (yEnc); please attach it instead")
    if "\nbegin" not in text and not text.startswith("begin"):
        return text, []
    files: list[Attachment] = []
    kept: list[str] = []
    at = 0
    # Each try may scan all that follows, so their number is limited.
    for begin in islice(_BEGIN.finditer(text), MAX_FILES):
        if begin.start() < at:
            continue
        end = _END.search(text, begin.end())
        if end is None:
            break
        content = _decoded(begin[0], text[begin.end() : end.start()])
        if content is None:
            continue
        files.append(Attachment(content, "application/octet-stream", begin[1].strip()))
        kept.append(text[at : begin.start()])
        at = end.end()
    return "".join((*kept, text[at:])), files


def _decoded(begin: str, body: str) -> bytes | None:
    """The octets; None when it is no uuencoded file after all."""
    try:
        if begin.startswith("begin-base64"):
            return binascii.a2b_base64(body.encode("ascii"), strict_mode=False)
        return b"".join(_line(line) for line in body.encode("ascii").splitlines() if line.strip())
    except (UnicodeEncodeError, binascii.Error):
        return None


def _line(line: bytes) -> bytes:
    # Trailing blanks may have been lost on the way; anything beyond the line's length is ignored.
    wanted = (((line[0] - 32) & 63) + 2) // 3 * 4 + 1
    return binascii.a2b_uu(line[:wanted].ljust(wanted))
