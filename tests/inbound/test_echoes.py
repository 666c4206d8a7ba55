"""Two turns through the store: a member who writes fifty names cannot tell which of them is the partner's."""

from __future__ import annotations

import re
import shutil
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from relay.home import Home
from relay.model import Envelope, Identity, NewPair, Persona, Side

from .conftest import DOMAIN, NOW, Inbound, opened

EVE, OMAR = "eve@home.example", "omar@post.example"
GIVEN = ("Ann", "Bert", "Carla", "Dan", "Ida", "Joy", "Karl")
FAMILY = ("Aldane", "Brosk", "Corwen", "Dovell", "Erskel", "Farlan", "Gostrey")
NAMES = [f"{given} {family}" for given in GIVEN for family in FAMILY]
HERS, HIS = f"amber-heron.p1@{DOMAIN}", f"quiet-river.p1@{DOMAIN}"


async def pair(inbound: Inbound) -> None:
    people = Identity((EVE,), ("Eve Sorrel",)), Identity((OMAR,), ("Omar Haddad",))
    personas = Persona("Amber Heron", HERS), Persona("Quiet River", HIS)
    await inbound.store.directory.add_pairs([NewPair("p1", *personas, *people, "", "en", NOW)])


async def letter(inbound: Inbound, author: str, to: str, subject: str, text: str, html: str = "") -> str:
    head = (
        f"From: <{author}>\r\nTo: <{to}>\r\nSubject: {subject}\r\nMessage-ID: <{len(text)}.{len(subject)}@{author}>\r\n"
    )
    kind = "text/html" if html else "text/plain"
    octets = f"{head}MIME-Version: 1.0\r\nContent-Type: {kind}; charset=utf-8\r\n\r\n{html or text}\r\n".encode()
    return await inbound.envelope(Envelope(author, (to,), octets, "192.0.2.1"))


def words(content: bytes) -> tuple[str, ...]:
    """All that the reader of a mail sees of it."""
    mail = message_from_bytes(content, policy=default)
    parts = [part for part in mail.walk() if part.get_content_maintype() == "text"]
    return str(mail["Subject"]), *(re.sub(r"cid:\S+", "", str(part.get_content())) for part in parts)


async def turns(home: Home, name: str, form: str) -> tuple[object, ...]:
    """What Eve can see when she has written ``name`` among others, and Omar has quoted her."""
    async with opened(home) as inbound:
        await pair(inbound)
        listed = [*NAMES[:20], name, *NAMES[20:]]
        said = await letter(
            inbound, EVE, HIS, f"Is it {name}?", "Which of these are you?\r\n\r\n" + "\r\n".join(listed)
        )
        (arrived,) = await inbound.due(OMAR)
        subject, text, *_ = words(arrived.content)
        quoted = "\r\n".join(f"> {line}" for line in text.splitlines())
        html = f"<p>None.</p><blockquote>{text.replace(chr(10), '<br>')}</blockquote>" if form == "html" else ""
        answer = await letter(inbound, OMAR, HERS, f"Re: {subject}", f"None of them.\r\n\r\n{quoted}", html)
        letters = [words(one.content) for one in await inbound.due(EVE)]
        waiting = await inbound.store.holds.rows()
    return said[:10], answer[:10], letters, waiting


@pytest.mark.parametrize("form", ["text", "html"])
async def test_what_comes_back_is_the_same_with_and_without_the_partners_name(
    pattern_home: Path, tmp_path: Path, form: str
) -> None:
    seen = []
    for name in ("Omar Haddad", "Olaf Hallgren"):
        path = tmp_path / name.split()[1]
        shutil.copytree(pattern_home, path)
        seen.append(await turns(Home(path), name, form))
    theirs, strangers = seen
    assert "Omar Haddad" in str(theirs), "it came back as it was written"
    assert str(theirs).replace("Omar Haddad", "Olaf Hallgren") == str(strangers)


async def test_only_what_the_other_side_wrote_is_remembered_and_only_for_its_reader(inbound: Inbound) -> None:
    await pair(inbound)
    await letter(inbound, EVE, HIS, "Hello", "Are you Omar Haddad, I wonder?")
    await letter(inbound, EVE, HIS, "Hello again", "How are you?")
    echoes = await inbound.store.echoes.of("p1", Side.MENTEE)
    assert [(one.before, one.words, one.behind) for one in echoes.mentions] == [("Are you", "Omar Haddad", "I wonder")]
    assert not await inbound.store.echoes.of("p1", Side.MENTOR)
    assert not await inbound.store.echoes.of("p2", Side.MENTEE)
