"""Old Office documents wait for a converter, unless macros, a password or a loop refuse them at once."""

from __future__ import annotations

import struct
from hashlib import sha256

import pytest

from relay.anonymise.attachments import scrub_attachments
from relay.anonymise.identities import Redactor
from relay.model import Attachment, Conversions, Identity, Known, Message, Persona
from relay.refusals import CannotAnonymise, NeedsConversion

END, FREE = 0xFFFFFFFE, 0xFFFFFFFF
OFFICE = frozenset({"doc", "xls", "ppt"})


def compound(streams: dict[str, bytes], *, loop: bool = False) -> bytes:
    """A compound file (MS-CFB) with ``streams`` at its top, none of them in the mini stream; ``loop``: the chain of the
    first leads back to its beginning, and the tree of names too."""
    fat, body, entries = [0xFFFFFFFD], [b""], []
    for name, content in streams.items():
        padded = content + bytes(-len(content) % 512)
        first = len(fat)
        count = max(len(padded) // 512, 1)
        fat += [*range(first + 1, first + count), first if loop else END]
        body.append(padded or bytes(512))
        entries.append((name, first, len(content)))
    directory = _entry("Root Entry", 5, child=1, start=END)
    for number, (name, first, size) in enumerate(entries, 1):
        right = 1 if loop else number + 1 if number < len(entries) else FREE
        directory += _entry(name, 2, right=right, start=first, size=size)
    directory += bytes(-len(directory) % 512)
    at = len(fat)
    fat += [*range(at + 1, at + len(directory) // 512), END]
    assert len(fat) <= 128
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<5H", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<9I", 0, 1, at, 0, 0, END, 0, END, 0) + struct.pack("<109I", 0, *[FREE] * 108)
    table = struct.pack("<128I", *fat, *[FREE] * (128 - len(fat)))
    return header + table + b"".join(body) + directory


def _entry(name: str, kind: int, *, right: int = FREE, child: int = FREE, start: int = 0, size: int = 0) -> bytes:
    text = name.encode("utf-16-le")
    head = text.ljust(64, b"\0") + struct.pack("<H2B3I", len(text) + 2, kind, 1, FREE, right, child)
    return head + bytes(36) + struct.pack("<2IQ", start, size, 0)[:12]


VBA_INFO = b"\x1f\0\xff\x03\x14\0\0\0\x02\0\0\x04\x0c\0\0\0"
WORD = {"WordDocument": bytes(1024)}


def scrubbed(content: bytes, conversions: Conversions, name: str = "CV.doc") -> Attachment:
    known = Known(
        Identity(("jane@real.example",), ("Jane Whitcombe",)),
        Persona("Amber Heron", "amber-heron.x7k2m4@relay.example.org"),
        Identity(("tom@mail.example",)),
        Persona("Quiet River", "quiet-river.p9@relay.example.org"),
        conversions=conversions,
    )
    message = Message(text="Here it is.", attachments=(Attachment(content, "application/msword", name),))
    return scrub_attachments(message, Redactor(known)).message.attachments[0]


@pytest.mark.parametrize(
    ("streams", "kind"),
    [(WORD, "doc"), ({"Workbook": b""}, "xls"), ({"PowerPoint Document": VBA_INFO + bytes(8) + b"\1\0\0\0"}, "ppt")],
)
def test_a_document_waits_for_the_converter_of_its_form(streams: dict[str, bytes], kind: str) -> None:
    with pytest.raises(NeedsConversion) as needed:
        scrubbed(compound(streams), Conversions(OFFICE))
    assert [(one.kind, one.filename) for one in needed.value.files] == [(kind, "CV.doc")]


def test_without_a_converter_it_is_refused_and_the_words_say_how_to_save_it() -> None:
    with pytest.raises(CannotAnonymise, match=r"save the document as \.docx") as refused:
        scrubbed(compound(WORD), Conversions())
    assert (type(refused.value), refused.value.file) == (CannotAnonymise, "CV.doc")


@pytest.mark.parametrize("made", [None, b"", b"MZ no document", b"plain text"])
def test_what_a_converter_could_not_read_or_did_not_make_is_refused(made: bytes | None) -> None:
    content = compound(WORD)
    with pytest.raises(CannotAnonymise, match=r"save the document as \.docx"):
        scrubbed(content, Conversions(OFFICE, ((sha256(content).digest(), made),)))


@pytest.mark.parametrize(
    ("streams", "words"),
    [
        ({**WORD, "Macros": b"x"}, "macros"),
        ({**WORD, "_VBA_PROJECT": b"x"}, "macros"),
        ({"Workbook": struct.pack("<2HI2B", 0x85, 8, 0, 0, 1) + b"\1\0x"}, "macros"),
        ({"PowerPoint Document": bytes(600) + VBA_INFO + bytes(4) + b"\1\0\0\0\2\0\0\0"}, "macros"),
        ({"WordDocument": bytes(11) + b"\1" + bytes(600)}, "password"),
        ({"Workbook": struct.pack("<2HH", 0x2F, 2, 0)}, "password"),
        ({"EncryptedPackage": b"x", "EncryptionInfo": b"x"}, "password"),
        ({"PowerPoint Document": b"", "Current User": bytes(12) + b"\xdf\xc4\xd1\xf3"}, "password"),
        ({"__properties_version1.0": b"an Outlook message"}, "export it as PDF"),
    ],
)
def test_macros_passwords_and_other_documents_are_refused_at_once(streams: dict[str, bytes], words: str) -> None:
    with pytest.raises(CannotAnonymise, match=words) as refused:
        scrubbed(compound(streams), Conversions(OFFICE))
    assert type(refused.value) is CannotAnonymise


@pytest.mark.parametrize(
    "content",
    [
        compound(WORD, loop=True),
        compound({"Workbook": bytes(4)}, loop=True),
        compound(WORD)[:600],
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 4000,
    ],
)
def test_loops_and_stumps_end_in_a_refusal(content: bytes) -> None:
    with pytest.raises(CannotAnonymise, match="damaged"):
        scrubbed(content, Conversions(OFFICE))


def test_more_files_than_can_be_converted_at_once_are_refused() -> None:
    known = Known(*(Identity(()), Persona("A", "a@b.example")) * 2, conversions=Conversions(OFFICE))
    several = [compound({"WordDocument": bytes(600) + bytes([number])}) for number in range(11)]
    message = Message(text="x", attachments=tuple(Attachment(one, "application/msword", "a.doc") for one in several))
    with pytest.raises(CannotAnonymise, match="two letters"):
        scrub_attachments(message, Redactor(known))
