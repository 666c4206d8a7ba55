"""MTA-STS records and policy files are parsed (RFC 8461 3, 4.1)."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from relay.smtp.client.mta_sts import Mode, NotAPolicy, Policy, policy_id, read_policy

GOOD = (
    "version: STSv1\nmode: enforce\nmx: mail.example.com\n"
    "mx: *.example.net\nmx: backupmx.example.com\nmax_age: 604800\n"
)


@pytest.mark.parametrize(
    ("records", "id"),
    [
        (["v=STSv1; id=20160831085700Z;"], "20160831085700Z"),
        (["v=STSv1;id=1"], "1"),
        (["v=STSv1 ; \t id=abc ; x=y"], "abc"),
        (["v=STSv1; x=y; id=abc"], "abc"),
        (["v=spf1 -all", "v=STSv1; id=1", "v=STSv10; id=2"], "1"),
        (["v=STSv1; id=1", "v=STSv1; id=2"], ""),
        (["v=STSv1; id=1", "v=STSv1; id=1"], ""),
        (["v=STSv1"], ""),
        (["v=STSv1; id="], ""),
        (["v=STSv1; id=" + "a" * 33], ""),
        (["v=STSv1; id=" + "a" * 32], "a" * 32),
        (["v=STSv1; id=2016-08-31"], ""),
        (["v=STSv1; id=\u0661"], ""),
        (["id=1; v=STSv1"], ""),
        ([" v=STSv2; id=1"], ""),
        ([], ""),
        ([""], ""),
    ],
)
def test_the_policy_id_is_read_from_one_record(records: list[str], id: str) -> None:
    assert policy_id(records) == id


def test_the_example_of_the_rfc_is_parsed() -> None:
    expected = Policy(
        Mode.ENFORCE, timedelta(days=7), frozenset({"mail.example.com", "*.example.net", "backupmx.example.com"})
    )
    for text in (GOOD, GOOD.replace("\n", "\r\n"), GOOD.rstrip("\n"), GOOD.replace(": ", ":  "), "\n" + GOOD + "\n\n"):
        assert read_policy(text) == expected
    assert read_policy(GOOD + "more: of what nobody knows\nmode: none\nmax_age: 1\n") == expected, "the first counts"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<html>not found</html>",
        GOOD.replace("STSv1", "STSv2"),
        GOOD.replace("version: STSv1\n", ""),
        GOOD.replace("enforce", "Enforce"),
        GOOD.replace("enforce", "strict"),
        GOOD.replace("mode: enforce\n", ""),
        GOOD.replace("604800", "-1"),
        GOOD.replace("604800", "1 week"),
        GOOD.replace("604800", "\u0661"),
        GOOD.replace("604800", ""),
        GOOD.replace("max_age", "max-age"),
        "version: STSv1\nmode: enforce\nmax_age: 86400\n",
        "version: STSv1\nmode: testing\nmx: a b\nmax_age: 86400\n",
        GOOD + "what is this\n",
    ],
)
def test_an_invalid_policy_raises(text: str) -> None:
    with pytest.raises(NotAPolicy):
        read_policy(text)


def test_mode_none_needs_no_mx_and_max_age_is_limited_to_a_year() -> None:
    assert read_policy("version: STSv1\nmode: none\nmax_age: 86400\n").mode is Mode.NONE
    assert read_policy(GOOD.replace("604800", "9999999999")).max_age == timedelta(seconds=31_557_600)


@pytest.mark.parametrize(
    ("host", "yes"),
    [
        ("mail.example.com", True),
        ("MAIL.Example.COM", True),
        ("mail.example.com.evil.example", False),
        ("xmail.example.com", False),
        ("a.mail.example.com", False),
        ("a.example.net", True),
        ("A.EXAMPLE.NET", True),
        ("b.a.example.net", False),
        ("example.net", False),
        (".example.net", False),
        ("*.example.net", True),
        ("", False),
        ("net", False),
    ],
)
def test_a_wildcard_matches_one_label(host: str, yes: bool) -> None:
    assert read_policy(GOOD).allows(host) is yes


@pytest.mark.parametrize(
    "text", ["mx: " + "a." * 500_000, "mx: a\n" * 200_000, ":" * 1_000_000, "a" * 1_000_000, "\n \n" * 300_000]
)
def test_a_megabyte_of_hostile_input_is_parsed_in_linear_time(text: str) -> None:
    begun = time.process_time()
    with pytest.raises(NotAPolicy):
        read_policy(text)
    policy_id([text, text.replace("\n", ";")])
    assert time.process_time() - begun < 2
