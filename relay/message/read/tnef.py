"""Opens winmail.dat, Outlook's container (MS-OXTNEF 2.1, MS-OXCDATA 2.11)."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from relay.message.read.charsets import decode, tidy
from relay.model import Attachment
from relay.refusals import CannotAnonymise

SIGNATURE = b"\x78\x9f\x3e\x22"
MAX_FILES = 200
_MAX_PROPERTIES = 5000

_BODY, _CLASS, _CODEPAGE, _PROPERTIES = 0x800C, 0x8008, 0x9007, 0x9003
_FILE_BEGINS, _FILE_TITLE, _FILE_DATA, _FILE_PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005

_P_BODY, _P_HTML, _P_RTF, _P_CHARSET = 0x1000, 0x1013, 0x1009, 0x3FDE
_P_DATA, _P_METHOD, _P_NAME, _P_SHORT_NAME, _P_TYPE, _P_CONTENT_ID = 0x3701, 0x3705, 0x3707, 0x3704, 0x370E, 0x3712
_EMBEDDED_MESSAGE = 5
_OLE_OBJECT = 6

_FIXED = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 0xA: 4, 0xB: 4, 0x14: 8, 0x40: 8, 0x48: 16}
_UNICODE, _TEXT, _BINARY, _OBJECT = 0x1F, 0x1E, 0x102, 0x0D
_SEVERAL = 0x1000

_BROKEN = "winmail.dat in this letter is damaged; please send the letter again as plain text or HTML"
_MEETING = "this letter is a meeting request in a form only Outlook reads; please write the day and time into a letter"
_INSIDE = "winmail.dat in this letter holds another letter or object; please send it again as plain text or HTML"

_MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,80}/[a-z0-9!#$&^_.+-]{1,80}")

Property = bytes | int


@dataclass(slots=True)
class Opened:
    """The content: ``text`` and ``html`` of the letter, each None when absent; ``rich``: there is a body in RTF, which
    is not supported."""

    text: str | None = None
    html: str | None = None
    rich: bool = False
    attachments: list[Attachment] = field(default_factory=list)


@dataclass(slots=True)
class _File:
    title: bytes = b""
    data: bytes | None = None
    properties: dict[int, tuple[int, Property]] = field(default_factory=dict)


def open_tnef(content: bytes) -> Opened:
    """Parse a TNEF stream. Raises CannotAnonymise when it is damaged, a meeting request, or holds an embedded message
    or OLE object."""
    opened, files, codepage = Opened(), list[_File](), "cp1252"
    try:
        for name, data in _attributes(content):
            if name == _CODEPAGE:
                codepage = f"cp{struct.unpack_from('<L', data)[0]}"
            elif name == _CLASS and data.upper().startswith((b"IPM.SCHEDULE", b"IPM.MICROSOFT SCHEDULE")):
                raise CannotAnonymise(_MEETING)
            elif name == _BODY:
                opened.text = _text(data, codepage)
            elif name == _PROPERTIES:
                _bodies(dict(_properties(data)), codepage, opened)
            elif name == _FILE_BEGINS:
                files.append(_File())
            elif files and name == _FILE_TITLE:
                files[-1].title = data
            elif files and name == _FILE_DATA:
                files[-1].data = data
            elif files and name == _FILE_PROPERTIES:
                files[-1].properties = dict(_properties(data))
            if len(files) > MAX_FILES:
                raise CannotAnonymise(_BROKEN)
    except struct.error as error:
        raise CannotAnonymise(_BROKEN) from error
    opened.attachments = [_attachment(file, codepage) for file in files]
    return opened


def _attributes(content: bytes) -> Iterator[tuple[int, bytes]]:
    """(identifier without its type, data) of each attribute; a two-octet checksum follows the data."""
    if not content.startswith(SIGNATURE):
        raise CannotAnonymise(_BROKEN)
    at = 6
    while at < len(content):
        _, name, _, length = struct.unpack_from("<BHHL", content, at)
        data = content[at + 9 : at + 9 + length]
        if len(data) < length:
            raise CannotAnonymise(_BROKEN)
        yield name, data
        at += 11 + length


def _properties(data: bytes) -> Iterator[tuple[int, tuple[int, Property]]]:
    """(identifier, (type, value)) of each single-valued, unnamed MAPI property."""
    (count,) = struct.unpack_from("<L", data)
    if count > _MAX_PROPERTIES:
        raise CannotAnonymise(_BROKEN)
    at = 4
    for _ in range(count):
        kind, name = struct.unpack_from("<HH", data, at)
        at += 4
        if name >= 0x8000:
            at = _after_name(data, at)
        base = kind & ~_SEVERAL
        values, variable = 1, base in (_TEXT, _UNICODE, _BINARY, _OBJECT)
        if variable or kind & _SEVERAL:
            (values,) = struct.unpack_from("<L", data, at)
            at += 4
        value: Property = b""
        if not variable:
            size = _FIXED.get(base)
            if size is None or values > len(data):
                raise CannotAnonymise(_BROKEN)
            value = int.from_bytes(data[at : at + min(size, 4)], "little")
            at += size * values
        else:
            for _ in range(values):
                (length,) = struct.unpack_from("<L", data, at)
                value = data[at + 4 : at + 4 + length]
                if len(value) < length:
                    raise CannotAnonymise(_BROKEN)
                at += 4 + length + -length % 4
        if values == 1 and name < 0x8000:
            yield name, (base, value)


def _after_name(data: bytes, at: int) -> int:
    """The offset after the name of a named property: a GUID, and a number or a string."""
    kind, length = struct.unpack_from("<LL", data, at + 16)
    return at + 24 + (length + -length % 4 if kind == 1 else 0)


def _bodies(properties: dict[int, tuple[int, Property]], codepage: str, opened: Opened) -> None:
    text = _string(properties.get(_P_BODY), codepage)
    charset = properties.get(_P_CHARSET, (3, 0))[1]
    html = _string(properties.get(_P_HTML), f"cp{charset}" if isinstance(charset, int) and charset else "utf-8")
    opened.text = text if text is not None else opened.text
    opened.html = html if html is not None else opened.html
    opened.rich = opened.rich or _P_RTF in properties


def _string(stored: tuple[int, Property] | None, codepage: str) -> str | None:
    if stored is None or isinstance(stored[1], int):
        return None
    return _text(stored[1], "utf-16-le" if stored[0] == _UNICODE else codepage)


def _text(octets: bytes, codepage: str) -> str:
    return tidy(decode(octets, codepage)).rstrip("\0")


def _attachment(file: _File, codepage: str) -> Attachment:
    properties = file.properties
    method = properties.get(_P_METHOD, (3, 1))[1]
    stored = properties.get(_P_DATA)
    if method in (_EMBEDDED_MESSAGE, _OLE_OBJECT) or (stored is not None and stored[0] == _OBJECT):
        raise CannotAnonymise(_INSIDE)
    content = file.data if file.data is not None else stored[1] if stored is not None else b""
    name = _string(properties.get(_P_NAME), codepage) or _text(file.title.partition(b"\0")[0], codepage)
    name = name or _string(properties.get(_P_SHORT_NAME), codepage) or ""
    media_type = (_string(properties.get(_P_TYPE), codepage) or "").lower()
    if not _MEDIA_TYPE.fullmatch(media_type):
        media_type = "application/octet-stream"
    cid = _string(properties.get(_P_CONTENT_ID), codepage)
    return Attachment(
        content if isinstance(content, bytes) else b"",
        media_type,
        name.replace("\n", " ").strip() or None,
        (cid or "").strip("<> ") or None,
    )
