"""For which recipients a letter is proven: those whom its signature names, and nobody else in the envelope."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

import dkim
import pytest

from relay.authentication.authorship import Authorship
from relay.authentication.verdict import Verdict
from relay.authentication.verify import proof
from relay.model import Envelope
from relay.settings import Address, AuthenticitySettings, DnsSettings, Settings

from .posting import ALIAS, BIG, ELSEWHERE, HERE, LISTS, PASSED, PEM, Post, but, sealed_by, zone

MakeServer = Callable[[dict[object, object]], Awaitable[Address]]
OTHER = "blue-otter.q3w9@relay.example"
NOBODY = "whatever@relay.example"
MEMBER = "ann@" + BIG
COVERED = (b"from", b"to", b"cc", b"subject", b"date", b"content-type", b"content-transfer-encoding")
FORWARDED = Post(sender="srs0=x@" + LISTS, peer=ELSEWHERE, helo=LISTS, sealer=LISTS, results=PASSED)


async def judged(
    envelope: Envelope, name_server: MakeServer, mishaps: dict[object, object] | None = None
) -> Authorship:
    where = await name_server({name: said for name, said in (zone() | (mishaps or {})).items() if said != []})
    authenticity = AuthenticitySettings(verify="self", trusted_forwarders=(LISTS,))
    return await proof(Settings("relay.example", authenticity=authenticity, dns=DnsSettings(nameservers=(where,))))(
        envelope, MEMBER
    )


def letter(to: str, cc: str = "", covered: tuple[bytes, ...] = COVERED) -> bytes:
    """Signed by the author's provider, which signed the fields in ``covered``."""
    head = f"From: Ann <{MEMBER}>\r\nTo: {to}\r\n" + (f"Cc: {cc}\r\n" if cc else "")
    content = f"{head}Subject: words\r\nDate: {now()}\r\nMessage-ID: <1@x.example>\r\n\r\nHello\r\n".encode()
    return bytes(dkim.sign(content, b"k", BIG.encode(), PEM.encode(), include_headers=list(covered))) + content


def now() -> str:
    return time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime())


def brought(content: bytes, *recipients: str) -> Envelope:
    """By a stranger's server, whose SPF says nothing of the author."""
    return Envelope("x@evil.example", recipients, content, ELSEWHERE, helo="mx.evil.example")


NAMED = [
    (f"<{ALIAS}>", "", {ALIAS}),
    (f"Amber <{ALIAS.upper()}>, x@a.example", "", {ALIAS}),
    (f"<{ALIAS}>, <{OTHER}>", "", {ALIAS, OTHER}),
    ("x@a.example", f"<{OTHER}>", {OTHER}),
    (f"<{ALIAS}>", f"us: {OTHER};", {ALIAS, OTHER}),
    (f"<{NOBODY}>", "", {NOBODY}),
    # What looks like an address and is none.
    (f'"{ALIAS}" <x@a.example>', "", set()),
    (f"x@a.example ({ALIAS})", "", set()),
    (f"x@a.example (<{ALIAS}>, {OTHER})", "", set()),
    (f"{ALIAS}: x@a.example;", "", set()),
    (f"<{ALIAS}.evil.example>", "", set()),
    (f"<x-{ALIAS}>", "", set()),
    (f"=?utf-8?q?={ALIAS.replace('@', '=40')}?= <x@a.example>", "", set()),
]


@pytest.mark.parametrize(("to", "cc", "names"), NAMED)
@pytest.mark.parametrize("recipients", [(ALIAS, OTHER, NOBODY), (NOBODY, OTHER.upper(), ALIAS)])
async def test_a_signature_proves_a_letter_for_those_whom_it_names_whatever_their_order(
    to: str, cc: str, names: set[str], recipients: tuple[str, ...], name_server: MakeServer
) -> None:
    found = await judged(brought(letter(to, cc), *recipients), name_server)
    assert set(found.verdicts) == {ALIAS, OTHER, NOBODY}
    for recipient in recipients:
        wanted = Verdict.PASS if recipient.lower() in names else Verdict.FAIL
        assert found.verdict(recipient) is wanted
    assert bool(found.signed_as) == bool(names)


@pytest.mark.parametrize(
    ("covered", "names"),
    [
        ((b"from", b"to", b"subject", b"date"), {ALIAS}),
        ((b"from", b"cc", b"subject", b"date"), {OTHER}),
        ((b"from", b"subject", b"date"), set()),
    ],
)
async def test_a_field_that_was_not_signed_names_nobody(
    covered: tuple[bytes, ...], names: set[str], name_server: MakeServer
) -> None:
    found = await judged(brought(letter(ALIAS, OTHER, covered), ALIAS, OTHER), name_server)
    assert {one for one, verdict in found.verdicts.items() if verdict is Verdict.PASS} == names


