"""The server before us is believed, and nobody who writes like it."""

from __future__ import annotations

import time

import pytest

from relay.authentication.authorship import Authorship
from relay.authentication.verdict import Verdict
from relay.authentication.verify import proof
from relay.model import Envelope
from relay.settings import AuthenticitySettings, Settings

GOOD = "dmarc=pass header.from=home.example"


RECEIVED = "Received: from client.example by mx.relay.example; today\r\n"
HERE, THERE = "x@relay.example", "y@relay.example"


def signature(
    names: str = "from:to:subject", *, domain: str = "home.example", value: str = "RDbG/J5kAAAA", **more: str
) -> str:
    """A DKIM-Signature field; whether it holds, the server before us has found out. ``names`` are those of h=."""
    tags = "".join(f"{tag}={said}; " for tag, said in more.items())
    head = "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; s=k"
    return f"{head}; d={domain}; h={names}; {tags}bh=AAAA; b={value}\r\n"


SIGNED = signature("from:to:subject:content-type:content-transfer-encoding:content-disposition")


async def verdict(*results: str, below: str = "") -> Verdict:
    """On a letter of ann@home.example on which the server before us put its Received and these
    Authentication-Results, the topmost first; ``below`` stands in the letter that it was given."""
    head = "".join(f"Authentication-Results: {one}\r\n" for one in results)
    return await judged(f"{head}{RECEIVED}{below}")


async def judged(head: str) -> Verdict:
    """On a letter of ann@home.example that begins so."""
    return (await authorship(head)).verdict(HERE)


async def authorship(head: str, to: str = f"To: {HERE}\r\n", body: str = "Hello\r\n") -> Authorship:
    """On a letter of ann@home.example to two of us that begins so."""
    content = f"{head}From: <ann@home.example>\r\n{to}Subject: s\r\n\r\n{body}"
    settings = Settings(
        "relay.example", authenticity=AuthenticitySettings(verify="upstream", authserv_id="MX.relay.example")
    )
    envelope = Envelope("ann@home.example", (HERE, THERE), content.encode(), "127.0.0.1")
    return await proof(settings)(envelope, "ann@home.example")


@pytest.mark.parametrize(
    "found",
    [
        GOOD,
        "dmarc=pass (p=none) header.from=Home.Example",
        "spf=pass smtp.mailfrom=ann@bounces.home.example",
        "spf=pass smtp.mailfrom=home.example; dkim=none",
        "dkim=pass header.d=home.example",
        "dkim=pass header.i=@mail.home.example",
        "dkim=fail header.d=home.example; dkim=pass header.d=home.example",
        "dkim=pass header.d=home.example; dmarc=none header.from=home.example",
    ],
)
async def test_what_it_found_good_is_good(found: str) -> None:
    field = signature(i="@mail.home.example") if "header.i" in found else SIGNED
    assert await verdict(f"mx.relay.example; {found}", below=field) is Verdict.PASS


@pytest.mark.parametrize(
    "found",
    [
        "none",
        "dmarc=fail header.from=home.example",
        "dmarc=pass",
        "dmarc=pass header.from=evil.example",
        "dmarc=pass header.from=mail.home.example",
        "dmarc=fail header.from=home.example; dkim=pass header.d=home.example",
        "dmarc=fail; dkim=pass header.d=home.example",
        "dmarc=bestguesspass header.from=home.example",
        "spf=pass smtp.mailfrom=evil.example; dkim=pass header.d=evil.example",
        "spf=pass smtp.helo=home.example",
        "spf=softfail smtp.mailfrom=home.example",
        "dkim=pass",
        "dkim=policy header.d=home.example",
        "arc=pass; iprev=pass",
        f"{GOOD} and more",
    ],
)
async def test_what_it_did_not_find_good_is_not(found: str) -> None:
    assert await verdict(f"mx.relay.example; {found}", below=SIGNED) is Verdict.FAIL


@pytest.mark.parametrize(
    "results",
    [
        (),
        (f"mx.evil.example; {GOOD}",),
        (f"mx.relay.example.evil.example; {GOOD}",),
        ("mx.relay.example; dmarc=fail header.from=home.example", f"mx.relay.example; {GOOD}"),
        (f"mx.relay.example; {GOOD}", "mx.relay.example; dmarc=fail header.from=home.example"),
        ("nonsense; and more", f"mx.relay.example; {GOOD}"),
        (f"mx.relay.example; {GOOD}", "mx.relay.example; dmarc=fail (a comment without an end"),
        ("", f"mx.relay.example; {GOOD}"),
    ],
)
async def test_only_its_own_word_counts_and_a_no_among_them_is_a_no(results: tuple[str, ...]) -> None:
    assert await verdict(*results) is Verdict.FAIL


