"""Reads a submitted form: multipart/form-data (RFC 7578) as browsers write it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from relay.message.read.header_words import parameters
from relay.model import Attachment

_MOST_PARTS = 100
_PARAMETER = re.compile(rb';[ ]*+(name|filename)="([^"]{0,1000}+)"')
_ESCAPES = {"%22": '"', "%0D": "\r", "%0A": "\n"}  # what browsers escape in names (HTML, multipart/form-data encoding)


@dataclass(frozen=True, slots=True)
class Form:
    """``fields``: name to value; ``files``: every file that was chosen, in order."""

    fields: dict[str, str] = field(default_factory=dict)
    files: tuple[Attachment, ...] = ()

    def number(self, name: str) -> int:
        """The whole number in a field, 0 for anything else."""
        value = self.fields.get(name, "")
        return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0


def read_form(content_type: str, body: bytes) -> Form:
    """The form in ``body``. Raises ValueError when it is no multipart/form-data, or has too many parts."""
    kind, given = parameters(content_type.encode("latin-1", "replace"))
    boundary = given.get("boundary", "").encode("latin-1", "replace")
    if kind.lower() != "multipart/form-data" or not 0 < len(boundary) <= 70:
        raise ValueError("this is no form")
    parts = (b"\r\n" + body).split(b"\r\n--" + boundary, _MOST_PARTS + 1)[1:]
    if len(parts) > _MOST_PARTS or not parts or not parts[-1].startswith(b"--"):
        raise ValueError("this form is incomplete, or has too many parts")
    fields: dict[str, str] = {}
    files: list[Attachment] = []
    for part in parts[:-1]:
        head, _, value = part.partition(b"\r\n\r\n")
        names = {key.decode(): _text(name) for key, name in _PARAMETER.findall(head)}
        if "filename" not in names:
            fields[names.get("name", "")] = value.decode("utf-8", "replace").replace("\r\n", "\n")
        elif names["filename"] or value:  # a file field without a file has neither
            files.append(Attachment(value, _media_type(head), names["filename"] or None))
    return Form(fields, tuple(files))


def _text(name: bytes) -> str:
    text = name.decode("utf-8", "replace")
    for escape, char in _ESCAPES.items():
        text = text.replace(escape, char)
    return text


def _media_type(head: bytes) -> str:
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-type:"):
            return line.partition(b":")[2].strip().decode("latin-1").lower()
    return "application/octet-stream"
