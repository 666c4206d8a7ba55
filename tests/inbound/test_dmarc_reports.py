"""Reports about our domain are counted once, when it is proven who sent them; nothing else is."""

from __future__ import annotations

from datetime import timedelta

from relay.authentication.verdict import Verdict
from relay.home import Home
from relay.model import Envelope
from relay.operations.dmarc_summary import check_dmarc_reports
from relay.operations.findings import Level
from relay.store import DmarcSummary

from ..message.automatic.test_dmarc_report import gzip, mail, xml
from .conftest import DOMAIN, Inbound, opened

REPORTER = "d@big.example"


async def send(inbound: Inbound, content: bytes, author: str = REPORTER) -> str:
    return await inbound.envelope(Envelope(author, (f"dmarc@{DOMAIN}",), content, "192.0.2.1"))


def report(id: str = "1", records: tuple[tuple[int, str, str], ...] = ((4, "pass", "pass"),)) -> bytes:
    return mail(gzip.compress(xml(records=records).replace(b"1234-5", id.encode())))


async def test_reports_are_counted_once_and_summed_up(home: Home) -> None:
    async with opened(home) as inbound:
        for id in ("1", "2", "2"):
            assert (await send(inbound, report(id))).startswith("250")
        await send(inbound, report("3", ((1, "pass", "fail"), (9, "fail", "fail"))).replace(b"big.", b"small."))
        since = inbound.now - timedelta(days=30)
        assert await inbound.store.dmarc.summary(since) == DmarcSummary(3, 2, 8, 1, 0, 9)
        finding = await check_dmarc_reports(inbound.store, inbound.now)
        assert finding.level is Level.OK
        assert "8 mails with DKIM and SPF, 1 with DKIM only (forwarded)" in finding.what
        await send(inbound, report("4", ((50, "fail", "pass"),)))
        assert (await check_dmarc_reports(inbound.store, inbound.now)).level is Level.WARNING
        assert await inbound.due() == []


async def test_what_is_unproven_or_of_another_domain_or_time_is_not_counted(home: Home) -> None:
    async with opened(home) as inbound:
        inbound.verdicts["forged@big.example"] = Verdict.FAIL
        inbound.verdicts["bare@big.example"] = Verdict.UNPROVEN
        for author in ("forged@big.example", "bare@big.example"):
            said = await send(inbound, report().replace(REPORTER.encode(), author.encode()), author)
            assert said.startswith("550 5.7.1")
        assert (await send(inbound, report(), "")).startswith("550 5.7.1")
        other = xml().replace(b"Relay.test", b"other.test"), xml().replace(b"17722368", b"17000000")
        for octets in (*other, b"no report"):
            assert (await send(inbound, mail(octets))).startswith("250")
        assert (await inbound.store.dmarc.summary(inbound.now - timedelta(days=30))).reports == 0
        finding = await check_dmarc_reports(inbound.store, inbound.now)
        assert finding.what.startswith("no DMARC reports")


async def test_old_reports_are_deleted_and_one_receiver_cannot_send_many(home: Home) -> None:
    async with opened(home) as inbound:
        said = [await send(inbound, report(str(number))) for number in range(31)]
        assert [reply[:3] for reply in said] == ["250"] * 30 + ["450"]
        inbound.now += timedelta(days=91)
        at = int((inbound.now - timedelta(days=1)).timestamp())
        fresh = xml().replace(b"1772236800", str(at).encode()).replace(b"1772323199", str(at + 9).encode())
        assert (await send(inbound, mail(gzip.compress(fresh)))).startswith("250")
        assert (await inbound.store.dmarc.summary(inbound.now - timedelta(days=365))).reports == 1