FORGED = f"Authentication-Results: mx.relay.example; {GOOD}\r\n"


@pytest.mark.parametrize(
    "below",
    [
        FORGED,
        f"Authentication-Results : mx.relay.example; {GOOD}\r\n",
        f"{FORGED}{RECEIVED}{FORGED}",
        f"Received-SPF: pass\r\n{FORGED}",
        f"X-Received: x\r\n{FORGED}{RECEIVED}",
    ],
)
async def test_what_stands_below_its_received_is_the_senders_own_tale(below: str) -> None:
    assert await verdict(below=below) is Verdict.FAIL
    assert await verdict("mx.relay.example; dmarc=fail header.from=home.example", below=below) is Verdict.FAIL
    assert await verdict(f"mx.relay.example; {GOOD}", below=below) is Verdict.PASS


async def test_without_its_received_nobody_knows_where_its_words_end() -> None:
    assert await judged(FORGED) is Verdict.FAIL
    assert await judged(FORGED + RECEIVED) is Verdict.PASS


async def test_what_two_programs_of_it_found_is_read_together() -> None:
    found = (
        "mx.relay.example; dmarc=none (p=none dis=none) header.from=home.example",
        "mx.relay.example; spf=pass smtp.mailfrom=elsewhere.example",
        "mx.relay.example;\r\n\tdkim=pass (2048-bit key; unprotected) header.d=home.example header.i=@home.example "
        "header.a=rsa-sha256 header.s=k header.b=LUt0W/9R;\r\n\tdkim-atps=neutral",
    )
    field = signature(value="LUt0W/9RxxxxAAAA")
    assert await verdict(*found, below=field) is Verdict.PASS
    assert await verdict(*found[:2], below=field) is Verdict.FAIL
    assert await verdict(found[0].replace("none (", "fail ("), *found[1:], below=field) is Verdict.FAIL


async def test_trouble_it_had_is_trouble_here() -> None:
    assert await verdict("mx.relay.example; dmarc=temperror header.from=home.example") is Verdict.TEMPERROR


async def test_who_publishes_nothing_is_unproven() -> None:
    nothing = "spf=none smtp.mailfrom=home.example; dkim=none; dmarc=none header.from=home.example"
    assert await verdict(f"mx.relay.example; {nothing}") is Verdict.UNPROVEN
    forged = nothing.replace("mailfrom=home", "mailfrom=evil")
    assert await verdict(f"mx.relay.example; {forged}") is Verdict.FAIL


def read(how: Authorship) -> tuple[bool, bool]:
    """Whether it is proven for each of the two of us."""
    return how.verdict(HERE) is Verdict.PASS, how.verdict(THERE) is Verdict.PASS


BY_DKIM = "mx.relay.example; dkim=pass header.d=home.example header.s=k header.b=RDbG/J5k"
BY_SPF = "mx.relay.example; spf=pass smtp.mailfrom=ann@home.example"
DMARC = "mx.relay.example; dmarc=pass header.from=home.example"
OTHER = signature("from:subject", value="XXXXXXXXAAAA")
TO_BOTH = f"To: {HERE}, {THERE}\r\n"


