"""Formatted words are told as plain ones: paragraphs, lists, quotations, links and rules stay."""

from __future__ import annotations

import pytest

from relay.message.read.html_to_text import html_to_text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>Hi <b>you</b>,</p><p>bye</p>", "Hi you,\n\nbye\n"),
        ("<div>a</div><div><br></div><div>b</div>", "a\n\nb\n"),
        ("<ul><li>one<li>two<ol><li>a</ol></ul>end", "- one\n- two\n  1. a\n\nend\n"),
        ("<blockquote><p>q</p><blockquote>r</blockquote></blockquote>s", "> q\n>\n>> r\n\ns\n"),
        ('<a href="https://x.example/">here</a> <a href="https://y.example">https://y.example</a>',
         "here <https://x.example/> https://y.example\n"),
        ("<pre> x\n  y</pre>", " x\n  y\n"),
        ("<style>p{}</style><script>x</script>seen", "seen\n"),
        ("a &amp; b &lt;c&gt;", "a & b <c>\n"),
        ("a<![iff x]>b<![CDATA[c]]>d", "abd\n"),
        ("a<!-- b > c -->d<!-->e-->f<!DOCTYPE g>h<?i j>k", "ade-->fhk\n"),
        ("a < b <3 <c", "a < b <3 <c\n"),
        ("a<!-- b <i>c</i>", "ac\n"),
        ("<script>a</b><!--</script >c<style>d</style", "c\n"),
        ("<a title='>' HREF='https://x.example/?a&amp;b' href=no>here</a>", "here <https://x.example/?a&b>\n"),
        ("<a href=https://x.example/>here</a>", "here <https://x.example/>\n"),
        ('<img alt="a > b"/>c', "[a > b]c\n"),
        ('<p class="a>b</p>', "b\n"),
        ("a<hr>b", "a\n---\nb\n"),
        ("<p>a</p><hr/><p>b</p>", "a\n\n---\n\nb\n"),
        ("<ol><li>a<li>b</ol><ol><li>c</ol>", "1. a\n2. b\n\n1. c\n"),
        ("<ul><li>a<ul><li>b<ul><li>c</ul></ul></ul>", "- a\n  - b\n    - c\n"),
        ("</ul><li>x", "- x\n"),
        ("</blockquote></pre>a  b", "a b\n"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a\tb\nc\n"),
        ("<h1>T</h1>t", "T\n\nt\n"),
        ("<pre>a\n\nb</pre>c", "a\n\nb\n\nc\n"),
        ("<p>a  b\n c</p>", "a b c\n"),
        ("a<br><br><br>b", "a\n\n\nb\n"),
        ("<blockquote>a<br>b</blockquote>", "> a\n> b\n"),
        ('<a href="mailto:x@y">x@y</a> <a href="mailto:x@y">me</a> <a href="#z">in</a>', "x@y me <x@y> in\n"),
        ('<a href="https://x.example/"></a><img src=x>', ""),
        ("read <s>this</s> <ins>that</ins>, <del>old </del>new", "read ~~this~~ ++that++, ~~old~~ new\n"),
        ("<s><del>a<strike>b</strike></del></s></s>c<s></s>", "~~ab~~c\n"),
        ("<del><p>a</p></del>b<ins>", "~~a~~\n\nb\n"),
        ("<ul><li><p>a</p><p>b</p><li><pre>c</pre></ul>", "- a\nb\n- c\n"),
        ("<ul><li><ul><li>a</ul></ul>", "-\n  - a\n"),
        ("a <s> b </s>c<s> </s>d", "a ~~b~~ c d\n"),
        ("if x:<br>&nbsp;&nbsp;&nbsp; y<br>10&nbsp;000&nbsp;!", "if x:\n    y\n10\xa0000\xa0!\n"),
        ("<details><summary>More</summary>inside</details>", "More\ninside\n"),
        ('<ol start="3"><li>c</li><li value=7>g<li>h</ol>', "3. c\n7. g\n8. h\n"),
        ('<ol type=a start=26><li>z<li>aa</ol><ol type="I" start="4"><li>four</ol>', "z. z\naa. aa\n\nIV. four\n"),
        ('<ol start="999999999999"><li>x</ol><ol start=-2><li>y</ol>', "1. x\n\n-2. y\n"),
        ("", ""),
    ],
)  # fmt: skip
def test_html_becomes_the_text_that_says_the_same(markup: str, text: str) -> None:
    assert html_to_text(markup) == text
