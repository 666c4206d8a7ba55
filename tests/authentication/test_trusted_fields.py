"""What the mail server before relay found is believed where it wrote it; Microsoft 365 writes no name."""

from __future__ import annotations

import pytest

from relay.authentication.authorship import Authorship
from relay.authentication.dmarc import organisations
from relay.authentication.trusted_fields import Border, trusted_results
from relay.authentication.verdict import Verdict
from relay.authentication.verify import proof
from relay.message.read.headers import split_whole
from relay.model import Envelope
from relay.settings import AuthenticitySettings, Settings

HERE = "x@relay.example"
TENANT = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
INNER = """\
Received: from DB6PR0501CA0027.eurprd05.prod.outlook.com (2603:10a6:4:8f::13) by
 AS8PR05MB7800.eurprd05.prod.outlook.com (2603:10a6:20b:2c3::20) with Microsoft SMTP Server (version=TLS1_2,
 cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384) id 15.20.8356.13; Tue, 3 Feb 2026 09:11:14 +0000
Received: from DB5EUR01FT012.eop-EUR01.prod.protection.outlook.com (2603:10a6:4:8f:cafe::5d) by
 DB6PR0501CA0027.outlook.office365.com (2603:10a6:4:8f::13) with Microsoft SMTP Server (version=TLS1_3) id
 15.20.8356.13 via Frontend Transport; Tue, 3 Feb 2026 09:11:13 +0000
"""
ENTRY = """\
Received: from mail.home.example (192.0.2.7) by DB5EUR01FT012.mail.protection.outlook.com (10.152.4.200) with
 Microsoft SMTP Server (version=TLS1_3) id 15.20.8356.11 via Frontend Transport; Tue, 3 Feb 2026 09:11:12 +0000
"""
TAIL = f"X-MS-Exchange-CrossTenant-Id: {TENANT.upper()}\nX-MS-Exchange-CrossTenant-AuthAs: Anonymous\n"


def found(spf: str = "pass", dmarc: str = "pass", domain: str = "home.example") -> str:
    """Authentication-Results as Exchange Online writes it."""
    return (
        f"Authentication-Results: spf={spf} (sender IP is 192.0.2.7)\n smtp.mailfrom={domain}; dkim=none (message not "
        f"signed)\n header.d=none;dmarc={dmarc} action=none\n header.from={domain};compauth={dmarc} reason=100\n"
        f"Received-SPF: {spf.title()} (protection.outlook.com: domain of {domain})\n"
    )


async def judged(head: str, *, tail: str = TAIL, **settings: str) -> Authorship:
    """On a letter of ann@home.example, behind Microsoft 365."""
    wanted = {"received_by": "mail.protection.outlook.com", "tenant": TENANT} | settings
    content = f"{head}From: <ann@home.example>\nTo: {HERE}\nSubject: s\n{tail}\nHello\n".replace("\n", "\r\n")
    behind = Settings("relay.example", authenticity=AuthenticitySettings(verify="upstream", **wanted))
    return await proof(behind)(Envelope("ann@home.example", (HERE,), content.encode(), "127.0.0.1"), "ann@home.example")


async def test_what_exchange_online_found_at_its_border_is_believed() -> None:
    assert (await judged(INNER + found() + ENTRY)).verdict(HERE) is Verdict.PASS
    assert (await judged(found() + ENTRY)).verdict(HERE) is Verdict.PASS
    assert (await judged(INNER + found(spf="fail", dmarc="fail") + ENTRY)).verdict(HERE) is Verdict.FAIL
    nothing = found("none", "none").replace("dkim=none (message not signed)\n header.d=none", "dkim=none")
    assert (await judged(INNER + nothing + ENTRY)).verdict(HERE) is Verdict.UNPROVEN


BAD = found(spf="fail", dmarc="none")
HELO = ENTRY.replace("mail.home.example", "evil.prod.outlook.com")
LIES = ENTRY.replace("from mail.home.example (192.0.2.7)", "from a (by x.mail.protection.outlook.com)")


@pytest.mark.parametrize(
    "head",
    [
        INNER + ENTRY + found(),
        INNER + BAD + ENTRY + found(),
        INNER + BAD + ENTRY + found() + ENTRY,
        INNER + BAD + HELO + found() + INNER + ENTRY,
        INNER + ENTRY.replace("mail.protection.outlook", "mail.evil") + found() + ENTRY,
        # Forged below, and the letter did not come through Microsoft at all.
        "Received: from a by mx.own.example; today\n" + found() + ENTRY,
        "Received: from a by mail.protection.outlook.com.evil.example; today\n" + found() + ENTRY,
        "Received: from by.mail.protection.outlook.com (by x.mail.protection.outlook.com) by evil.example; d\n"
        + found(),
        found() + INNER,
        found(),
        "",
    ],
)
async def test_results_that_the_letter_brought_along_are_not(head: str) -> None:
    assert (await judged(head)).verdict(HERE) is Verdict.FAIL


async def test_of_two_results_at_the_border_the_topmost_is_its_own() -> None:
    assert (await judged(INNER + BAD + found() + ENTRY)).verdict(HERE) is Verdict.FAIL


@pytest.mark.parametrize(
    "tail",
    [
        "",
        TAIL.replace("0F1E", "AAAA"),
        TAIL + "X-MS-Exchange-CrossTenant-Id: aaaaaaaa-4b5a-6978-8796-a5b4c3d2e1f0\n",
        TAIL + TAIL,
    ],
)
async def test_another_customer_of_microsoft_is_not_believed(tail: str) -> None:
    assert (await judged(INNER + found() + ENTRY, tail=tail)).verdict(HERE) is Verdict.FAIL


RECEIVED = "Received: from client.example by mx.relay.example; today\n"


async def test_results_without_a_name_above_the_servers_received_are_its_own() -> None:
    behind = {"received_by": "", "tenant": "", "authserv_id": "mx.relay.example", "tail": ""}
    assert (await judged(found() + RECEIVED, **behind)).verdict(HERE) is Verdict.PASS
    assert (await judged(RECEIVED + found(), **behind)).verdict(HERE) is Verdict.FAIL
    own = "Authentication-Results: mx.relay.example; dmarc=fail header.from=home.example\n"
    assert (await judged(found() + own + RECEIVED, **behind)).verdict(HERE) is Verdict.FAIL, "its name comes first"


@pytest.mark.parametrize(
    ("received", "trusted"),
    [
        ("from a by mx.relay.example; today", True),
        ("from a by MX.Relay.Example.; today", True),
        ("by mx.relay.example; today", True),
        ("from a (b by c) by mx1.mx.relay.example with SMTP", True),
        ("from a by evilmx.relay.example; today", False),
        ("from by mx.relay.example by evil.example", False),
        ("from a (unclosed by mx.relay.example", False),
        ("from a", False),
        ("", False),
    ],
)
def test_the_border_is_named_behind_by(received: str, trusted: bool) -> None:
    head = "Received: from b by in.relay.example; d\r\nAuthentication-Results: spf=pass smtp.mailfrom=a.example\r\n"
    fields, _ = split_whole(f"{head}Received: {received}\r\n\r\n".encode())
    results = trusted_results(fields, "", Border("mx.relay.example"), organisations())
    assert (results is not None) is trusted


def test_a_header_full_of_trace_fields_takes_no_time() -> None:
    content = (b"Received: from (" + b"(" * 200 + b" by x; d\r\n") * 900 + b"\r\n"
    fields, _ = split_whole(content)
    assert trusted_results(fields, "", Border("mx.relay.example"), organisations()) is None
