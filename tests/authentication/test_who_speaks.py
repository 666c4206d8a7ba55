"""Tricks by which somebody else would speak as the member: the letter as octets, its From read as relay reads it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import dkim
import pytest

from relay.authentication.dmarc import organisations
from relay.authentication.verdict import Verdict
from relay.authentication.verify import proof
from relay.message.read.routing_headers import read_routing_headers
from relay.model import Envelope
from relay.policy.routing import author_of
from relay.refusals import NotAuthentic
from relay.settings import Address, AuthenticitySettings, DnsSettings, Settings

from .posting import ALIAS, BIG, COVERED, ELSEWHERE, EVIL, HERE, LISTS, PEM, PUNY, SMALL, zone

MakeServer = Callable[[dict[object, object]], Awaitable[Address]]
MEMBER = "ann@" + BIG
BELOW = f"{BIG}.evil.example"  # the member's domain, as names below the forger's own
REST = f"To: <{ALIAS}>\r\nSubject: words\r\nDate: Wed, 4 Feb 2026 08:41:05 +0100\r\n"


def letter(author: str, *signers: str, more: str = "", rest: str = REST, **how: object) -> bytes:
    """From is ``author`` as written; the last signer signed last."""
    content = f"From: {author}\r\n{rest}{more}\r\nHello\r\n".encode()
    for signer in signers:
        stamp = dkim.sign(content, b"k", signer.encode(), PEM.encode(), include_headers=COVERED, **how)
        content = bytes(stamp) + content
    return content


async def speaks(content: bytes, name_server: MakeServer, sender: str = "", peer: str = ELSEWHERE) -> str:
    """As whom this letter is heard; "" when nobody is."""
    where = await name_server(zone())
    authenticity = AuthenticitySettings(verify="self", trusted_forwarders=(LISTS,))
    prove = proof(Settings("relay.example", authenticity=authenticity, dns=DnsSettings(nameservers=(where,))))
    try:
        author = author_of(read_routing_headers(content))
    except NotAuthentic:
        return ""
    envelope = Envelope(sender, (ALIAS,), content, peer, helo="mx.evil.example")
    return author if (await prove(envelope, author)).verdict(ALIAS) is Verdict.PASS else ""


def broken(content: bytes, times: int = 1) -> bytes:
    """The same with bad signatures of the member's domain on top."""
    bad = b"DKIM-Signature: v=1; a=rsa-sha256; d=%s; s=k; h=from:to:subject; bh=AAAA; b=AAAA\r\n" % BIG.encode()
    return bad * times + content


HEARD = {
    "signed by their provider": letter(f"Ann <{MEMBER}>", BIG),
    "signed by others too": letter(f"Ann <{MEMBER}>", BIG, EVIL, LISTS),
    "one bad signature, then a good one": broken(letter(MEMBER, BIG)),
    "four bad signatures, then a good one": broken(letter(MEMBER, BIG), 4),
    "a comment that looks like somebody": letter(f"(x@{EVIL}) Ann <{MEMBER}>", BIG),
    "a name that looks like somebody": letter(f'"x@{EVIL}" <{MEMBER}>', BIG),
    "other letters in the domain's name": letter(MEMBER.replace("big", "BIG"), BIG),
}
"""Odd, but the member's own provider vouches for it."""

