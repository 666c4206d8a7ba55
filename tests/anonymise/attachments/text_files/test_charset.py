"""Text without a declared charset is read as what it is, and written back with only the mention changed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.anonymise.attachments import scrub_attachments
from relay.anonymise.identities import Redactor
from relay.message.read import charset_guess as charset
from relay.model import Attachment, Identity, Known, Message, Persona

QUIET = Persona("Quiet River", "quiet-river.p9@relay.example.org")
AMBER = Persona("Amber Heron", "amber-heron.x7@relay.example.org")

# (codec, a name in it, words of its language before and behind)
WRITTEN = [
    ("cp1252", "Jürgen Müller", "Die Prüfung war für alle schön, sagt", "und grüßt zurück."),
    ("mac_roman", "Jürgen Müller", "Die Prüfung war für alle schön, sagt", "und grüßt zurück."),
    ("cp850", "Jürgen Müller", "Die Prüfung war für alle schön, sagt", "und grüßt zurück."),
    ("iso8859_15", "Hélène Lefèvre", "L'été a été très agréable, écrit", "à la fin de la leçon."),
    ("cp1250", "Agnieszka Wróbel", "Żółć i gęś są już gotowe, napisała", "wczoraj późno, dziękuję."),
    ("iso8859_2", "Žaneta Dvořáková", "Příliš žluťoučký kůň, píše", "včera večer."),
    ("cp852", "Agnieszka Wróbel", "Żółć i gęś są już gotowe, napisała", "wczoraj późno, dziękuję."),
    ("cp1251", "Екатерина Волкова", "Вчера на уроке было весело, пишет", "из школы."),
    ("koi8_r", "Екатерина Волкова", "Вчера на уроке было весело, пишет", "из школы."),
    ("koi8_u", "Оксана Шевченко", "Вчора на уроці було весело, їхній вчитель", "пише зі школи."),
    ("mac_cyrillic", "Екатерина Волкова", "Вчера на уроке было весело, пишет", "из школы."),
    ("iso8859_5", "Екатерина Волкова", "Вчера на уроке было весело, пишет", "из школы."),
    ("cp866", "Екатерина Волкова", "Вчера на уроке было весело, пишет", "из школы."),
    ("cp1253", "Ελένη Παπαδάκη", "Το μάθημα ήταν πολύ καλό, γράφει η", "από το σχολείο."),
    ("iso8859_7", "Ελένη Παπαδάκη", "Το μάθημα ήταν πολύ καλό, γράφει η", "από το σχολείο."),
    ("cp1254", "Ayşe Yıldırım", "Önerdiğiniz kitabı bitirdim, diyor", "ve güle güle."),
    ("cp1255", "יעל רוזנפלד", "השיעור היה טוב מאוד כתבה", "מבית הספר."),
    ("cp1256", "خالد المنصوري", "كان الدرس جيدا جدا كتب", "من المدرسة."),
    ("cp1257", "Šarūnas Žukauskas", "Vakar pamoka buvo labai įdomi, rašo", "iš mokyklos, ačiū."),
    ("cp874", "สมชาย มานพ", "เมื่อวานเรียนสนุกมาก เขียนโดย", "จากโรงเรียน"),
    ("cp932", "田中浩", "昨日の授業はとても楽しかったです。", "が学校から書きました。"),
    ("euc_jp", "田中浩", "昨日の授業はとても楽しかったです。", "が学校から書きました。"),
    ("iso2022_jp", "田中浩", "昨日の授業はとても楽しかったです。", "が学校から書きました。"),
    ("gb18030", "王晓明", "昨天的课很有意思，", "在学校里写的。"),
    ("cp950", "陳美玲", "昨天的課很有意思，", "在學校裡寫的。"),
    ("cp949", "김민준", "어제 수업은 정말 재미있었다고", "이 학교에서 썼습니다."),
    ("utf-8", "Jürgen Müller", "Die Prüfung war für alle schön, sagt", "und grüßt zurück."),
    ("utf-16-le", "Jürgen Müller", "Die Prüfung war für alle schön, sagt", "und grüßt zurück."),
    ("utf-16-be", "Екатерина Волкова", "Вчера на уроке было весело, пишет", "из школы."),
]
SPACED = {"cp932", "euc_jp", "iso2022_jp", "gb18030", "cp950"}


def redactor(name: str) -> Redactor:
    return Redactor(Known(Identity(("a7@real.example",), (name,)), QUIET, Identity(("b9@real.example",)), AMBER))


def cleaned(content: bytes, name: str, filename: str = "note.txt", declared: str | None = None) -> Attachment:
    file = Attachment(content, "text/plain", filename, charset=declared)
    return scrub_attachments(Message(attachments=(file,)), redactor(name)).message.attachments[0]


@pytest.mark.parametrize(("codec", "name", "before", "behind"), WRITTEN)
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_only_the_mention_changes_and_all_other_octets_stay(
    codec: str, name: str, before: str, behind: str, ends: str
) -> None:
    gap = "" if codec in SPACED else " "
    head, tail = f"1;2{ends}{before}{gap}", f"{gap}{behind}{ends}3;4{ends}"
    clean = cleaned((head + name + tail).encode(codec), name).content
    if codec == "iso2022_jp":  # its shifts change with what stands beside them
        assert clean.decode(codec) == head + QUIET.name + tail
    else:
        assert clean == head.encode(codec) + QUIET.name.encode(codec) + tail.encode(codec)


@pytest.mark.parametrize(("codec", "name", "before", "behind"), WRITTEN)
def test_a_table_of_names_alone_is_read_by_the_registered_name(codec: str, name: str, before: str, behind: str) -> None:
    clean = cleaned(f"a;b;c\n1;{name};5\n".encode(codec), name, "table.csv").content
    assert clean.decode(codec) == f"a;b;c\n1;{QUIET.name};5\n"


@pytest.mark.parametrize(("codec", "name", "before", "behind"), WRITTEN)
def test_text_that_names_nobody_stays_octet_for_octet(codec: str, name: str, before: str, behind: str) -> None:
    content = f"{before}\r\n{behind}\n".encode(codec)
    assert cleaned(content, "Cordelia Hattersley").content == content


@pytest.mark.parametrize(("codec", "name", "before", "behind"), WRITTEN)
def test_a_charset_is_told_by_the_letters_of_its_language(codec: str, name: str, before: str, behind: str) -> None:
    text = f"{before} {behind}"
    assert charset.read(text.encode(codec)).text == text


@pytest.mark.parametrize("mark", [b"\xff\xfe", b"\xfe\xff"])
def test_a_byte_order_mark_stays(mark: bytes) -> None:
    codec = "utf-16-le" if mark == b"\xff\xfe" else "utf-16-be"
    clean = cleaned(mark + "Grüße von Jürgen Müller\r\n".encode(codec), "Jürgen Müller")
    assert clean.content == mark + f"Grüße von {QUIET.name}\r\n".encode(codec)
    assert clean.charset == "utf-16"


def test_a_wrong_declaration_is_no_way_past() -> None:
    content = "Балл;Екатерина Волкова\n".encode("cp1251")
    for declared in ("utf-8", "iso-8859-1", "us-ascii", "shift_jis", "nonsense"):
        assert "Волкова".encode("cp1251") not in cleaned(content, "Екатерина Волкова", declared=declared).content


def test_vietnamese_tones_are_marks_of_their_own_in_its_windows_charset() -> None:
    octets = charset.encoded_word("Nguyễn Thị Hồng", "cp1258")
    assert octets is not None
    clean = cleaned("Em đọc xong quyển sách rồi. ".encode("cp1258", "ignore") + octets + b"\n", "Nguyễn Thị Hồng")
    assert octets not in clean.content
    assert clean.content.endswith(QUIET.name.encode() + b"\n")


def test_an_octet_that_cannot_be_read_stays() -> None:
    content = b"\xff" + "Grüße an alle, schöne Prüfung. ".encode() * 20 + "Jürgen Müller".encode() + b"\xfe\n"
    clean = cleaned(content, "Jürgen Müller").content
    assert clean == content.replace("Jürgen Müller".encode(), QUIET.name.encode())


@given(
    st.sampled_from([case for case in WRITTEN if case[0] not in ("iso2022_jp", "utf-16-le", "utf-16-be")]),
    st.lists(st.text(st.sampled_from("abcdefghij0123456789 ,.;"), max_size=30), min_size=1, max_size=6),
    st.data(),
)
def test_a_planted_name_is_gone_wherever_it_stands(
    case: tuple[str, str, str, str], lines: list[str], data: st.DataObject
) -> None:
    codec, name, before, behind = case
    place = data.draw(st.integers(0, len(lines)))
    rows = [line.encode(codec) for line in (*lines[:place], before, name, behind, *lines[place:])]
    rows[place + 1] = name.encode(codec)
    clean = cleaned(b"\r\n".join(rows), name).content
    assert name.encode(codec) not in clean
    assert clean.split(b"\r\n")[place + 1] == QUIET.name.encode(codec)
    assert [row for row in clean.split(b"\r\n") if row != QUIET.name.encode(codec)] == [
        row for row in rows if row != name.encode(codec)
    ]


def test_a_stray_nul_makes_no_text_of_other_files() -> None:
    assert not charset.is_wide(b"\0PDF-1.3\n" + b"<< /Author (Jane) >>\n" * 50)
    assert not charset.is_wide(b"\0PDF-1.3\n" + b"<< /Author (Jane) >>\r\n" * 50 + b"0")
    assert charset.is_wide("昨日の授業は楽しかったです。\n二行目です。\n".encode("utf-16-le"))


@pytest.mark.parametrize(
    ("filename", "content", "clean"),
    [
        ("a.js", "const a = 'Jean-Paul D\\'Angelo';\n", "const a = 'Quiet River';\n"),
        ("a.sql", "VALUES (1, 'x', 'D''Angelo', 'Sean');\n", "VALUES (1, 'x', 'Quiet River', 'Sean');\n"),
        ("a.yaml", "name: 'Jean-Paul D''Angelo'\n", "name: 'Quiet River'\n"),
        ("a.csv", "1;'Jean-Paul D''Angelo';2\n", "1;'Quiet River';2\n"),
        ("a.sql", "VALUES ('a', '', 'it''s', 'b');\n", "VALUES ('a', '', 'it''s', 'b');\n"),
    ],
)
def test_an_apostrophe_that_is_escaped_or_doubled_belongs_to_the_name(filename: str, content: str, clean: str) -> None:
    assert cleaned(content.encode(), "Jean-Paul D'Angelo", filename).content.decode() == clean
