"""Everything that SPF, DKIM, DMARC and ARC can say together, about letters of five kinds of senders: 1280 letters.

What is right is read from RULES below, which are the words of RFC 7489 (and of docs/decisions/0008) with nothing of the
code under test in them. Every letter is really signed, by dkimpy, and judged over a real name server on loopback.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from relay.authentication.verify import proof
from relay.message.write.dkim_sign import public_record
from relay.model import Envelope
from relay.settings import Address, AuthenticitySettings, DnsSettings, Settings

from .posting import ALIAS

MakeServer = Callable[[dict[object, object]], Awaitable[Address]]
Zone = dict[object, object]

PASS, FAIL, NONE, TEMPERROR = "pass", "fail", "none", "temperror"
RESULTS = (PASS, FAIL, NONE, TEMPERROR)
HERE = "192.0.2.1"
TRUSTED = "lists.example"  # the one forwarder that the operator believes
COVERED = [b"from", b"to", b"subject", b"date"]


@cache
def key() -> str:
    """A private key; small, for there is much to sign."""
    made = rsa.generate_private_key(65537, 1024)
    return made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@dataclass(frozen=True)
class Sender:
    """One kind. From is in ``author``; SPF is about ``envelope``, DKIM about ``signer``, ARC about ``sealer``. How near
    the first two are to the author, by RFC 7489 3.1, is told by hand: "same", "organisation", "another"."""

    author: str
    envelope: str
    signer: str
    near: str
    signer_near: str
    sealer: str = TRUSTED


SENDERS = {
    "gmail-like": Sender("bigmail.example", "bigmail.example", "bigmail.example", "same", "same"),
    "small host": Sender("small.co.uk", "bounce.small.co.uk", "mail.small.co.uk", "organisation", "organisation"),
    "forwarder": Sender("bigmail.example", TRUSTED, "bigmail.example", "another", "same"),
    "spoofer": Sender("bigmail.example", "evil.example", "evil.example", "another", "another", "evil.example"),
    "look-alike": Sender(
        "bigmail.example",
        "bigmail.example.evil.test",
        "xn--bgmail-pvf.example",
        "another",
        "another",
        "bigmail.example.evil.test",
    ),
}


@dataclass(frozen=True)
class Case:
    """One letter. For DMARC "pass" is a record that lets the same organisation vouch, "fail" one that wants the very
    same domain, "none" no record; "temperror" everywhere is a question that DNS does not answer."""

    sender: Sender
    spf: str
    dkim: str
    dmarc: str
    arc: str

    def counts(self, near: str) -> bool:
        """Whether a domain this near may vouch for the author at all (RFC 7489 3.1)."""
        return near == "same" or (near == "organisation" and self.dmarc != FAIL)

    @property
    def vouchers(self) -> list[tuple[str, str]]:
        """(how near, what was found) of each mechanism that may vouch."""
        found = [(self.sender.near, self.spf), (self.sender.signer_near, self.dkim)]
        return [(near, result) for near, result in found if self.counts(near)]

    @property
    def trusted(self) -> bool:
        return self.sender.sealer == TRUSTED


# Read from the top: the first line that fits decides.
RULES: list[tuple[str, Callable[[Case], bool], str]] = [
    (
        "a forwarder the operator trusts sealed that it was proven there (RFC 8617)",
        lambda c: c.trusted and c.arc == PASS,
        "pass",
    ),
    (
        "SPF or DKIM passes for the very domain in From: aligned in every mode (RFC 7489 3.1)",
        lambda c: ("same", PASS) in c.vouchers,
        "pass",
    ),
    (
        "SPF or DKIM passes for another domain of the organisation, and the record is known not to be strict",
        lambda c: ("organisation", PASS) in c.vouchers and c.dmarc != TEMPERROR,
        "pass",
    ),
    (
        "it would pass if only DNS answered (RFC 7489 6.6.3)",
        lambda c: (
            ("organisation", PASS) in c.vouchers
            or TEMPERROR in [result for _, result in c.vouchers]
            or (c.trusted and c.arc == TEMPERROR)
        ),
        "temperror",
    ),
    (
        "the author's domain has said how to know its letters, and this is none",
        lambda c: c.dmarc in (PASS, FAIL) or publishes_spf(c) == PASS or FAIL in [result for _, result in c.vouchers],
        "fail",
    ),
    (
        "nobody can say whether it has: DNS does not answer",
        lambda c: TEMPERROR in (c.dmarc, publishes_spf(c)),
        "temperror",
    ),
    ("the author's domain publishes nothing by which anybody could tell", lambda c: True, "unproven"),
]


def publishes_spf(case: Case) -> str:
    """Whether the domain in From publishes SPF: "pass", "none" or "temperror"."""
    if case.sender.envelope == case.sender.author:
        return PASS if case.spf == FAIL else case.spf
    return NONE if case.sender.author == "small.co.uk" else PASS


def cases(name: str) -> Iterator[Case]:
    for results in product(RESULTS, repeat=4):
        yield Case(SENDERS[name], *results)


def zone(sender: Sender, spf: str, dmarc: str) -> Zone:
    """The records of everybody. Selectors say what becomes of a key: k is good, and too long for UDP; t is trouble."""
    record = public_record(key())
    text = [f'"{record[:200]}" "{record[200:]}"']
    found: Zone = {("bigmail.example", "TXT"): ['"v=spf1 ip4:198.51.100.1 -all"']}
    for domain in {sender.signer, sender.sealer}:
        found["k._domainkey." + domain, "TXT"] = text
        found["k._domainkey." + domain] = "TCP"
        found["t._domainkey." + domain] = "SERVFAIL"
    found.pop((sender.envelope, "TXT"), None)
    if spf in (PASS, FAIL):
        found[sender.envelope, "TXT"] = [f'"v=spf1 ip4:{HERE if spf == PASS else "203.0.113.9"} -all"']
    elif spf == TEMPERROR:
        found[sender.envelope] = "SERVFAIL"
    if dmarc == TEMPERROR:
        found["_dmarc." + sender.author] = "SERVFAIL"
    elif dmarc in (PASS, FAIL):
        mode = "r" if dmarc == PASS else "s"
        found["_dmarc." + sender.author, "TXT"] = [f'"v=DMARC1; p=reject; adkim={mode}; aspf={mode}"']
    return found


@cache
def letter(sender: Sender, signed: str, sealed: str) -> bytes:
    """Signed as ``signed`` says, and then sealed by whoever passed it on."""
    plain = (
        f"From: Ann <ann@{sender.author}>\r\nTo: <{ALIAS}>\r\nSubject: words\r\n"
        "Date: Wed, 4 Feb 2026 08:41:05 +0100\r\nMessage-ID: <1@x.example>\r\n\r\nHello\r\n"
    ).encode()
    content = plain
    if signed != NONE:
        selector = b"t" if signed == TEMPERROR else b"k"
        stamp = dkim.sign(plain, selector, sender.signer.encode(), key().encode(), include_headers=COVERED)
        content = stamp + (plain.replace(b"words", b"other words") if signed == FAIL else plain)
    if sealed == NONE:
        return content
    selector = b"t" if sealed == TEMPERROR else b"k"
    sealer = sender.sealer.encode()
    results = b"Authentication-Results: %s; dmarc=pass header.from=%s\r\n" % (sealer, sender.author.encode())
    seal = b"".join(dkim.arc_sign(results + content, selector, sealer, key().encode(), sealer, include_headers=COVERED))
    # A seal that does not hold: the forwarder had found otherwise.
    return (seal.replace(b"dmarc=pass", b"dmarc=none") if sealed == FAIL else seal) + content


async def judge(some: list[Case], name_server: MakeServer) -> list[tuple[Case, str]]:
    """The verdicts on letters that share one DNS."""
    sender, spf, dmarc = some[0].sender, some[0].spf, some[0].dmarc
    where = await name_server(zone(sender, spf, dmarc))
    prove = proof(
        Settings(
            "relay.example",
            authenticity=AuthenticitySettings(verify="self", trusted_forwarders=(TRUSTED,)),
            dns=DnsSettings(nameservers=(where,)),
        )
    )
    author = f"ann@{sender.author}"

    async def one(case: Case) -> tuple[Case, str]:
        content = letter(sender, case.dkim, case.arc)
        envelope = Envelope(f"ann@{sender.envelope}", (ALIAS,), content, HERE, helo="mx.elsewhere.example")
        return case, str((await prove(envelope, author)).verdict(ALIAS))

    return await asyncio.gather(*map(one, some))


@pytest.mark.parametrize("name", SENDERS)
async def test_whatever_the_four_say_together_the_rules_decide(name: str, name_server: MakeServer) -> None:
    of_one_dns: dict[tuple[str, str], list[Case]] = {}
    for case in cases(name):
        of_one_dns.setdefault((case.spf, case.dmarc), []).append(case)
    wrong, seen = [], 0
    for some in of_one_dns.values():
        for case, verdict in await judge(some, name_server):
            rule, _, wanted = next(one for one in RULES if one[1](case))
            seen += 1
            if verdict != wanted:
                wrong.append(
                    f"spf={case.spf} dkim={case.dkim} dmarc={case.dmarc} arc={case.arc}: {verdict}, but {rule}"
                )
    assert seen == len(RESULTS) ** 4
    assert wrong == []


def test_every_rule_decides_something_and_only_the_last_fits_all() -> None:
    everything = [case for name in SENDERS for case in cases(name)]
    deciding = {next(words for words, fits, _ in RULES if fits(case)) for case in everything}
    assert deciding == {words for words, _, _ in RULES}


@pytest.mark.parametrize("name", ["spoofer", "look-alike"])
def test_nothing_a_forger_owns_is_ever_enough(name: str) -> None:
    """Held against the rules themselves, so that they cannot err together with the code."""
    verdicts = {next(verdict for _, fits, verdict in RULES if fits(case)) for case in cases(name)}
    assert verdicts == {"fail"}
