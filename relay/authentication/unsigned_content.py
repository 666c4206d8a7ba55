"""Checks that content fields outside of the DKIM signature agree with the signed body.

A signature covers the octets of the body. How they are read depends on Content-Type, Content-Transfer-Encoding and
Content-Disposition, which several large providers leave unsigned (docs/decisions/0010). With another boundary a reader
could be shown only what the author quoted. So the unsigned fields must describe the whole body and nothing else.
Pure; linear in the body; copies at most a piece of it.
"""

from __future__ import annotations

import re
from collections.abc import Container

from relay.authentication.dkim_verify import Letter
from relay.authentication.unsigned_encoding import Encoding, encodings_that_fit, first_decoded
from relay.authentication.unsigned_multipart import is_multipart, is_whole_multipart
from relay.message.read.charset_labels import codec_of
from relay.message.read.header_words import parameters

FIELDS = ("content-type", "content-transfer-encoding", "content-disposition")

_PARAMETER = (
    r"""[ \t\r\n]*([A-Za-z0-9_.-]{1,60})[ \t\r\n]*=[ \t\r\n]*(?:"([^"\\\r\n]{0,200})"|([^\s";()\\]{1,200}))[ \t\r\n]*"""
)
_PLAIN_FORM = re.compile(
    rf"[ \t\r\n]*([A-Za-z0-9.+-]{{1,60}}/[A-Za-z0-9.+-]{{1,60}})[ \t\r\n]*(?:;{_PARAMETER}){{0,20}};?[ \t\r\n]*"
)
_EACH = re.compile(rf";{_PARAMETER}")
_LONGEST = 2000  # octets of a Content-Type
_BEGINNING = 64 * 1024  # octets of the text from which its charset is judged
_HTML = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|!--|/?(?:html|head|title|meta|style|body|div|span|p|br|table|tbody|tr|td"
    rb"|center|font|a|b|i|u|h[1-6]|ul|ol|li|img|blockquote|pre|hr|section|article|main)[\s/>])",
    re.IGNORECASE,
)
_ASCII = bytes(range(0x20, 0x7F)) + b"+AGEAYg- &AGE- ~{VPND~}\r\n"
"""Text that a charset must decode like ASCII, with the shift sequences of UTF-7 and HZ."""
_ESCAPES = (b"\x1b$", b"\x1b(")  # of ISO 2022


def accounts_for_body(letter: Letter, signed: Container[str]) -> bool:
    """Whether those of the three fields that are not in ``signed`` (lower-case names) agree with the body. An absent
    field counts too: without Content-Type a body is plain text (RFC 2045 5.2)."""
    unsigned = {name for name in FIELDS if name not in signed}
    shown = _value(letter, "content-disposition").lower() in ("", "inline")
    if "content-disposition" in unsigned and not shown:
        return False
    if unsigned <= {"content-disposition"}:
        return True
    encoding = Encoding.named(_value(letter, "content-transfer-encoding"))
    if "content-type" in unsigned:
        kind, params = _content_type(letter)
    else:
        kind, params = parameters(_value(letter, "content-type").encode("latin-1"))
    if kind.startswith("multipart/"):
        whole = "content-type" not in unsigned or is_whole_multipart(letter, kind, params.get("boundary", ""))
        return encoding is Encoding.IDENTITY and whole
    if encoding is None or (
        "content-transfer-encoding" in unsigned and encoding not in encodings_that_fit(letter.content, letter.body)
    ):
        return False
    return "content-type" not in unsigned or _is_text(letter, kind, params, encoding)


def _value(letter: Letter, name: str) -> str:
    return next(letter.named(name), b"").partition(b":")[2].decode("latin-1").strip(" \t\r\n")


def _content_type(letter: Letter) -> tuple[str, dict[str, str]]:
    """The type and its parameters, in lower case. ("", {}) unless the field has the plain form that every program reads
    alike: no comment, repeated name, continued value or encoded word."""
    written = _value(letter, "content-type")
    if not written:
        return "text/plain", {}
    whole = _PLAIN_FORM.fullmatch(written) if len(written) <= _LONGEST else None
    if whole is None or "=?" in written:
        return "", {}
    found: dict[str, str] = {}
    for name, quoted, plain in _EACH.findall(written):
        if name.lower() in found:
            return "", {}
        found[name.lower()] = quoted or plain
    return whole[1].lower(), found


def _is_text(letter: Letter, kind: str, params: dict[str, str], encoding: Encoding) -> bool:
    """Whether a body that is no multipart is text of the type stated."""
    if kind not in ("text/plain", "text/html") or "name" in params or params.get("delsp", "no").lower() != "no":
        return False  # a name would make it a file; delsp= removes blanks (RFC 3676)
    if is_multipart(letter.content, letter.body):
        return False
    beginning = first_decoded(letter.content, letter.body, encoding, _BEGINNING)
    if (kind == "text/html") != (_HTML.match(beginning) is not None):
        return False
    return _charset_fits(beginning, params.get("charset"), kind)


def _charset_fits(beginning: bytes, label: str | None, kind: str) -> bool:
    """Whether the charset decodes ASCII as ASCII, and is UTF-8 exactly when the text is. HTML without a charset
    parameter states it in the body, which is signed."""
    codec = codec_of(label) if label else "utf-8"
    if codec is None or (label is None and kind == "text/html"):
        return codec is not None
    if any(escape in beginning for escape in _ESCAPES) != codec.startswith("iso2022"):
        return codec.startswith("iso2022") and beginning.isascii()
    try:
        if _ASCII.decode(codec) != _ASCII.decode("ascii"):
            return False
    except UnicodeError:
        return False
    return beginning.isascii() or (codec == "utf-8") == _is_utf8(beginning)


def _is_utf8(beginning: bytes) -> bool:
    """Whether it is UTF-8; the last character may be cut."""
    try:
        beginning.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.reason == "unexpected end of data" and len(beginning) - error.start < 4
    return True
