"""People, their DNS records and the letters they post, for proving authorship."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

import dkim
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from dkim.canonicalization import CanonicalizationPolicy

from relay.message.write.dkim_sign import new_rsa_key, public_record
from relay.model import Envelope

ALIAS = "amber-heron.x7k2@relay.example"
PEM = new_rsa_key()
BIG, SMALL, POOR, LISTS, EVIL = "bigmail.example", "small.co.uk", "poor.example", "lists.example", "evil.example"
LOOKALIKE = "bigmai1.example"
PUNY = "xn--bgmail-pvf.example"  # bigmail.example, with a Cyrillic letter in it
HERE, ELSEWHERE = "192.0.2.1", "198.51.100.66"
COVERED = [b"from", b"to", b"subject", b"date"]


def zone() -> dict[object, object]:
    """Everybody's records."""
    key = [f'"{public_record(PEM)[:200]}" "{public_record(PEM)[200:]}"']
    made: dict[object, object] = {
        (BIG, "TXT"): ['"site-verification=1"', '"v=spf1 redirect=_spf.bigmail.example"'],
        ("_spf." + BIG, "TXT"): [f'"v=spf1 ip4:{HERE}/28 ~all"'],
        ("_dmarc." + BIG, "TXT"): ['"v=DMARC1; p=none; rua=mailto:d@bigmail.example"'],
        (SMALL, "TXT"): ['"v=spf1 mx -all"'],
        (SMALL, "MX"): ["10 mx.small.co.uk."],
        ("mx." + SMALL, "A"): [HERE],
        (POOR, "A"): [HERE],
        (POOR, "MX"): ["10 mx.poor.example."],
        (LISTS, "TXT"): [f'"v=spf1 ip4:{ELSEWHERE} -all"'],
        ("strict.example", "TXT"): [f'"v=spf1 ip4:{HERE} -all"'],
        ("mail.strict.example", "TXT"): [f'"v=spf1 ip4:{HERE} -all"'],
        ("_dmarc.strict.example", "TXT"): ['"v=DMARC1; p=reject; adkim=s; aspf=s"'],
    }
    for other in (EVIL, LOOKALIKE):
        made[other, "TXT"] = [f'"v=spf1 ip4:{ELSEWHERE} -all"']
        made["_dmarc." + other, "TXT"] = ['"v=DMARC1; p=reject"']
    others = ("mail." + SMALL, "not" + SMALL, "other.co.uk", "co.uk", "mail.strict.example", "signs.example")
    for domain in (BIG, LISTS, EVIL, LOOKALIKE, PUNY, f"{BIG}.evil.example", *others):
        made["k._domainkey." + domain, "TXT"] = key
    return made


@dataclass
class Post:
    """One letter on its way: ``author`` in From, ``sender`` in the envelope, from ``peer``, signed by ``signers``,
    sealed by ``sealer`` who writes ``results``, changed by ``change`` at last."""

    author: str = "ann@" + BIG
    sender: str = "ann@" + BIG
    peer: str = HERE
    signers: tuple[str, ...] = ()
    covered: tuple[bytes, ...] = tuple(COVERED)
    sealer: str = ""
    results: str = ""
    to: str = ALIAS
    recipients: tuple[str, ...] = (ALIAS,)
    helo: str = "mx.bigmail.example"
    change: Callable[[bytes], bytes] = field(default=lambda content: content)
    mishaps: dict[object, object] = field(default_factory=dict)

    def envelope(self) -> Envelope:
        """As it arrives."""
        content = (
            f"From: Ann <{self.author}>\r\nTo: {self.to}\r\nSubject: words\r\n"
            "Date: Wed, 4 Feb 2026 08:41:05 +0100\r\n\r\nHello\r\n"
        ).encode()
        for signer in self.signers:
            content = (
                dkim.sign(content, b"k", signer.encode(), PEM.encode(), include_headers=list(self.covered)) + content
            )
        if self.sealer:
            content = sealed_by(content, self.sealer, self.results)
        return Envelope(self.sender, self.recipients, self.change(content), self.peer, helo=self.helo)


def body_changed(content: bytes) -> bytes:
    return content.replace(b"Hello", b"Hello, and the footer of a list")


def subject_changed(content: bytes) -> bytes:
    return content.replace(b"Subject: ", b"Subject: [list] ")


FORWARDED = Post(sender="srs0=x@" + LISTS, peer=ELSEWHERE, helo=LISTS)
FORGED = Post(sender="mallory@" + EVIL, peer=ELSEWHERE, helo=EVIL)
AT_SMALL = Post("bob@" + SMALL, "bob@" + SMALL)
AT_POOR = Post("eve@" + POOR, "eve@" + POOR)
PASSED = f"dmarc=pass header.from={BIG}"


def but(post: Post, **changes: object) -> Post:
    return Post(**{**{name: getattr(post, name) for name in Post.__dataclass_fields__}, **changes})  # type: ignore[arg-type]


def sealed_by(content: bytes, sealer: str, results: str) -> bytes:
    found = f"Authentication-Results: {sealer}; {results}\r\n".encode() + content
    seal = dkim.arc_sign(found, b"k", sealer.encode(), PEM.encode(), sealer.encode(), include_headers=COVERED)
    return b"".join(seal) + content


def stamped(
    content: bytes, covered: tuple[bytes, ...], domain: str = BIG, form: bytes = b"relaxed/relaxed", more: str = ""
) -> bytes:
    """``content`` with a DKIM signature on top that has ``more`` tags and is dated only if they say so, which dkimpy
    would not make; the canonical forms are dkimpy's."""
    head, _, body = content.partition(b"\r\n\r\n")
    policy = CanonicalizationPolicy.from_c_value(form)
    bh = base64.b64encode(hashlib.sha256(policy.canonicalize_body(body)).digest()).decode()
    tags = f"v=1; a=rsa-sha256; c={form.decode()}; d={domain}; s=k; {more}h={':'.join(n.decode() for n in covered)}"
    own = [b"DKIM-Signature", f" {tags}; bh={bh}; b=".encode()]
    fields = [line.split(b":", 1) for line in head.replace(b"\r\n ", b"\n ").split(b"\r\n")]
    fields = [[name, value.replace(b"\n", b"\r\n") + b"\r\n"] for name, value in fields]
    chosen = [next(one for one in reversed(fields) if one[0].lower() == name) for name in covered]
    forms = policy.canonicalize_headers([*chosen, own])
    key = load_pem_private_key(PEM.encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    octets = b"".join(name + b":" + value for name, value in forms).removesuffix(b"\r\n")
    value = base64.b64encode(key.sign(octets, padding.PKCS1v15(), hashes.SHA256()))
    return b":".join(own) + value + b"\r\n" + content
