"""Character references are read as HTML reads them, and many of them quickly."""

from __future__ import annotations

import html
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.message.read.html_tokens import unescape

PIECES = st.sampled_from(
    [
        "&",
        "&lt;",
        "&gt;",
        "&amp;",
        "&quot;",
        "&#x27;",
        "&#39;",
        "&nbsp;",
        "&lt",
        "&eacute;",
        "&#228;",
        "lt;",
        "amp;",
        "a",
    ]
)


@given(st.lists(PIECES).map("".join))
def test_it_is_what_html_says(text: str) -> None:
    assert unescape(text) == html.unescape(text)


@pytest.mark.parametrize("reference", ["&lt;", "&nbsp;", "&amp;"])
def test_two_million_of_them_take_no_time(reference: str) -> None:
    begun = time.process_time()
    assert len(unescape(reference * 2_000_000)) == 2_000_000
    assert time.process_time() - begun < 1
