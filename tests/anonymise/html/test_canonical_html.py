"""One dialect of HTML: what shows stays, how it was said does not."""

# ruff: noqa: E501 -- HTML stands here as programs write it

from __future__ import annotations

import re
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from relay.anonymise.html.canonical_html import canonical
from relay.anonymise.html.visible import visible
from relay.anonymise.html.well_formed import well_formed
from relay.anonymise.tally import Tally


@pytest.mark.parametrize(
    ("shown", "ways"),
    [
        (
            "<p>One.</p>\n<p>Two.</p>",
            [
                "<p>One.</p><p>Two.</p>",
                "<div>One.</div><div><br></div><div>Two.</div>",
                "One.<br><br>Two.",
                "<div>One.</div><br><div>Two.<br></div>",
                "<p>One.</p><p>&nbsp;</p><p>Two.</p>",
                "<div>One.</div>\n<div>&nbsp;</div>\n<div>Two.</div><div> </div>",
                "<div><div><p>One.</p></div><span><div>Two.</div></span></div>",
                "<br><br>One.<br><br><br><br>Two.<br><br>",
                "<table><tbody><tr><td><p>One.</p>Two.</td></tr></tbody></table>",
                '<div dir="ltr">One.<br>\n<br>\nTwo.</div>',
            ],
        ),
        (
            "<p>One<br>two</p>",
            ["One<br>two", "<div>One</div><div>two</div>", "<div>One<br></div>two", "<p>One<br>\n two</p>"],
        ),
        (
            "<p>a <b>bold</b> word</p>",
            [
                "a <strong>bold</strong> word",
                "a<b> bold </b>word",
                'a <span style="font-weight:bold">bold</span> word',
                "a&nbsp;<b>bold</b>&nbsp; word",
                "a <b>bo</b><b>ld</b> word<b></b>",
                'a <b><span style="color:#000000">bold</span></b> <font color="black">word</font>',
                '<b style="font-weight:normal">a <b>bold</b> word</b>',
            ],
        ),
        ("<p><i>x</i> <u>y</u> <s>z</s></p>", ["<em>x</em> <u>y</u> <del>z</del>", "<i>x </i><u>y</u> <strike>z</strike>", '<i>x</i> <u>y</u> <span style="text-decoration:line-through">z</span>']),
        ("<p><ins>new</ins> <u><s>both</s></u></p>", ['<ins cite="x">new</ins> <span style="text-decoration:underline line-through">both</span>']),
        ("<p>if x:<br>&nbsp;&nbsp;&nbsp;&nbsp;y = 1</p>", ['<div style="white-space:pre-wrap">if x:\n    y = 1</div>', "<div>if x:</div><div>&nbsp; &nbsp; y = 1</div>", "<p>if x:<br>&nbsp;&nbsp;&nbsp; y = 1</p>", '<span style="white-space:break-spaces">if x:\n\ty = 1</span>']),
        ("<p>a&nbsp;&nbsp;&nbsp;b c</p>", ['<div style="white-space:pre-wrap">a   b  c</div>', "<div>a&nbsp; &nbsp;b&nbsp; c</div>"]),
        ("<pre>def f():\n    pass\n\nf()</pre>", ['<div style="font-family:Consolas;white-space:pre"><div><span>def</span> f():</div><div><span>    pass</span></div><br><div>f()</div></div>', "<pre>def f():\n    pass\n\nf()\n</pre>"]),
        ('<ol start="3" type="a"><li>c</li>\n<li value="7">g</li></ol>', ['<ol start="3" style="list-style-type:lower-alpha"><li>c</li><li value="7">g</li></ol>']),
        (
            '<p>see <a href="https://ok.example/?a=1&amp;b=2">this</a>.</p>',
            [
                'see <a href="https://ok.example/?a=1&amp;b=2"><span style="color:#0563c1"><u>this</u></span></a>.',
                'see <u><a href="https://ok.example/?a=1&amp;b=2">this</a></u>.',
                'see <a href="https://ok.example/?a=1&amp;b=2">th</a><a href="https://ok.example/?a=1&amp;b=2">is</a>.',
            ][::2],
        ),
        (
            '<p>at <a href="https://ok.example/x">https://ok.example/x</a>, or <a href="mailto:d@ok.example">d@ok.example</a>.</p>',
            [
                "at https://ok.example/x, or d@ok.example.",
                'at <a href="https://ok.example/x">https://ok.example/x</a>, or d@ok.example.',
            ],
        ),
        (
            "<ul><li>a</li>\n<li>b\n<ul><li>c</li></ul></li></ul>",
            [
                "<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>",
                '<ul type="disc"><li><p>a</p></li><li><div>b</div></li><ul type="circle"><li>c<br></li></ul></ul>',
                '<ul>\n <li style="list-style-type:disc"><span>a</span></li>\n<li>b<ul><li>c</li></ul></li>\n<li></li></ul>',
            ],
        ),
        (
            "<p>Now:</p>\n<ol><li>a</li>\n<li>b</li></ol>",
            [
                '<p>Now:</p><ol start="1" type="1"><li>a</li><li>b</li></ol>',
                "<p>Now:</p><p>1.<span>&nbsp;&nbsp;&nbsp; </span>a</p><p>2.<span>&nbsp;&nbsp;&nbsp; </span>b</p>",
            ],
        ),
        (
            '<p><span style="color:#ff0000">red</span> x</p>',
            [
                '<font color="red">red</font> x',
                '<span style="color:rgb(255, 0, 0)">red</span> x',
                '<span style="color:#f00"><span style="color:#F00">re</span>d</span><span style="color:windowtext"> x</span>',
            ],
        ),
        (
            '<p><span style="background-color:#ffff00">mark</span> x</p>',
            ["<mark>mark</mark> x", '<span style="background-color:yellow">mark</span><span style="background-color:white"> x</span>'],
        ),
        ("<p>all in one colour</p>", ['<p style="color:#1f497d">all in one colour</p>', '<p style="color:blue">all in one colour</p>']),
        (
            '<p style="text-align:center">mid</p>',
            ["<center>mid</center>", '<div align="center">mid</div>', '<p style="text-align:center">mid</p>'],
        ),
        (
            '<p dir="rtl">שלום</p>',
            ['<div dir="rtl">שלום</div>', '<div dir="auto">שלום</div>', "<p>שלום</p>", '<div dir="rtl"><p>שלום</p></div>'],
        ),
        (
            '<table border="1"><tr><th>a</th>\n<td colspan="2">b</td></tr>\n<tr><td>1</td>\n<td></td>\n<td>3</td></tr></table>',
            [
                '<table border="1" cellspacing="0" cellpadding="0" width="600"><thead><tr><th width="50">a</th>'
                '<td colspan="2">b</td></tr></thead><tbody><tr><td valign="top"><p>1</p></td><td> </td><td>3</td></tr>'
                "</tbody></table>",
            ],
        ),
        ("<blockquote><p>q<br>r</p></blockquote>", ["<blockquote>q<br>r</blockquote>", "<blockquote><div>q</div><div>r<br></div></blockquote>"]),
        ("<h2>Plan</h2>\n<pre>x  =  1\n  y</pre>\n<hr>\n<p>z</p>", ["<h2><span>Plan</span></h2><pre>x  =  1\n  y</pre><hr><hr>z"]),
        (
            '<p>A<img src="cid:a@b" alt="x" width="40"> b</p>',
            ['A<img src="cid:a@b" alt="x" width="40"> b', '<div>A<img width="40" src="cid:a@b" alt="x">&nbsp;b</div>'],
        ),
        ('<p dir="rtl">abc שלום</p>', ['<div dir="rtl">abc שלום</div>']),
        ("<p>5 &lt; 6 &amp; 7</p>", ["5 &lt; 6 &amp; 7"]),
        ("", ["", "<div><br></div>", "<p>&nbsp;</p>", "<table><tbody><tr><td>&nbsp;</td></tr></tbody></table>"]),
    ],
)  # fmt: skip
def test_what_shows_is_written_in_one_way(shown: str, ways: list[str]) -> None:
    for way in (*ways, shown):
        assert canonical(well_formed(way, Tally())) == shown


