"""Old Office documents (.doc, .xls, .ppt): refused with macros or a password, otherwise converted to their new form."""

from __future__ import annotations

import re

from relay.anonymise.attachments.cleaning import Cleaning
from relay.anonymise.attachments.conversion import clean_converted
from relay.anonymise.attachments.documents.compound_file import CompoundFile, Entry
from relay.anonymise.attachments.uncleaned import words_for
from relay.model import Attachment
from relay.refusals import CannotAnonymise

_MACROS = (
    "documents with macros or form controls cannot be made anonymous; please save it without them and attach it anew"
)
_LOCKED = "a document in this letter is locked with a password; please save it without one and attach it anew"
# The stream of the document itself → its form (MS-DOC 2.1, MS-XLS 2.1.7, MS-PPT 2.1).
_FORMS = {"worddocument": "doc", "workbook": "xls", "book": "xls", "powerpoint document": "ppt"}
_VBA = frozenset({"vba", "_vba_project", "_vba_project_cur", "macros", "_xlm"})
# A new document, encrypted (MS-OFFCRYPTO 2.3).
_ENCRYPTED = frozenset({"encryptedpackage", "encryptioninfo", "\x06dataspaces", "encryptedsummary"})
_FIB_ENCRYPTED = 0x01  # of the octet at 0x0B (MS-DOC 2.5.2)
_FILE_PASS = 0x002F  # MS-XLS 2.4.117
_BOUND_SHEET = 0x0085  # MS-XLS 2.4.28
_MACRO_SHEETS = frozenset({1, 6})
_ENCRYPTED_PPT = b"\xdf\xc4\xd1\xf3"  # MS-PPT 2.3.2
# The headers of a VBAInfoContainer and the atom in it, which exist without macros too, and fHasMacros (MS-PPT 2.4.10).
_PPT_MACROS = re.compile(rb"\x1f\0\xff\x03\x14\0\0\0\x02\0\0\x04\x0c\0\0\0[\0-\xff]{4}(?!\0\0\0\0)")


def clean_old_office(attachment: Attachment, cleaning: Cleaning) -> Attachment:
    """The document in its new form, cleaned. Raises CannotAnonymise for macros, passwords, other compound files, and
    where it cannot be converted."""
    file = CompoundFile(attachment.content)
    top, names = file.top(), file.names()
    if names & _ENCRYPTED:
        raise CannotAnonymise(_LOCKED)
    kind = next((form for stream, form in _FORMS.items() if stream in top), None)
    if kind is None:
        raise CannotAnonymise(words_for("compound"))
    if names & _VBA:
        raise CannotAnonymise(_MACROS)
    _EXAMINED[kind](file, top)
    return clean_converted(kind, "olddocument", attachment, cleaning)


def _examine_doc(file: CompoundFile, top: dict[str, Entry]) -> None:
    head = file.read(top["worddocument"])[:12]
    if len(head) == 12 and head[11] & _FIB_ENCRYPTED:
        raise CannotAnonymise(_LOCKED)


def _examine_xls(file: CompoundFile, top: dict[str, Entry]) -> None:
    """Look through the records of the workbook's globals, which come first (MS-XLS 2.1.4)."""
    stream = file.read(top["workbook"] if "workbook" in top else top["book"])
    at = 0
    while at + 4 <= len(stream):
        kind, length = stream[at] | stream[at + 1] << 8, stream[at + 2] | stream[at + 3] << 8
        if kind == _FILE_PASS:
            raise CannotAnonymise(_LOCKED)
        if kind == _BOUND_SHEET and stream[at + 9 : at + 10] and stream[at + 9] in _MACRO_SHEETS:
            raise CannotAnonymise(_MACROS)
        if kind == 0x000A:  # EOF of the globals
            return
        at += 4 + length


def _examine_ppt(file: CompoundFile, top: dict[str, Entry]) -> None:
    user = file.read(top["current user"]) if "current user" in top else b""
    if _ENCRYPTED_PPT in user[:32]:
        raise CannotAnonymise(_LOCKED)
    if _PPT_MACROS.search(file.read(top["powerpoint document"])):
        raise CannotAnonymise(_MACROS)


_EXAMINED = {"doc": _examine_doc, "xls": _examine_xls, "ppt": _examine_ppt}
