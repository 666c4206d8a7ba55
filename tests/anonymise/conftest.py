"""What tests of the anonymiser share: two pairs, ways through cleaners and the whole middle, and handmade packages."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from html import escape, unescape

import pytest

from relay.anonymise.attachments import scrub_attachments
from relay.anonymise.identities import Redactor
from relay.message.read.parse import parse
from relay.message.write.dkim_sign import Signer
from relay.model import Attachment, Headers, Identity, Known, Message, Persona, RebuildOrder
from relay.rebuild import rebuild

_KNOWN = Known(
    Identity(
        ("jane.whitcombe@northbank.example", "tom.abara@gmx.example"),
        ("Jane Whitcombe", "Tom Abara", "Northbank Advisory"),
    ),
    Persona("Amber Heron", "amber-heron.x7k2m4@relay.example.org"),
    Identity(("reader@mailbox.example",)),
    Persona("Quiet River", "quiet-river.p9@relay.example.org"),
)
# What no cleaned document holds: the names above, a login, a computer, an unknown colleague, and when it was written.
_TELLING = ("whitcombe", "northbank", "abara", "jwhit42", "nb-laptop", "colleague", "2026-11", "s-1-5-21")


@pytest.fixture(scope="session")
def clean() -> Callable[..., Attachment]:
    """Clean one attachment as it would be cleaned in a letter."""
    redactor = Redactor(_KNOWN)

    def cleaned(content: bytes, name: str = "a.bin", media_type: str = "application/octet-stream") -> Attachment:
        letter = Message(attachments=(Attachment(content, media_type, name),))
        return scrub_attachments(letter, redactor).message.attachments[0]

    return cleaned


def unzipped(content: bytes) -> dict[str, bytes]:
    """The members of a package, those of packages within it too."""
    members: dict[str, bytes] = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            members[name] = archive.read(name)
            if members[name].startswith(b"PK"):
                members.update({f"{name}!{inner}": data for inner, data in unzipped(members[name]).items()})
    return members


@pytest.fixture(scope="session")
def telling() -> Callable[[bytes], list[str]]:
    """Everything telling that is left in a package: in its octets, and in its text with the tags taken out."""

    def found(content: bytes) -> list[str]:
        left = [word for word in _TELLING if word.encode() in content.lower()]
        for name, data in unzipped(content).items():
            octets = data.decode("utf-8", "replace").lower()
            text = unescape(re.sub(r"<[^>]*>", "", octets))
            left += [f"{name}: {word}" for word in _TELLING if word in octets or word in text or word in name.lower()]
        return left

    return found


@pytest.fixture(scope="session")
def inside() -> Callable[[bytes], dict[str, bytes]]:
    """The members of a package by name."""
    return unzipped


def zipped(members: dict[str, bytes | str]) -> bytes:
    """A package of these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.comment = b"made by jwhit42"
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.fixture(scope="session")
def package() -> Callable[[dict[str, bytes | str]], bytes]:
    """Make a package by hand."""
    return zipped


_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


@pytest.fixture(scope="session")
def ooxml() -> Callable[..., bytes]:
    """Make an Office document by hand: its main part's name and content type, its parts by name as (content type,
    content), and each part's relationships as (id, type or its last word, target)."""

    def made(
        main: str, parts: dict[str, tuple[str, bytes | str]], links: dict[str, list[tuple[str, str, str]]]
    ) -> bytes:
        overrides = "".join(f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, (kind, _) in parts.items())
        members: dict[str, bytes | str] = {
            "[Content_Types].xml": '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/'
            f'content-types"><Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
        }
        for source, rows in {"": [("rId1", "officeDocument", main)], **links}.items():
            folder, _, base = source.rpartition("/")
            body = "".join(_row(*row) for row in rows)
            members[f"{folder}/_rels/{base}.rels".lstrip("/")] = (
                '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
                f'relationships">{body}</Relationships>'
            )
        return zipped({**members, **{name: content for name, (_, content) in parts.items()}})

    return made


def _row(identifier: str, kind: str, target: str) -> str:
    kind = kind if "/" in kind else f"{_R}/{kind}"
    mode = ' TargetMode="External"' if re.match(r"\w+:|\\\\", target) else ""
    return f'<Relationship Id="{identifier}" Type="{kind}" Target="{target}"{mode}/>'


@pytest.fixture
def known() -> Known:
    """Jane writes, Tom reads."""
    return Known(
        Identity(("jane.whitcombe@northbank.example",), ("Jane Whitcombe",)),
        Persona("Amber Heron", "amber-heron.x7k2m4@relay.example.org"),
        Identity(("tom.ashdown@gmx.de",), ("Tom Ashdown",)),
        Persona("Quiet River", "quiet-river.p9@relay.example.org"),
    )


@pytest.fixture
def redactor(known: Known) -> Redactor:
    """Looks for both."""
    return Redactor(known)


@pytest.fixture
def cleaned(redactor: Redactor) -> Callable[[Attachment], list[Attachment]]:
    """Clean one file of a letter: what of it goes on (none, when it is left out)."""

    def through(attachment: Attachment) -> list[Attachment]:
        return list(scrub_attachments(Message("s", "words", None, (attachment,)), redactor).message.attachments)

    return through


@pytest.fixture
def relayed(known: Known, relayed_by: Callable[[Known, bytes], Message]) -> Callable[[bytes], Message]:
    """Jane's raw letter as Tom's program reads it."""
    return lambda content: relayed_by(known, content)


@pytest.fixture
def relayed_by() -> Callable[[Known, bytes], Message]:
    """A raw letter of one of these two as the other's program reads it."""

    def through(known: Known, content: bytes) -> Message:
        headers = Headers(
            known.author_persona.name,
            known.author_persona.alias,
            known.recipient.addresses[0],
            "a1b2@relay.example.org",
            datetime(2026, 2, 4, tzinfo=UTC),
        )
        return parse(rebuild(RebuildOrder(content, known, headers), Signer("relay.example.org", ())).content)

    return through


@pytest.fixture
def arrives(relayed: Callable[[bytes], Message]) -> Callable[..., Message]:
    """What arrives of a letter of Jane's with these words: as "plain" or "html", in a quotation if ``mark`` is "> "."""

    def through(words: str, kind: str = "plain", mark: str = "", subject: str = "bowls") -> Message:
        wrote = "On 3 Feb 2026, at 09:00, Quiet River <quiet-river.p9@relay.example.org> wrote:" if mark else ""
        if kind == "plain":
            below = "".join(f"{mark}{line}".rstrip() + "\n" for line in words.split("\n"))
            body = f"Thank you.\n\n{wrote}\n\n{below}" if mark else f"{below}\n"
        else:
            lines = escape(words, quote=False).replace("\n", "<br>")
            quoted = f"<p>Thank you.</p><div>{escape(wrote)}</div><blockquote type=cite><div>{lines}</div></blockquote>"
            body = quoted if mark else f"<div>{lines}</div>"
        return relayed(
            f"From: jane.whitcombe@northbank.example\nTo: quiet-river.p9@relay.example.org\nSubject: {subject}\n"
            f"Content-Type: text/{kind}; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{body}".encode()
        )

    return through