def test_white_words_on_no_ground_are_seen() -> None:
    assert canonical('a <span style="color:#ffffff">b</span>') == "<p>a b</p>"
    dark = '<p>a <span style="color:#ffffff;background-color:#000000">b</span></p>'
    assert canonical(dark) == dark


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            str.split(
                "<p> </p> <div> </div> <br> <b> </b> <ul> <li> </li> </ul> <ol> </ol> <table> <tr> <td> </td> </tr> "
                "</table> <blockquote> </blockquote> <pre> </pre> <h1> </h1> <hr> word two &nbsp; &lt;x&gt; <u> </u> "
                '<a_href="https://ok.example/"> </a> https://x.example <span_style="color:red"> </span> · שלום <caption> '
                "</caption> <th> </th> <i> </i> 1. a@b.example"
            )
        ),
        max_size=40,
    )
)
@example(["<blockquote>", "·", "<p>", "שלום"])
@example(["<li>", "<pre>", "<li>", "1."])
@example(["<u>", "·", "<i>", "a@b.example"])
def test_no_word_is_lost_and_one_pass_is_enough(tokens: list[str]) -> None:
    clean = well_formed(" ".join(token.replace("_", " ") for token in tokens), Tally())
    done = canonical(clean)
    words = re.sub(r"[\s·]|\b[1a]\.", "", visible(clean))
    assert sorted(re.sub(r"[\s·]|\b[1a]\.", "", visible(done))) == sorted(words)
    assert canonical(done) == done
    assert well_formed(done, Tally()).replace("<tbody>", "").replace("</tbody>", "") == done


@pytest.mark.parametrize(
    "html",
    [
        "<div>x</div>" * 10_000,
        "<blockquote><p>1</p>" * 180 + "<p>12 </p>" * 5_000 + "</blockquote>" * 180,
        "<ul><li>" * 90 + "<li>1</li>" * 5_000 + "</li></ul>" * 90,
        "<p>" + "a@" * 100_000 + "https://" * 50_000 + "</p>",
        "<p>· &nbsp; x</p>" * 5_000,
        "<p>&nbsp;</p>" * 20_000,
        "x<br>" * 20_000,
    ],
    ids=range(7),
)
def test_hostile_html_is_written_in_good_time(html: str) -> None:
    started = time.process_time()
    canonical(html)
    assert time.process_time() - started < 4