NOT_HEARD = {
    "signed by the forger": letter(f"Ann <{MEMBER}>", EVIL),
    "member's address as the name": letter(f'"{MEMBER}" <x@nowhere.example>', EVIL),
    "member's address as a comment": letter(f"x@nowhere.example ({MEMBER})", EVIL),
    "both in one From": letter(f"{MEMBER}, x@{EVIL}", EVIL, BIG),
    "both, the forger first": letter(f"x@{EVIL}, {MEMBER}", EVIL, BIG),
    "a group of one": letter(f"us: Ann <{MEMBER}>;", BIG),
    "a group of two": letter(f"us: {MEMBER}, x@{EVIL};", EVIL, BIG),
    "an empty group before": letter(f"us:;, {MEMBER}", EVIL),
    "two From fields": letter(f"x@{EVIL}", EVIL, more=f"From: {MEMBER}\r\n"),
    "two From fields, the member's signed": f"From: x@{EVIL}\r\n".encode() + letter(MEMBER, BIG),
    "a From with a blank before the colon": letter(f"x@{EVIL}", EVIL, more=f"From : {MEMBER}\r\n"),
    "two addresses in one angle": letter(f"Ann <{MEMBER}> <x@{EVIL}>", EVIL, BIG),
    "an encoded address": letter("=?utf-8?q?ann=40bigmail=2Eexample?=", EVIL),
    "no From at all": f"{REST}\r\nHello\r\n".encode(),
    "a second Subject": b"Subject: other\r\n" + letter(MEMBER, BIG),
    "a second Subject below": letter(MEMBER, BIG).replace(b"\r\n\r\n", b"\r\nSubject: other\r\n\r\n", 1),
    "a second To": f"To: <{ALIAS}>\r\n".encode() + letter(MEMBER, BIG),
    "a second Date": b"Date: Thu, 5 Feb 2026 08:41:05 +0100\r\n" + letter(MEMBER, BIG),
    "signed in part": letter(MEMBER, BIG, length=True),
    "signed in part, and more written below": letter(MEMBER, BIG, length=True) + b"and more\r\n",
    "more bad signatures than are looked at": broken(letter(MEMBER, BIG), 5),
    "signed as names below the forger's, then changed": letter(f"<ann@{BELOW}>", EVIL).replace(b".evil.example>", b">"),
    "signed by names below the forger's": letter(MEMBER, BELOW),
    "signed by a look-alike in another alphabet": letter(MEMBER, PUNY),
    "signed by the public suffix": letter(f"bob@{SMALL}", "co.uk"),
    "signed by a neighbour under the suffix": letter(f"bob@{SMALL}", "other.co.uk"),
    "the forger claims to sign for the member": letter(MEMBER, EVIL, identity=b"@" + BELOW.encode()),
}  # fmt: skip


@pytest.mark.parametrize("content", HEARD.values(), ids=HEARD)
async def test_the_member_is_heard_however_oddly_they_write(content: bytes, name_server: MakeServer) -> None:
    assert await speaks(content, name_server) == MEMBER


@pytest.mark.parametrize("content", NOT_HEARD.values(), ids=NOT_HEARD)
async def test_nobody_is_heard_as_the_member(content: bytes, name_server: MakeServer) -> None:
    for sender in ("", "x@" + EVIL, MEMBER, f"ann@{BELOW}", f"bob@{SMALL}"):
        assert await speaks(content, name_server, sender) in ("", f"x@{EVIL}", f"ann@{BELOW}", "x@nowhere.example")


async def test_who_looks_alike_is_heard_as_who_they_are(name_server: MakeServer) -> None:
    cyrillic = "bіgmail.example"  # the second letter is Cyrillic
    for written in (f"ann@{PUNY}", f"ann@{cyrillic}"):
        assert await speaks(letter(written, PUNY), name_server) == f"ann@{PUNY}"
    assert await speaks(letter(f"ann@{BELOW}", BELOW), name_server) == f"ann@{BELOW}"
    assert await speaks(letter(f"ann@{BELOW}", "evil.example"), name_server) == f"ann@{BELOW}"


async def test_the_null_sender_is_judged_by_its_greeting_and_that_is_the_forgers(name_server: MakeServer) -> None:
    assert await speaks(letter(MEMBER), name_server, sender="", peer=ELSEWHERE) == ""
    assert await speaks(letter(MEMBER), name_server, sender="", peer=HERE) == ""
    assert await speaks(letter(MEMBER), name_server, sender=MEMBER, peer=HERE) == MEMBER


@pytest.mark.parametrize(
    ("domain", "organisation"),
    [
        ("mail.small.co.uk", "small.co.uk"),
        ("co.uk", "co.uk"),
        ("a.b.small.com.au", "small.com.au"),
        ("someone.github.io", "someone.github.io"),
        ("bigmail.example.evil.example", "evil.example"),
        ("mail.xn--bgmail-pvf.example", "xn--bgmail-pvf.example"),
    ],
)
def test_where_an_organisation_begins_is_read_from_the_public_list(domain: str, organisation: str) -> None:
    assert organisations()(domain) == organisation
