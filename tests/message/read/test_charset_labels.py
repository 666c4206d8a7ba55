"""Labels of charsets are understood as programs write them."""

# ruff: noqa: E501 -- rows of labels

from __future__ import annotations

import codecs

import pytest

from relay.message.read import charset_labels
from relay.message.read.charset_labels import codec_of
from relay.message.read.parse import parse

WHATWG = {
    "utf-8": "unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 utf8 x-unicode20utf8",
    "cp866": "866 cp866 csibm866 ibm866",
    "iso8859-2": "csisolatin2 iso-8859-2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 iso_8859-2:1987 l2 latin2",
    "iso8859-5": "csisolatincyrillic cyrillic iso-8859-5 iso-ir-144 iso88595 iso_8859-5:1988",
    "iso8859-6": "arabic asmo-708 csiso88596e csiso88596i ecma-114 iso-8859-6 iso-8859-6-e iso-8859-6-i iso-ir-127 iso88596",
    "iso8859-7": "ecma-118 elot_928 greek greek8 iso-8859-7 iso-ir-126 iso88597 iso_8859-7:1987",
    "iso8859-8": "csiso88598e hebrew iso-8859-8 iso-8859-8-e iso-ir-138 iso88598 visual csiso88598i iso-8859-8-i logical",
    "iso8859-13": "iso-8859-13 iso8859-13 iso885913",
    "iso8859-15": "csisolatin9 iso-8859-15 iso8859-15 iso885915 iso_8859-15 l9",
    "koi8-r": "cskoi8r koi koi8 koi8-r koi8_r",
    "koi8-u": "koi8-ru koi8-u",
    "mac-roman": "csmacintosh mac macintosh x-mac-roman",
    "cp874": "dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 windows-874",
    "cp1250": "cp1250 windows-1250 x-cp1250",
    "cp1251": "cp1251 windows-1251 x-cp1251",
    "cp1252": "cp1252 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso8859-1 iso88591 iso_8859-1 iso_8859-1:1987 l1 latin1 windows-1252 x-cp1252",
    "cp1254": "cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9:1989 l5 latin5 windows-1254 x-cp1254",
    "mac-cyrillic": "x-mac-cyrillic x-mac-ukrainian",
    "gb18030": "chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 gbk iso-ir-58 x-gbk gb18030",
    "cp950": "big5 cn-big5 csbig5 x-x-big5",
    "euc_jp": "cseucpkdfmtjapanese euc-jp x-euc-jp",
    "iso2022_jp": "csiso2022jp iso-2022-jp cp50220 iso-2022-jp-ms",
    "cp932": "csshiftjis ms932 ms_kanji shift-jis shift_jis sjis windows-31j x-sjis",
    "cp949": "cseuckr csksc56011987 euc-kr iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 windows-949",
    "utf-16": "csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16",
}


@pytest.mark.parametrize(("codec", "labels"), WHATWG.items())
def test_the_labels_of_the_encoding_standard_name_what_is_sent_under_them(codec: str, labels: str) -> None:
    names = labels.split()
    assert {label: codec_of(label) for label in names} == dict.fromkeys(names, codec)


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        *((label, "cp850") for label in ("cp-850", "CP 850", "cp_850", "ibm-850", "pc850", "DOS-850", "850", "x-cp850")),
        *((label, "cp1252") for label in ("windows1252", "Win-1252", "ANSI", "iso 8859 1", "ISO-8859-1;", "ISO8859_1")),
        *((label, "cp1252") for label in ("iso-8859-01", "'iso-8859-1'", "iso-8859-1-windows-3.1-latin-1", "cp28591")),
        *((label, "cp1252") for label in ("iso-8859-1, utf-8", "windows-1252http-equiv", "Western (Windows)", "latin 1")),
        *((label, "utf-8") for label in ("UTF8", "utf 8", '3D"utf-8"', "charset=utf-8", "utf-8; format=flowed", "utf\u20118")),
        *((label, "utf-8") for label in ("en_US.UTF-8", "ascii//ignore", "US_ASCII", "8bit", "none", "x-unknown", "\uff55\uff54\uff46-8")),
        *((label, "utf-8") for label in ("", " ", '""', "?", "%charset%", "{charset}", "$CHARSET", "cp65001", "utf-8mb4")),
        *((label, "mac-latin2") for label in ("x-mac-ce", "x-mac-centraleurroman")),
        *(("iso-8859-15@euro", "iso8859-15"), ("cp1361", "johab"), ("x-mac-japanese", "cp932"), ("hp-roman8", "hp-roman8")),
        *((label, "viscii") for label in ("VISCII", "csVISCII", "x-viscii", "VISCII1.1-1")),
        *(("tcvn5712-1:1993", "tcvn5712"), ("ARMSCII-8", "armscii8"), ("x-GEOSTD8", "georgianps")),
        *((label, None) for label in ("iso-8859-17", "x-iscii-de", "iso-2022-cn", "base64", "rot13", "idna")),
        *((label, None) for label in ("unicode_escape", "raw_unicode_escape", "punycode", "zlib", "undefined-9x", "mbcs")),
    ],
)  # fmt: skip
def test_labels_are_understood_as_programs_misspell_them(label: str, codec: str | None) -> None:
    assert codec_of(label) == codec


def test_every_codec_of_the_table_is_there_and_decodes_text() -> None:
    for name in set(charset_labels._KNOWN.values()):
        assert codecs.lookup(name)._is_text_encoding


def test_a_long_label_takes_no_time() -> None:
    assert codec_of("x-" * 500_000) is None
    assert codec_of("=" * 500_000) == "utf-8"


@pytest.mark.parametrize(
    ("charset", "codec"),
    [
        ("cp-850", "cp850"),
        ("8bit", "cp1252"),
        ("Windows1250", "cp1250"),
        ("x-sjis", "cp932"),
        ("iso 2022 jp", "iso2022_jp"),
    ],
)
def test_a_letter_under_an_odd_label_is_read_as_what_it_is(charset: str, codec: str) -> None:
    words = {"cp932": "今日は、元気ですか", "iso2022_jp": "今日は、元気ですか", "cp1250": "příliš žluťoučký kůň"}
    text = words.get(codec, "Grüße an die Schüler, schöne Füße für Anfänger, größer wär möglich")
    octets = text.encode(codec)
    fields = f'Subject: \u0000\nContent-Type: text/plain; charset="{charset}"\nContent-Transfer-Encoding: 8 bit\n\n'
    message = parse(fields.encode().replace(b"\0", octets) + octets + b"\n")
    assert message.text == text + "\n"
    assert message.subject == text
