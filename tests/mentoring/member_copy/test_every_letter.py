"""Every letter of tests/letters, and an answer that quotes it and returns its files: neither copy names the other."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from pathlib import Path

from relay.home import Home
from relay.model import Envelope, Identity, NewPair, Persona

from ...inbound.conftest import DOMAIN, NOW, Inbound, opened
from .conftest import arrive, copied, everything_in

JANE, TOM = "jane.whitcombe@northbank.example", "tom.ashdown@mailbox.example"
ALIASES = {JANE: f"amber-heron.p9@{DOMAIN}", TOM: f"quiet-river.p9@{DOMAIN}"}
LETTERS = sorted((Path(__file__).parents[2] / "letters").glob("*/in.eml"))


def answer(letter: bytes) -> bytes:
    """Tom's answer as mail programs write it: the subject, a quotation, and the files as they came."""
    received = message_from_bytes(letter, policy=default)
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"] = f"Tom Ashdown <{TOM}>", ALIASES[JANE]
    mail["Subject"] = f"Re: {received['Subject']}"
    mail["Message-ID"] = f"<answer-to-{str(received['Message-ID'])[1:9]}@mailbox.example>"
    mail["In-Reply-To"] = str(received["Message-ID"])
    body = received.get_body(("plain",))
    words = body.get_content() if body else ""
    quoted = "\n".join(f"> {line}" for line in words.splitlines())
    mail.set_content(f"Thank you.\n\nOn Tue, 3 Feb 2026, Amber Heron <{ALIASES[JANE]}> wrote:\n{quoted}\n")
    for file in received.iter_attachments():
        kind = file.get_content_type()
        content = file.get_payload(decode=True)
        if isinstance(content, bytes):
            mail.add_attachment(content, *kind.split("/"), filename=file.get_filename() or "file")
    return mail.as_bytes()


async def everything(inbound: Inbound) -> int:
    """Jane sends every letter, and Tom answers each. Returns how many answers were accepted."""
    answered = 0
    for number, path in enumerate(LETTERS):
        octets = path.read_bytes().replace(b"relay.example.org", DOMAIN.encode()).replace(b"\n", b"\r\n")
        octets = re.sub(rb"(?im)^message-id:.*\r\n", b"Message-ID: <%d@northbank.example>\r\n" % number, octets)
        reply = await inbound.envelope(Envelope(JANE, (ALIASES[TOM],), octets, "192.0.2.1"))
        assert reply.startswith("250 "), (path.parent.name, reply)
        for content in (await arrive(inbound)).values():
            back = Envelope(TOM, (ALIASES[JANE],), answer(content), "192.0.2.2")
            answered += (await inbound.envelope(back)).startswith("250 ")
        await arrive(inbound)
    return answered


async def test_neither_copy_names_the_other(home: Home) -> None:
    async with opened(home) as inbound:
        people = Identity((JANE,), ("Jane Whitcombe", "Northbank Advisory")), Identity((TOM,), ("Tom Ashdown",))
        names = Persona("Amber Heron", ALIASES[JANE]), Persona("Quiet River", ALIASES[TOM])
        await inbound.store.directory.add_pairs([NewPair("p9", *names, *people, "", "en", NOW)])
        answered = await everything(inbound)
        assert answered > len(LETTERS) / 2
        toms, janes = await copied(inbound, TOM), await copied(inbound, JANE)
        assert len(toms.letters) == len(LETTERS) + answered
        for word in (JANE, "northbank", "whitcombe"):
            assert word not in everything_in(toms)
        # What Jane wrote of Tom is hers, and is in her own letters; everything else of him is not.
        for word in (TOM, "ashdown@", "mailbox.example"):
            assert word not in everything_in(janes)