async def test_a_cc_that_somebody_put_in_on_the_way_names_nobody(name_server: MakeServer) -> None:
    content = f"Cc: {OTHER}\r\n".encode() + letter(ALIAS, covered=(b"from", b"to", b"subject", b"date"))
    found = await judged(brought(content, OTHER, ALIAS), name_server)
    assert found.verdict(OTHER) is Verdict.FAIL
    assert found.verdict(ALIAS) is Verdict.PASS


async def test_a_to_that_is_far_too_long_names_nobody(name_server: MakeServer) -> None:
    for count, wanted in ((300, Verdict.PASS), (2000, Verdict.FAIL)):
        to = ",\r\n ".join([*(f"a{number}@a.example" for number in range(count)), ALIAS])
        assert (await judged(brought(letter(to), ALIAS), name_server)).verdict(ALIAS) is wanted


async def test_the_server_of_the_author_proves_the_envelope_and_so_all_in_it(name_server: MakeServer) -> None:
    envelope = Envelope(MEMBER, (ALIAS, OTHER), letter("x@a.example"), HERE, helo="mx.bigmail.example")
    found = await judged(envelope, name_server)
    assert set(found.verdicts.values()) == {Verdict.PASS}


async def test_a_seal_proves_a_letter_for_those_whom_it_names(name_server: MakeServer) -> None:
    found = await judged(but(FORWARDED, recipients=(OTHER, ALIAS)).envelope(), name_server)
    assert found.verdict(ALIAS) is Verdict.PASS
    assert found.verdict(OTHER) is Verdict.FAIL


async def test_what_a_signature_does_not_prove_a_seal_may(name_server: MakeServer) -> None:
    content = letter(f"{ALIAS}, {OTHER}", covered=(b"from", b"subject", b"date"))
    signed, sealed = brought(content, ALIAS, OTHER), brought(sealed_by(content, LISTS, PASSED), ALIAS, OTHER)
    assert set((await judged(signed, name_server)).verdicts.values()) == {Verdict.FAIL}
    assert set((await judged(sealed, name_server)).verdicts.values()) == {Verdict.PASS}


async def test_a_key_without_an_answer_is_trouble_for_those_whom_the_signature_names(name_server: MakeServer) -> None:
    mishaps: dict[object, object] = {"k._domainkey." + BIG: "SERVFAIL"}
    found = await judged(brought(letter(ALIAS), ALIAS, OTHER), name_server, mishaps)
    assert found.verdict(ALIAS) is Verdict.TEMPERROR
    assert found.verdict(OTHER) is Verdict.FAIL


@pytest.mark.parametrize("flags", ["y", "y:s", "s:y", " Y "])
async def test_a_key_for_tests_proves_nothing(flags: str, name_server: MakeServer) -> None:
    [record] = zone()["k._domainkey." + BIG, "TXT"]  # type: ignore[misc]
    mishaps: dict[object, object] = {
        ("k._domainkey." + BIG, "TXT"): [str(record).replace("k=rsa", f"k=rsa; t={flags}")]
    }
    envelope = brought(letter(ALIAS), ALIAS)
    assert (await judged(envelope, name_server)).verdict(ALIAS) is Verdict.PASS
    assert (await judged(envelope, name_server, mishaps)).verdict(ALIAS) is Verdict.FAIL
    nothing = {**mishaps, (BIG, "TXT"): [], ("_dmarc." + BIG, "TXT"): []}
    assert (await judged(envelope, name_server, nothing)).verdict(ALIAS) is Verdict.UNPROVEN  # as if it were not signed


@pytest.mark.parametrize("tester", [LISTS, "signs.example"])
async def test_a_seal_by_a_key_for_tests_proves_nothing(tester: str, name_server: MakeServer) -> None:
    """Whether it is the last of the chain or one before."""
    plain = but(FORWARDED, sealer="").envelope().content
    twice = sealed_by(sealed_by(plain, "signs.example", "none"), LISTS, f"arc=pass; {PASSED}")
    name = "k._domainkey." + tester, "TXT"
    [record] = zone()[name]  # type: ignore[misc]
    mishaps: dict[object, object] = {name: [str(record).replace("k=rsa", "k=rsa; t=y")]}
    assert (await judged(brought(twice, ALIAS), name_server)).verdict(ALIAS) is Verdict.PASS
    assert (await judged(brought(twice, ALIAS), name_server, mishaps)).verdict(ALIAS) is Verdict.FAIL
