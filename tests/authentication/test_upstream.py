"""The server before us is believed, and nobody who writes like it."""

from __future__ import annotations

import pytest

from relay.authentication.verdict import Verdict
from relay.authentication.verify import proof
from relay.model import Envelope
from relay.settings import AuthenticitySettings, Settings

GOOD = "dmarc=pass header.from=home.example"


RECEIVED = "Received: from client.example by mx.relay.example; today\r\n"


async def verdict(*results: str, below: str = "") -> Verdict:
    """On a letter of ann@home.example on which the server before us put its Received and these
    Authentication-Results, the topmost first; ``below`` stands in the letter that it was given."""
    head = "".join(f"Authentication-Results: {one}\r\n" for one in results)
    return await judged(f"{head}{RECEIVED}{below}")


async def judged(head: str) -> Verdict:
    """On a letter of ann@home.example that begins so."""
    content = f"{head}From: <ann@home.example>\r\nSubject: s\r\n\r\nHello\r\n"
    settings = Settings(
        "relay.example", authenticity=AuthenticitySettings(verify="upstream", authserv_id="MX.relay.example")
    )
    envelope = Envelope("ann@home.example", ("x@relay.example",), content.encode(), "127.0.0.1")
    return (await proof(settings)(envelope, "ann@home.example")).verdict("x@relay.example")


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
    assert await verdict(f"mx.relay.example; {found}") is Verdict.PASS


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
    assert await verdict(f"mx.relay.example; {found}") is Verdict.FAIL


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
    assert await verdict(*found) is Verdict.PASS
    assert await verdict(*found[:2]) is Verdict.FAIL
    assert await verdict(found[0].replace("none (", "fail ("), *found[1:]) is Verdict.FAIL


async def test_trouble_it_had_is_trouble_here() -> None:
    assert await verdict("mx.relay.example; dmarc=temperror header.from=home.example") is Verdict.TEMPERROR


async def test_who_publishes_nothing_is_unproven() -> None:
    nothing = "spf=none smtp.mailfrom=home.example; dkim=none; dmarc=none header.from=home.example"
    assert await verdict(f"mx.relay.example; {nothing}") is Verdict.UNPROVEN
    forged = nothing.replace("mailfrom=home", "mailfrom=evil")
    assert await verdict(f"mx.relay.example; {forged}") is Verdict.FAIL
