"""Reading one link: wrappers in wrappers, what is no safe target, tracking."""

from __future__ import annotations

import time
from urllib.parse import quote

import pytest

from relay.anonymise.links.carriers import LONGEST, safe_target
from relay.anonymise.links.read import MOST_WRAPPED, Reading, read_link

SAFE = "https://eur03.safelinks.protection.outlook.com/?url={}&data=05%7C02&reserved=0"
PROOFPOINT = "https://urldefense.com/v3/__{}__;!!TernCoId123!0eDf-zTf69h$"
TARGET = "https://books.example/ledger?page=2#top"


def wrapped(target: str, times: int) -> str:
    for _ in range(times):
        target = SAFE.format(quote(target, safe=""))
    return target


@pytest.mark.parametrize("times", range(1, MOST_WRAPPED + 1))
def test_wrappers_around_wrappers_are_opened(times: int) -> None:
    assert read_link(wrapped(TARGET, times)) == Reading(TARGET, changed=True)


def test_more_wrappers_than_anybody_has_close_the_link() -> None:
    assert read_link(wrapped(TARGET, MOST_WRAPPED + 1)) == Reading("", changed=True, closed=True)


def test_wrappers_of_several_firms_are_opened_in_any_order() -> None:
    one = SAFE.format(quote(PROOFPOINT.format(TARGET), safe=""))
    other = PROOFPOINT.format(SAFE.format(quote(TARGET, safe="")))
    assert read_link(one).url == read_link(other).url == TARGET


def test_a_link_in_a_wrapper_loses_its_tracking() -> None:
    assert (
        read_link(SAFE.format(quote("https://books.example/?id=7&fbclid=x", safe=""))).url
        == "https://books.example/?id=7"
    )


@pytest.mark.parametrize(
    "target",
    [
        "javascript:alert(1)",
        "data:text/html,<script>",
        "ftp://books.example/",
        "https://user:pass@evil.example/",
        "https://books.example@evil.example/",
        "https://evil.example\\@books.example/",
        "https://books.example:99999999/",
        "https://bo oks.example/",
        "https://books.example/\r\nX: y",
        "https://books.example/\x00",
        "https://-.-/",
        "https://",
        "//books.example/",
        "books",
        "%E2%80%AEhttps://books.example/",
        "https://" + "a" * 300 + ".example/",
    ],
)
def test_what_is_no_safe_address_of_the_web_counts_as_unknown(target: str) -> None:
    assert read_link(SAFE.format(quote(target, safe=""))) == Reading("", changed=True, closed=True)


