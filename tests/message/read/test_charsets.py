"""What is decoded can always be written again."""

from __future__ import annotations

import sys
import unicodedata

import pytest

from relay.message.read.charset_guess import wide
from relay.message.read.charsets import decode, tidy


@pytest.mark.parametrize(
    ("octets", "label", "text"),
    [
        (b"a +2D3caQ- b", "utf-7", "a \U0001f469 b"),  # a pair of surrogates is one character
        (b"a +3Gk- b", "utf-7", "a ? b"),  # half a pair is none
        (b"+3Gk-\xff", "utf-7", "?\ufffd"),  # nor beside what does not read as declared
        ("é".encode(), "utf-8", "é"),
        (b"\xe9", None, "é"),
    ],
)
def test_no_half_of_a_character_is_left(octets: bytes, label: str | None, text: str) -> None:
    assert decode(octets, label) == text
    decode(octets, label).encode("utf-8")


@pytest.mark.parametrize(
    ("text", "tidied"),
    [
        ("e\u0301 and u\u0308", "\u00e9 and \u00fc"),
        ("a" + "\u0301" * 80, "\u00e1" + "\u0301" * 29 + "\u034f" + "\u0301" * 30 + "\u034f" + "\u0301" * 20),
        ("q" + "\u0301\u0323" * 15, "q" + "\u0323" * 15 + "\u0301" * 15),
        ("q" + "\u0301\u0323" * 16, "q" + "\u0323" * 15 + "\u0301" * 15 + "\u034f\u0323\u0301"),
    ],
)
def test_marks_are_composed_and_put_in_order_thirty_at_a_time(text: str, tidied: str) -> None:
    assert tidy(text) == tidied
    assert tidy(tidied) == tidied


def test_no_mark_escapes_the_bound() -> None:
    """Whatever may have to be put in order, a long run of it in front of a mark of a lower class is parted."""
    for char in map(chr, range(0x80, sys.maxunicode + 1)):
        first = unicodedata.normalize("NFD", char)[0]
        if unicodedata.combining(first) > 1:
            parts = tidy("a" + (char + "\u0334") * 40).split("\u034f")
            assert len(parts) > 1, ascii(char)
            assert all(sum(map(bool, map(unicodedata.combining, part))) <= 4 * 30 for part in parts)


WORDS = "Hello there,\r\n\r\nshall we meet on Thursday?\r\n"


@pytest.mark.parametrize(
    ("octets", "codec"),
    [
        (WORDS.encode("utf-16-le"), "utf-16-le"),
        (WORDS.encode("utf-16-be"), "utf-16-be"),
        (WORDS.encode("utf-16-le") + b"\n", None),
        (WORDS.encode("utf-16-be")[:-1], None),
        (WORDS.encode(), None),
        (b"", None),
        (WORDS.encode() + b"\0\0", None),
        (bytes(100), None),
    ],
)
def test_utf_16_without_a_mark_is_known_by_what_it_would_say(octets: bytes, codec: str | None) -> None:
    assert wide(octets) == codec


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("Merhaba, mektubun için teşekkürler. Salı günü ödevin hakkında konuşuruz, değil mi?", "cp1254"),
        ("Teşekkürler, yarın görüşürüz", "cp1254"),
        ("Sæl og blessuð, takk fyrir bréfið. Við skulum tala saman á þriðjudaginn um ritgerðina þína.", "cp1252"),
        ("Góðan daginn, það er fallegt veður.", "cp1252"),
        ("Chère élève, j'ai reçu ta lettre à Noël ; où étais-tu ?", "cp1252"),
        ("Grüße an die schönen Füße", "cp1252"),
    ],
)
def test_turkish_under_the_most_common_label_is_turkish_and_icelandic_is_icelandic(text: str, codec: str) -> None:
    for label in ("iso-8859-1", "windows-1252", "8bit"):
        assert decode(text.encode(codec), label) == text


@pytest.mark.parametrize(
    ("octets", "label", "text"),
    [
        (b"Ch\xe0o bu\xb1i s\xe1ng", "viscii", "Chào buổi sáng"),
        ("今天嘅天氣咗".encode("big5hkscs"), "big5", "今天嘅天氣咗"),
        (b"\xb2\xdb\xeb\xfa\xf1", "armscii-8", "ԱյսՕր"),
        (b"\xc2\xc0\xc1", "georgian-ps", "გაბ"),
    ],
)
def test_charsets_that_python_lacks_are_read(octets: bytes, label: str, text: str) -> None:
    assert decode(octets, label) == text


_RUSSIAN = "Сегодня мы ходили в лес и нашли много грибов."
_GREEK = "Σήμερα πήγα στη βιβλιοθήκη και δανείστηκα τρία βιβλία."


@pytest.mark.parametrize(
    ("line", "codec"),
    [
        *((_RUSSIAN, codec) for codec in ("cp1251", "koi8-r")),
        *(
            (_GREEK, "cp1253"),
            ("今天我去了图书馆，借了三本书。天气很好。", "gbk"),
            ("für dich, schöner Tag", "latin-1"),
        ),
        *(("今日は学校で新しい本を読みました。", "shift_jis"), ("오늘 도서관에 가서 책을 빌렸습니다.", "cp949")),
    ],
)
@pytest.mark.parametrize("label", ["utf-8", None])
def test_lines_of_another_charset_within_utf_8_are_read_as_what_they_are(
    line: str, codec: str, label: str | None
) -> None:
    above, below = "Größe und schöne Öfen.\n", "\nÜber das Übrige.\n"
    assert decode(above.encode() + line.encode(codec) + below.encode(), label) == above + line + below


@pytest.mark.parametrize("words", ["สวัสดี", "สวัสดี " * 7, "ขอบคุณครับ", "ลุงของผมเสียเงินสองพันบาท", "แล้วเจอกัน ๆ"])
@pytest.mark.parametrize("label", ["tis-620", "windows-874", "iso-8859-11"])
def test_thai_under_its_own_label_is_thai(words: str, label: str) -> None:
    assert decode(words.encode("cp874"), label) == words


@pytest.mark.parametrize("words", ["月曜日です", "你好世界，今天天气很好", "안녕하세요 반갑습니다"])
@pytest.mark.parametrize("codec", ["gb18030", "cp949", "euc_jp"])
def test_other_words_under_the_label_of_thai_are_read_as_what_they_are(words: str, codec: str) -> None:
    try:
        octets = (f"{words} " * 4).encode(codec)
    except UnicodeEncodeError:
        return
    assert "ส" not in decode(octets, "windows-874")


@pytest.mark.parametrize(
    ("octets", "text"),
    [
        ("Tối nào tôi cũng đọc".encode()[:-2], "Tối nào tôi cũng đ"),
        ("이 편지가 괜찮나요".encode()[:-1], "이 편지가 괜찮나"),
        ("Llego el viernes. Me reí, ó".encode()[:-1], "Llego el viernes. Me reí, "),
        ("Grüße, schöne Straße ".encode() + b"caf\xe9", "Grüße, schöne Straße café"),
    ],
)
def test_utf_8_that_was_cut_or_added_to_is_read_as_utf_8(octets: bytes, text: str) -> None:
    assert decode(octets, "utf-8").startswith(text)
