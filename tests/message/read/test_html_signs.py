"""What only a font or a formula shows arrives as signs and words."""

# ruff: noqa: E501 -- HTML stands here as programs write it

from __future__ import annotations

import time

import pytest

from relay.message.read.html_signs import with_signs
from relay.message.read.parse import parse
from relay.message.read.symbol_fonts import private_signs, signs, symbol_font


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        ("so happy <span style='font-family:Wingdings'>J</span>.", "so happy <span style='font-family:Wingdings'>☺</span>."),
        ('<font face="Wingdings">&uuml;</font> J', '<font face="Wingdings">✓</font> J'),
        ("<i style='font-family:Symbol;x:y'>a<b>b</b></i>a", "<i style='font-family:Symbol;x:y'>α<b>β</b></i>a"),
        ("<i style='font-family:Symbol'>a<b style='font:7.0pt \"Times New Roman\"'>b</b>c</i>",
         "<i style='font-family:Symbol'>α<b style='font:7.0pt \"Times New Roman\"'>b</b>χ</i>"),
        ("<i style='FONT: bold 12pt/14pt Webdings'>J</i>", "<i style='FONT: bold 12pt/14pt Webdings'>🏝</i>"),
        ("<p style='font-family:Symbol'>a<p>a", "<p style='font-family:Symbol'>α<p>a"),
        ("<b style='font-family:Wingdings'>&#61514;</b> &#61623; &#xF0E0;", "<b style='font-family:Wingdings'>☺</b> • →"),
        ("<i style='font-family:\"Segoe UI Symbol\"'>J &lt; L</i>\uf0fc", "<i style='font-family:\"Segoe UI Symbol\"'>J &lt; L</i>✓"),
        ("no symbol here, <b>J</b>", "no symbol here, <b>J</b>"),
        ("<math><mi>x</mi><mo>=</mo><mn>2</mn></math>!", "x = 2!"),
        ("<math><mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mn>2</mn></mfrac></math>", "(a + b)/2"),
        ("<math><msup><mi>x</mi><mn>2</mn></msup><mo>&lt;</mo><msqrt><mi>y</mi><mo>−</mo><mn>1</mn></msqrt></math>", "x^2 &lt; √(y − 1)"),
        ("<math><munderover><mo>∑</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow><mi>n</mi></munderover><msub><mi>a</mi><mi>i</mi></msub></math>",
         "∑_(i = 1)^na_i"),
        ("<math><mroot><mi>x</mi><mn>3</mn></mroot><mo>≠</mo><mover><mi>v</mi><mo>→</mo></mover></math>", "3√(x) ≠ v\u20d7"),
        ("<math><semantics><mrow><mi>sin</mi><mo>&#x2061;</mo><mi>x</mi></mrow><annotation>\\sin x</annotation></semantics></math>", "sinx"),
        ("<math><mfenced><mi>a</mi><mi>b</mi></mfenced><mtable><mtr><mtd><mn>1</mn></mtd><mtd><mn>0</mn></mtd></mtr></mtable></math>",
         "(a, b)[1, 0]"),
        ('<span class="katex-mathml"><math><mi>x</mi></math></span><span class="katex-html">x</span>',
         '<span class="katex-mathml"></span><span class="katex-html">x</span>'),
        ("a <math><mi>x</mi>", "a x"),
        ("<math></mrow><mfrac><mn>1</mn></mfrac></math>", "1"),
    ],
)  # fmt: skip
def test_signs_and_formulas_are_text(markup: str, shown: str) -> None:
    assert with_signs(markup) == shown


def test_every_symbol_font_of_windows_has_its_signs() -> None:
    fonts = ("Symbol", "'Wingdings'", "Wingdings 2", '"Wingdings 3", serif', "WEBDINGS")
    assert [signs("JP", symbol_font(one) or "") for one in fonts] == ["ϑΠ", "☺🏱", "👆✓", "↑⭮", "🏝🏞"]
    assert symbol_font("Arial, Wingdings") is None
    assert signs("\u2022 \n\u4e00", "wingdings") == "➓ \n\u4e00", "codes of Windows-1252, blanks, and other letters"


def test_signs_of_word_in_plain_text_are_signs() -> None:
    assert private_signs("\uf0b7 one \uf04a \uf0a7 two\ue000") == "• one ☺ ▪ two\ue000"


def test_the_text_beside_a_page_has_the_signs_too() -> None:
    letter = (
        b"MIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\nGlad J and\nmore.\n--b\n"
        b"Content-Type: text/html\n\n<p>Glad <span style='font-family:Wingdings'>J</span> and more.</p>\n--b--\n"
    )
    assert parse(letter).text is None, "made from the page"
    assert "☺" in (parse(letter).html or "")
    other = parse(letter.replace(b"Glad J", b"Other words J"))
    assert other.text == "Other words J and\nmore.", "a text that says more stays as it is"


@pytest.mark.parametrize(
    "piece",
    ["<math>", "<math><mrow>", "<p style='font-family:Symbol'>", "</b><i style='font-family:Wingdings'>J", "<mi>x</math>",
     "<font face=' ", ";font:" , "<math><mfrac><a>", "\uf04a", "<s>", "<ins><p>"],
)  # fmt: skip
def test_hostile_pages_take_linear_time(piece: str) -> None:
    page = "<b style='font-family:symbol'>" + piece * (1_000_000 // len(piece))
    begun = time.process_time()
    with_signs(page)
    assert time.process_time() - begun < 6