@pytest.mark.parametrize(
    ("written", "target"),
    [
        ("https://books.example/a b", "https://books.example/a%20b"),
        ('https://books.example/"><script>', "https://books.example/%22%3E%3Cscript%3E"),
        ("https://books.example/Rübe", "https://books.example/R%C3%BCbe"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("HTTPS://Books.Example/", "https://Books.Example/"),
        ("https:/books.example/x", "https://books.example/x"),
        ("https%3A//books.example/x", "https://books.example/x"),
        ("https%253A%252F%252Fbooks.example", "https://books.example"),
        ("http://192.0.2.7:8080/x", "http://192.0.2.7:8080/x"),
        ("http://[2001:db8::1]/x", "http://[2001:db8::1]/x"),
        ("https://books.example/?a=1&amp;b=2", "https://books.example/?a=1&b=2"),
        ("https://books.example/\u202egpj.exe", "https://books.example/%E2%80%AEgpj.exe"),
    ],
)
def test_a_target_is_written_in_letters_that_are_safe_everywhere(written: str, target: str) -> None:
    assert safe_target(written) == target


@pytest.mark.parametrize(
    ("link", "target"),
    [
        # One replaced character; a run of three; characters of several octets; a percent sign.
        ("https://urldefense.com/v3/__https:/*books.example/__;Lw!!C!t$", "https://books.example/"),
        ("https://urldefense.com/v3/__https://books.example/**B__;w7xi!!C!t$", "https://books.example/%C3%BCb"),
        (
            "https://urldefense.com/v3/__https://books.example/*a*__;w7zlkI0!!C!t$",
            "https://books.example/%C3%BCa%E5%90%8D",
        ),
        ("https://urldefense.com/v3/__https://books.example/a*20b__;JQ!!C!t$", "https://books.example/a%20b"),
        ("https://urldefense.com/v3/__https://books.example/a__b__;!!C!t$", "https://books.example/a__b"),
        ("https://urldefense.us/v3/__http://books.example__;!!C!t$", "http://books.example"),
        # More signs than octets: nobody knows what stood there.
        ("https://urldefense.com/v3/__https://books.example/***Z__;Lw!!C!t$", ""),
    ],
)
def test_proofpoint_3_is_decoded_with_its_replaced_octets(link: str, target: str) -> None:
    assert read_link(link).url == target


@pytest.mark.parametrize(
    "link",
    [
        "https://eur03.safelinks.protection.outlook.com/?url=3Dhttps%3A%2F%2Fbooks.example%2Fledger&data=3D05%7C02&reserved=3D0",
        "https://eur03.safelinks.protection.outlook.com/?url=https%3A%2F%2Fbooks.example%2Fledger&amp;data=05%7C02&amp;reserved=0",
        "https://EUR03.SafeLinks.Protection.Outlook.com:443/?Url=https%3A%2F%2Fbooks.example%2Fledger&data=05",
        "http://eur03.safelinks.protection.outlook.com./ap/w-59584e83/?url=https%3A%2F%2Fbooks.example%2Fledger",
    ],
)
def test_a_link_is_read_in_every_way_programs_write_it(link: str) -> None:
    wanted = (
        Reading("", changed=True, closed=True)
        if "url=&" in link
        else Reading("https://books.example/ledger", changed=True)
    )
    assert read_link(link) == wanted


@pytest.mark.parametrize(
    "link",
    [
        "https://clicktime.cloud.postoffice.example/clicktime.php?U=https%3A%2F%2Fbooks.example%2Fledger&E=jo%40firm.example",
        "https://urldefence.firm.example/check/https%3A%2F%2Fbooks.example%2Fledger",
        "https://mail-link-protect.firm.example/?x=1&go=aHR0cHM6Ly9ib29rcy5leGFtcGxlL2xlZGdlcg==",
        "https://url.eset.com/?id=7&u=https%3A%2F%2Fbooks.example%2Fledger",
        "https://click.forcepoint.com/r?d=0f1e&target=https://books.example/ledger",
    ],
)
def test_a_gateway_nobody_has_written_down_is_known_by_its_name_and_its_form(link: str) -> None:
    assert read_link(link).url == "https://books.example/ledger"


@pytest.mark.parametrize(
    "link",
    [
        "https://eur03.safelinks.protection.outlook.com@books.example/?url=https%3A%2F%2Fevil.example",
        "https://books.example/?u=https://eur03.safelinks.protection.outlook.com/",
        "https://safelinks.protection.outlook.com.books.example/?data=05",
        "https://linkprotect.cudasvc.com/",
        "https://id.sophos.com/login?url=https%3A%2F%2Fcentral.sophos.com%2F&client=1",
        "https://urlscan.firm.example/login?redirect_uri=https%3A%2F%2Fbooks.example%2F",
        "https://t.co/AbCdEfGhIj",
        "https://lnkd.in/eAbCdEf",
        "https://web.archive.org/web/2020/https://books.example/",
        "https://books.example/login?redirect=https://books.example/ledger&page=2",
        "https://validator.w3.org/check?uri=https%3A%2F%2Fbooks.example%2F",
        "https://books.example/a?b&c=&d==e#f=g",
        "https://books.example/?",
        "https://books.example/#",
        "https://books.example/?q=a%26b&amp;c",
    ],
)
def test_what_is_no_wrapper_stays_as_it_is(link: str) -> None:
    assert read_link(link) == Reading(link)


@pytest.mark.parametrize(
    "link",
    [
        "https://a.safelinks.protection.outlook.com/?" + "url=%25" * 300_000,
        "https://urldefense.com/v3/__" + "*" * 1_000_000,
        "https://urldefense.com/v3/__https://a.example/" + "**A" * 300_000 + "__;" + "Lw" * 300_000 + "!!",
        "https://protect.checkpoint.com/v2/___" + "_a" * 500_000,
        "https://protect.checkpoint.com/v2/___" + "___." * 250_000,
        "https://secure-web.cisco.com/a/" + "https:" * 150_000,
        "https://r.search.yahoo.com/" + "/RU=" * 250_000,
        "https://seclinks.cloud-security.net/" + "http" * 250_000,
        "https://a.example/?" + "fbclid=1&" * 100_000,
        "https://a.example/?" + "=" * 1_000_000,
        "https://" + "a." * 500_000,
        "https://a.defend.egress.com/?Base64Url=" + "eJz" * 300_000,
    ],
    ids=range(12),
)
def test_a_hostile_link_is_read_in_time_proportional_to_its_length(link: str) -> None:
    for length in (LONGEST, len(link)):
        started = time.process_time()
        read_link(link[:length])
        assert time.process_time() - started < 2
