"""The server before us is believed, and nobody who writes like it."""

from __future__ import annotations

import pytest

from relay.model import Envelope
from relay.policy.authenticity import Verdict
from relay.settings import AuthenticitySettings, Settings
from relay.smtp.verify import proof

GOOD = "dmarc=pass header.from=home.example"


async def verdict(*results: str) -> Verdict:
    """On a letter of ann@home.example with these Authentication-Results, the topmost first."""
    head = "".join(f"Authentication-Results: {one}\r\n" for one in results)
    content = f"Received: from x by y; today\r\n{head}From: <ann@home.example>\r\nSubject: s\r\n\r\nHello\r\n"
    settings = Settings(
        "relay.example", authenticity=AuthenticitySettings(verify="upstream", authserv_id="MX.relay.example")
    )
    envelope = Envelope("ann@home.example", ("x@relay.example",), content.encode(), "127.0.0.1")
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
        (f"mx.evil.example; {GOOD}", f"mx.relay.example; {GOOD}"),
        (f"mx.relay.example.evil.example; {GOOD}",),
        ("mx.relay.example; dmarc=fail header.from=home.example", f"mx.relay.example; {GOOD}"),
        ("nonsense", f"mx.relay.example; {GOOD}"),
        ("", f"mx.relay.example; {GOOD}"),
    ],
)
async def test_only_its_own_word_on_top_counts(results: tuple[str, ...]) -> None:
    assert await verdict(*results) is Verdict.FAIL
    assert await verdict(f"mx.relay.example; {GOOD}", *results) is Verdict.PASS


async def test_trouble_it_had_is_trouble_here() -> None:
    assert await verdict("mx.relay.example; dmarc=temperror header.from=home.example") is Verdict.TEMPERROR


async def test_who_publishes_nothing_is_unproven() -> None:
    nothing = "spf=none smtp.mailfrom=home.example; dkim=none; dmarc=none header.from=home.example"
    assert await verdict(f"mx.relay.example; {nothing}") is Verdict.UNPROVEN
    forged = nothing.replace("mailfrom=home", "mailfrom=evil")
    assert await verdict(f"mx.relay.example; {forged}") is Verdict.FAIL
