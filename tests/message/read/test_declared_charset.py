"""Words of a letter are read as what they are, whatever charset they are said to be in."""

from __future__ import annotations

import pytest

from relay.message.read.charsets import decode
from relay.message.read.parse import parse

RUSSIAN = "Сегодня мы читали рассказ и обсуждали героев.\n"
CHINESE = "谢谢你的来信，我很高兴。\n"
JAPANESE = "お手紙をありがとうございました。\n"
GERMAN = "Schöne Grüße aus München, heute übten wir.\n"


@pytest.mark.parametrize("label", [None, "us-ascii", "utf-8", "iso-8859-1", "x-made-up", "utf-16"])
@pytest.mark.parametrize(
    ("codec", "text"),
    [
        ("gbk", CHINESE),
        ("shift_jis", JAPANESE),
        ("euc-jp", JAPANESE),
        ("iso2022_jp", JAPANESE),
        ("cp1251", RUSSIAN),
        ("koi8-r", RUSSIAN),
        ("utf-8", GERMAN),
        ("cp1252", GERMAN),
    ],
)
def test_words_are_read_by_their_octets_where_the_label_is_wrong(codec: str, text: str, label: str | None) -> None:
    assert decode(text.encode(codec), label) == text


@pytest.mark.parametrize(
    "text", [GERMAN, "Voilà, c’était très agréable — à bientôt.\n", "ÅÄÖ åäö Æøå\n", "§ 5: 20 °C ±½\n"]
)
@pytest.mark.parametrize("codec", ["cp1252", "utf-8", "utf-7", "utf-16", "utf-32"])
def test_a_label_that_may_be_right_is_believed(codec: str, text: str) -> None:
    assert decode(text.encode(codec), codec) == text


@pytest.mark.parametrize("text", ["Hello, you", "第一课，一共一百。\n", "준비 완료\n", "Привет!\r\nПока\r\n"])
@pytest.mark.parametrize("label", ["utf-16", "utf-16le", "utf-16be", "us-ascii", None])
def test_utf_16_without_a_mark_is_read_in_its_own_order(text: str, label: str | None) -> None:
    for codec in ("utf-16-be", "utf-16-le"):
        assert decode(text.encode(codec), label) == text


def test_utf_16_without_a_mark_is_big_endian_where_nothing_tells() -> None:
    assert decode("你好".encode("utf-16-be"), "utf-16") == "你好"


def test_what_windows_adds_to_the_japanese_set_is_read() -> None:
    assert decode(b"\x1b$B-!$3\x7cb\x1b(B ok \x1b(I1\x1b(B", "iso-2022-jp") == "①こ髙 ok ｱ"


@pytest.mark.parametrize(
    ("codec", "subject"), [("gbk", "王晓明的问题"), ("koi8-r", "Вопрос"), ("iso2022_jp", "質問です")]
)
def test_a_subject_without_a_charset_is_read_in_that_of_the_text(codec: str, subject: str) -> None:
    head = b"Subject: " + subject.encode(codec) + b"\r\nContent-Type: text/plain; charset=" + codec.encode()
    message = parse(head + b"\r\n\r\n" + subject.encode(codec))
    assert (message.subject, message.text) == (subject, subject)


def test_a_page_that_was_made_utf_8_on_its_way_is_read_as_that() -> None:
    page = '<meta charset="iso-8859-1"><p>für</p>'.encode()
    assert "für" in (parse(b"Content-Type: text/html; charset=utf-8\r\n\r\n" + page).html or "")


@pytest.mark.parametrize(
    ("label", "codec", "text"),
    [
        ("iso-2022-jp", "cp932", "トムさん、本が届きました。①髙橋"),
        ("iso-2022-jp", "euc_jp", "トムさん、本が届きました。図書館で読みます。"),
        ("iso-2022-jp", "utf-8", "トムさん、本が届きました。"),
        ("iso-2022-kr", "cp949", "톰에게, 책이 왔어요. 도서관에서 읽을게요."),
        ("hz-gb-2312", "gb18030", "汤姆，书到了。我在图书馆读。"),
    ],
)
def test_octets_of_eight_bits_under_a_label_of_seven_are_read_as_what_they_are(
    label: str, codec: str, text: str
) -> None:
    assert decode(text.encode(codec), label) == text