@pytest.mark.parametrize(
    ("found", "fields", "to", "proven"),
    [
        # The signature names the first of us, or both, or its To was not signed.
        (BY_DKIM, signature(), f"To: {HERE}\r\n", (True, False)),
        (BY_DKIM, signature(), TO_BOTH, (True, True)),
        (BY_DKIM, signature("from:cc:subject"), f"To: {HERE}\r\nCc: {THERE}\r\n", (False, True)),
        (BY_DKIM, signature("from:subject"), TO_BOTH, (False, False)),
        (BY_SPF, signature("from:subject"), TO_BOTH, (True, True)),
        (BY_SPF, "", "To: elsewhere@a.example\r\n", (True, True)),
        # Which of two it is, the finding tells by its value, by its selector, or not at all.
        (BY_DKIM, signature() + OTHER, TO_BOTH, (True, True)),
        (BY_DKIM.replace("RDbG/J5k", "XXXXXXXX"), signature() + OTHER, TO_BOTH, (False, False)),
        (BY_DKIM.partition(" header.s")[0], signature() + OTHER, TO_BOTH, (False, False)),
        (BY_DKIM.replace("header.s=k", "header.s=old"), signature(), TO_BOTH, (False, False)),
        (BY_DKIM.replace("header.d", "header.i").replace("=home", "=@home"), signature(), TO_BOTH, (True, True)),
        (BY_DKIM.replace("RDbG/J5k", "nowhere1"), signature(), TO_BOTH, (False, False)),
        # A field of the same beginning that a forger put beside the one that holds.
        (BY_DKIM, signature() + signature("from:subject"), TO_BOTH, (False, False)),
        (BY_DKIM, signature() + signature(l="5"), TO_BOTH, (False, False)),
        (BY_DKIM, signature() * 6, TO_BOTH, (False, False)),
        (BY_DKIM, signature() + signature(domain="evil.example") * 20, TO_BOTH, (False, False)),
        # DMARC alone: by SPF when there is no signature, else by one that we do not know.
        (DMARC, "", TO_BOTH, (True, True)),
        (DMARC, signature(domain="evil.example"), TO_BOTH, (True, True)),
        (DMARC, signature(), f"To: {HERE}\r\n", (True, False)),
        (DMARC, signature() + OTHER, TO_BOTH, (False, False)),
        (DMARC, signature("from:subject"), TO_BOTH, (False, False)),
        (DMARC, signature(domain="evil.example") * 21, TO_BOTH, (False, False)),
        # As programs write it: Google, rspamd, Microsoft, OpenDKIM with OpenDMARC.
        (
            'mx.relay.example; dkim=pass header.i=@home.example header.s=k header.b="RDbG/J5k"; spf=softfail '
            "(google.com: domain of transitioning ann@a.example does not designate 192.0.2.1 as permitted sender) "
            "smtp.mailfrom=ann@a.example; dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=home.example",
            signature(), f"To: {HERE}\r\n", (True, False),
        ),
        (
            "mx.relay.example; dkim=pass header.d=home.example header.s=k header.b=RDbG/J5k; spf=pass (mx: domain of "
            "ann@a.example designates 192.0.2.1 as permitted sender) smtp.mailfrom=ann@a.example; dmarc=pass "
            "(policy=reject) header.from=home.example",
            signature(), f"To: {HERE}\r\n", (True, False),
        ),
        (
            "mx.relay.example; spf=fail (sender IP is 192.0.2.1) smtp.mailfrom=a.example; dkim=pass (signature was "
            "verified) header.d=home.example;dmarc=pass action=none header.from=home.example;compauth=pass reason=100",
            signature(), f"To: {HERE}\r\n", (True, False),
        ),
        (
            "mx.relay.example; spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=home.example; dkim=pass (signature was "
            "verified) header.d=home.example;dmarc=pass action=none header.from=home.example;compauth=pass reason=100",
            signature("from:date:subject:message-id:content-type:mime-version"), TO_BOTH, (True, True),
        ),
    ],
)  # fmt: skip
async def test_what_proves_it_proves_it_for_whom(found: str, fields: str, to: str, proven: tuple[bool, bool]) -> None:
    assert read(await authorship(f"Authentication-Results: {found}\r\n{RECEIVED}{fields}", to)) == proven


async def test_the_signature_that_is_named_tells_which_letter_it_is() -> None:
    head = f"Authentication-Results: {BY_DKIM}\r\n{RECEIVED}{signature()}"
    first = await authorship(head)
    assert len(first.signed_as) == 1
    assert (
        await authorship(head + "Message-ID: <2@x.example>\r\n", body="Hello  \r\n\r\n")
    ).signed_as == first.signed_as
    assert (await authorship(head, body="Hello there\r\n")).signed_as != first.signed_as
    assert (await authorship(head.replace(signature(), ""))).signed_as == ()


async def test_a_content_type_that_was_not_signed_is_judged_here_too() -> None:
    head = f"Authentication-Results: {BY_DKIM}\r\n{RECEIVED}{signature()}Content-Type: multipart/mixed; boundary=zz\r\n"
    quoted = "Yes\r\n\r\n--zz\r\n\r\nNo\r\n--zz--\r\n"
    assert read(await authorship(head, body=quoted)) == (False, False)
    assert read(await authorship(head, body=quoted.partition("\r\n\r\n")[2])) == (True, False)


async def test_a_signature_from_before_what_is_remembered_proves_nothing() -> None:
    at = f"Authentication-Results: {BY_DKIM}\r\n{RECEIVED}"
    now = int(time.time())
    assert read(await authorship(at + signature(t=str(now - 28 * 86_400)))) == (True, False)
    assert read(await authorship(at + signature(t=str(now - 30 * 86_400)))) == (False, False)


async def test_more_than_a_server_has_to_say_is_not_read() -> None:
    few = f"Authentication-Results: {BY_SPF}\r\n" * 20
    assert read(await authorship(few + RECEIVED)) == (True, True)
    assert read(await authorship(few + few[: len(few) // 20] + RECEIVED)) == (False, False)
    long = f"Authentication-Results: {BY_SPF} ({'a' * 16_000})\r\n"
    assert read(await authorship(long + RECEIVED)) == (True, True)
    assert read(await authorship(long * 3 + RECEIVED)) == (False, False)
