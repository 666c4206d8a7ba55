"""Finds OpenPGP, S/MIME and PEM armour in running text: signatures and keys identify their owner (RFC 9580 6.2, 7)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from relay.anonymise.identities import Finding, Redactor
from relay.refusals import CannotAnonymise

ENCRYPTED = (
    "this letter holds an encrypted part that cannot be opened here, so nobody could read it; "
    "please send it again without encryption"
)
_PRIVATE = "this letter holds a private key, which nobody else should ever see; please take it out"

# The quote marks of a reply's lines.
_QUOTE = r"(?:[ \t\r\xa0]{0,8}[>|])*[ \t\r\xa0]{0,8}"
_MARK = re.compile(rf"^{_QUOTE}(?:- )?-----(BEGIN|END) ([A-Z0-9 ,/]{{3,60}})-----[ \t\r\xa0]*$", re.MULTILINE)
_ARMOUR = re.compile(r"PGP |CERTIFICATE|PKCS|CMS|KEY$|KEY BLOCK$|X509|AGE ENCRYPTED|SSH")
_SECRET = re.compile(r"PRIVATE KEY|SECRET KEY")
_OPAQUE = re.compile(r"PGP MESSAGE|PKCS7|PKCS #7|CMS|AGE ENCRYPTED")
_SIGNED = "PGP SIGNED MESSAGE"
# The header lines of a clear-signed text (RFC 9580 7), and the empty line after them.
_HEADERS = re.compile(
    rf"\n(?:\n{{0,2}}{_QUOTE}(?:Hash|Charset|Version|Comment|SaltedHash|NotDashEscaped):[^\n]{{0,200}}\n){{0,10}}"
    rf"(?:{_QUOTE}(?=\n))?"
)
_ESCAPED = re.compile(rf"^({_QUOTE})- (?=-|From )", re.MULTILINE)
# The content of a block: armour headers and base64. A block without END line ends where prose begins.
_LINE = re.compile(
    rf"\n{_QUOTE}(?:[A-Za-z0-9+/=]{{20,100}}|=[A-Za-z0-9+/]{{4}}|(?:Version|Comment|Hash|MessageID|Charset):[^\n]{{0,200}})?"
    r"[ \t\r\xa0]*(?=\n|\Z)"
)


def armoured(text: str, _redactor: Redactor) -> list[Finding]:
    """The armour blocks and marks to remove: keys, signatures, and the frame of clear-signed text, whose dash escapes
    are decoded. In order, none overlapping. Raises CannotAnonymise for encrypted content and private keys."""
    if "-----BEGIN " not in text and "-----END " not in text:
        return []
    found: list[Finding] = []
    signed: int | None = None
    at = 0
    marks = [mark for mark in _MARK.finditer(text) if _ARMOUR.search(mark[2])]
    for number, mark in enumerate(marks):
        if mark.start() < at:
            continue
        _refuse(mark)
        if mark[2] == _SIGNED and mark[1] == "BEGIN":
            frame = _HEADERS.match(text, mark.end())
            signed = at = frame.end() if frame else mark.end()
            found.append(Finding(mark.start(), at, "", "crypto"))
            continue
        if signed is not None:
            found += _unescaped(text, signed, mark.start())
            signed = None
        at = _end(text, mark, marks[number + 1] if number + 1 < len(marks) else None)
        found.append(Finding(mark.start(), at, "", "crypto"))
    if signed is not None:
        found += _unescaped(text, signed, len(text))
    return found


def _refuse(mark: re.Match[str]) -> None:
    if mark[1] == "BEGIN" and _SECRET.search(mark[2]):
        raise CannotAnonymise(_PRIVATE)
    if mark[1] == "BEGIN" and _OPAQUE.match(mark[2]):
        raise CannotAnonymise(ENCRYPTED)


def _end(text: str, mark: re.Match[str], after: re.Match[str] | None) -> int:
    """The end of the block that ``mark`` begins: its END line, or its last line of armour."""
    if mark[1] == "END":
        return mark.end()
    if after is not None and after[1] == "END" and after[2] == mark[2]:
        return after.end()
    end = mark.end()
    while line := _LINE.match(text, end):
        end = line.end()
    return end


def _unescaped(text: str, start: int, end: int) -> Iterator[Finding]:
    """The dash escapes of a clear-signed text (RFC 9580 7.1)."""
    for escape in _ESCAPED.finditer(text, start, end):
        yield Finding(escape.end(1), escape.end(), "", "crypto")
