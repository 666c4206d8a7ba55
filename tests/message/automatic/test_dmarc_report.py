"""A DMARC report becomes counts. A hostile one becomes nothing, in little time and memory."""

from __future__ import annotations

import gzip
import io
import tracemalloc
import zipfile
from base64 import encodebytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.message.automatic.dmarc_report import MOST_OCTETS, read_dmarc_report
from relay.model import DmarcReport

RECORD = """<record><row><source_ip>192.0.2.44</source_ip><count>{count}</count><policy_evaluated>
<disposition>none</disposition><dkim>{dkim}</dkim><spf>{spf}</spf></policy_evaluated></row>
<identifiers><header_from>relay.test</header_from></identifiers>
<auth_results><dkim><domain>relay.test</domain><result>pass</result></dkim><spf><domain>x</domain></spf></auth_results>
</record>"""
HEAD = """<?xml version="1.0" encoding="UTF-8" ?>
<feedback{space}><version>1.0</version><report_metadata><org_name>big.example</org_name><email>d@big.example</email>
<report_id>1234-5</report_id><date_range><begin>1772236800</begin><end>1772323199</end></date_range></report_metadata>
<policy_published><domain>Relay.test</domain><adkim>s</adkim><p>reject</p><pct>100</pct></policy_published>"""
COUNTS = ((7, "pass", "pass"), (3, "pass", "fail"), (2, "fail", "pass"), (5, "fail", "fail"), (1, "PASS", "pass"))


def xml(space: str = "", records: tuple[tuple[int, str, str], ...] = COUNTS) -> bytes:
    rows = "".join(RECORD.format(count=count, dkim=dkim, spf=spf) for count, dkim, spf in records)
    return (HEAD.format(space=space) + rows + "</feedback>").encode()


def zipped(octets: bytes, files: int = 1) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(files):
            archive.writestr(f"big.example!relay.test!{number}.xml", octets)
    return made.getvalue()


def mail(octets: bytes, kind: str = "application/gzip") -> bytes:
    """As receivers send it: words, then the file; or the file alone."""
    head = b"From: d@big.example\r\nSubject: Report Domain: relay.test\r\nMIME-Version: 1.0\r\n"
    words = b"--b\r\nContent-Type: text/plain\r\n\r\nThis is a report.\r\n"
    part = f"--b\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n\r\n".encode() + encodebytes(octets)
    return head + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + words + part + b"--b--\r\n"


REPORT = DmarcReport("1234-5", "relay.test", 1772236800, 1772323199, both=8, dkim_only=3, spf_only=2, neither=5)


@pytest.mark.parametrize(
    "content",
    [
        mail(gzip.compress(xml())),
        mail(zipped(xml()), "application/zip"),
        mail(gzip.compress(xml()), "application/octet-stream"),
        mail(xml(), "text/xml"),
        mail(gzip.compress(xml(' xmlns="urn:ietf:params:xml:ns:dmarc-2.0"'))),
        mail(gzip.compress(b"\xef\xbb\xbf" + xml())),
        b"Content-Type: application/zip\r\nContent-Transfer-Encoding: base64\r\n\r\n" + encodebytes(zipped(xml())),
    ],
    ids=["gzip", "zip", "octet-stream", "plain", "version-2", "byte-order-mark", "no-multipart"],
)
def test_the_counts_are_read_however_the_report_is_packed(content: bytes) -> None:
    assert read_dmarc_report(content) == REPORT


BOMB = b"<!DOCTYPE feedback [<!ENTITY a 'ha'><!ENTITY b '" + b"&a;" * 1000 + b"'>]>"


@pytest.mark.parametrize(
    "octets",
    [
        gzip.compress(bytes(300 * 1024 * 1024), 9),
        gzip.compress(b"<feedback>" + b" " * (MOST_OCTETS + 1)),
        zipped(b"<feedback>" + b" " * (MOST_OCTETS + 1)),
        zipped(xml(), files=2),
        zipped(xml())[:-30],
        gzip.compress(xml())[:-200],
        gzip.compress(BOMB + xml().partition(b"?>")[2]),
        gzip.compress(b"<!DOCTYPE x SYSTEM 'http://evil.example/'>" + xml().partition(b"?>")[2]),
        gzip.compress(b"<feedback>" * 50_000),
        gzip.compress(xml().replace(b"<count>7", b"<count>-7")),
        gzip.compress(xml().replace(b"<count>7", b"<count>" + b"9" * 5000)),
        gzip.compress(xml().replace(b"<end>1772323199", b"<end>tomorrow")),
        gzip.compress(xml().replace(b"1234-5", b"")),
        gzip.compress(b"<html>" + xml() + b"</html>"),
        b"no report",
        b"",
    ],
)
def test_a_hostile_report_is_no_report_and_needs_little_memory(octets: bytes) -> None:
    content = mail(octets)
    tracemalloc.start()
    assert read_dmarc_report(content) is None
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 6 * MOST_OCTETS


@given(st.binary(max_size=300), st.integers(0, 2000))
def test_rubbish_never_raises(rubbish: bytes, at: int) -> None:
    good = xml()
    for octets in (rubbish, good[:at] + rubbish + good[at:], b"PK\x03\x04" + rubbish, b"\x1f\x8b" + rubbish):
        read_dmarc_report(mail(octets))
