"""Authentication-Results as servers write them, and as forgers would like them read."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.authentication.authentication_results import MethodResult, Results, read_results

POSTFIX = "mx.relay.example; dmarc=pass (p=none dis=none) header.from=home.example"
GOOGLE = (
    'mx.google.com;\r\n       dkim=pass header.i=@home.example header.s=s1 header.b="RDbG/J5k";\r\n       spf=pass '
    "(google.com: domain of ann@home.example designates 192.0.2.1 as permitted sender) smtp.mailfrom=ann@home.example;"
    "\r\n       dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=home.example"
)
MICROSOFT = (
    "mx.ms.example 1; spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=Home.example; dkim=none (message not signed) "
    "header.d=none;dmarc=bestguesspass action=none header.from=home.example;compauth=pass reason=109"
)


def test_what_servers_write_is_read() -> None:
    assert read_results(POSTFIX) == Results(
        "mx.relay.example", (MethodResult("dmarc", "pass", {"header.from": "home.example"}),)
    )
    google = read_results(GOOGLE)
    assert google is not None
    assert [(f.method, f.result) for f in google.method_results] == [
        ("dkim", "pass"),
        ("spf", "pass"),
        ("dmarc", "pass"),
    ]
    assert google.method_results[0].properties == {
        "header.i": "@home.example",
        "header.s": "s1",
        "header.b": "rdbg/j5k",
    }
    microsoft = read_results(MICROSOFT)
    assert microsoft is not None
    assert microsoft.method_results[0].properties == {"smtp.mailfrom": "home.example"}
    assert microsoft.method_results[2] == MethodResult(
        "dmarc", "bestguesspass", {"action": "none", "header.from": "home.example"}
    )
    assert read_results("mx.relay.example; none") == Results("mx.relay.example", ())


@pytest.mark.parametrize(
    "value",
    [
        'mx; spf=fail smtp.mailfrom="a;dmarc=pass header.from=home.example"@evil.example',
        'mx; spf=fail smtp.mailfrom="a dmarc=pass header.from=home.example;"@evil.example',
        r'mx; spf=fail smtp.mailfrom="a\";dmarc=pass"@evil.example',
        "mx; spf=fail (a; dmarc=pass header.from=home.example) smtp.mailfrom=evil.example",
        "mx; spf=fail (a (b) ; dmarc=pass header.from=home.example) smtp.mailfrom=evil.example",
        r"mx; spf=fail (a \) ; dmarc=pass header.from=home.example) smtp.mailfrom=evil.example",
    ],
)
def test_what_is_quoted_or_said_aside_is_no_finding(value: str) -> None:
    results = read_results(value)
    assert results is not None
    assert [(f.method, f.result) for f in results.method_results] == [("spf", "fail")]


@pytest.mark.parametrize(
    "value",
    [
        "",
        ";",
        "mx; dmarc",
        "mx; dmarc=",
        "mx; =pass",
        "mx; dmarc=pass header.from=a header.from=b",
        "mx; dmarc=pass hello",
        "mx 2; dmarc=pass",
        "mx 1 1; dmarc=pass",
        "mx; dmarc=pass (",
        'mx; dmarc=pass "',
        "mx; dmarc=pass " + "(" * 30 + ")" * 30,
        "mx; " + "spf=none;" * 200,
        "mx; spf=pass smtp.mailfrom=" + "a" * 20_000,
    ],
)
def test_what_is_not_exactly_in_the_form_is_not_read(value: str) -> None:
    assert read_results(value) is None


@given(st.text('ab=;. "()\\\r\n\t1/', max_size=80))
def test_no_value_whatever_breaks_the_reader(value: str) -> None:
    read_results(value)


@pytest.mark.parametrize("part", [" ", "a.b=c ", "(", '"', "\\", "a ", ". ", "= ", "()"])
def test_a_long_value_takes_no_time(part: str) -> None:
    begun = time.process_time()
    read_results("mx; spf=pass" + part * (16_000 // len(part)))
    assert time.process_time() - begun < 0.5
