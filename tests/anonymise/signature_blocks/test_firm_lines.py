"""Rank and employer below the author's own full name at the end of a letter go, with and without a formula."""

# ruff: noqa: E501 -- rows of blocks

from __future__ import annotations

from collections.abc import Callable

import pytest

from relay.anonymise.identities import Redactor, replaced
from relay.anonymise.signature_blocks import find
from relay.anonymise.signature_blocks.blocks import DOUBTFUL
from relay.model import Identity, Known, Message, Persona

AMBER = Persona("Amber Heron", "amber-heron.x7k2m4@relay.example.org")
QUIET = Persona("Quiet River", "quiet-river.p9d3w8@relay.example.org")
HELLO = "Dear Quiet River,\n\nThe kiln was hot and the bowls are fine. I will write again when the glaze is dry.\n\n"


def without(name: str, text: str) -> tuple[str, set[str]]:
    """The text without what is found, and the kinds of that."""
    author = Identity(("zz91x7@post.example",), (name,))
    found = find(text, Redactor(Known(author, AMBER, Identity(("r@reader.example",)), QUIET)))
    return replaced(text, found), {one.kind for one in found}


@pytest.mark.parametrize(
    ("name", "below"),
    [
("Jane Whitcombe","Partner, Thornquist Abel"),
("Jane Whitcombe","Partner, Thornquist & Abel"),
("Jane Whitcombe","Partner at Thornquist Abel"),
("Jane Whitcombe","Head of Glazes, Thornquist Ltd"),
("Jane Whitcombe","Managing Director\nThornquist Abel"),("Jane Whitcombe","Thornquist Abel\nPartner"),("Jane Whitcombe","Partner\nThornquist Partners"),("Jutta Weißkirch","Dipl.-Ing. Architektin\nBüro Thornquist"),
("Jane Whitcombe","Thornquist Ltd"),
("Jane Whitcombe","CEO, Thornquist"),
("Jane Whitcombe","Founder | Thornquist"),
("Jane Whitcombe","Thornquist, Director"),
("Jutta Weißkirch","Geschäftsführerin, Töpferei Thornquist"),
("Jutta Weißkirch","Geschäftsführerin der Thornquist GmbH"),
("Jutta Weißkirch","Rechtsanwältin, Kanzlei Thornquist"),
("Jutta Weißkirch","Inhaberin, Thornquist Keramik"),
("Chloé Durandière","Associé, Cabinet Thornquist"),
("Chloé Durandière","Associée, Cabinet Thornquist"),
("Chloé Durandière","Gérante, Poterie Thornquist"),
("Chloé Durandière","Avocate, Thornquist et Associés"),
("Lucía Fernándiz","Socia, Despacho Thornquist"),
("Lucía Fernándiz","Directora, Cerámica Thornquist"),
("Giulia Marchettoni","Socia, Studio Thornquist"),
("Giulia Marchettoni","Titolare, Ceramiche Thornquist"),
("Inês Carvalhosa","Sócia, Thornquist Advogados"),
("Anneke Zandvliet","Partner, Thornquist Advocaten"),
("Anneke Zandvliet","Eigenaar, Pottenbakkerij Thornquist"),
("Katarzyna Wiśniowska","Wspólniczka, Kancelaria Thornquist"),
("Katarzyna Wiśniowska","Prezes, Ceramika Thornquist"),
("Анна Гончарова","Партнёр, Торнквист и партнёры"),
("Анна Гончарова","Директор, Торнквист"),
("Оксана Гончаренко","Партнерка, Торнквіст"),
("Zeynep Çömlekçi","Ortak, Thornquist Hukuk"),
("Siti Rahmawatika","Direktur, PT Maju Jaya"),
("Nguyễn Thị Quỳnh","Giám đốc, Công ty TNHH Sao Mai"),
("Anna Krukmakarsson","Partner, Thornquist"),
("Anna Krukmakarsson","VD, Thornquist AB"),
("Hanna Savelainen","Toimitusjohtaja, Thornquist Oy"),
("山本 陽菜乃","代表取締役、株式会社青葉製陶"),
("山本陽菜乃","株式会社青葉製陶 代表取締役"),
("山本陽菜乃","青葉製陶 営業部長"),
("王晓云帆","总经理，云帆科技有限公司"),
("王晓云帆","云帆科技 合伙人"),
("김하은별","대표, 한빛도자기"),
("김하은별","한빛도자기 대표이사"),
("سلمى الخزفية","شريكة، مكتب الفخار"),
("نועה קדרון","שותפה, משרד קדרים"),
("सुनीता कुम्हारे","निदेशक, कुम्हार शिल्प"),
("সুনীতা পালিত","পরিচালক, পাল মৃৎশিল্প"),
("சுனிதா குயவன்","இயக்குநர், குயவர் கலை"),
("สุนีตา ช่างปั้นดี","กรรมการผู้จัดการ บริษัท ช่างปั้น จำกัด"),
    ],
)  # fmt: skip
def test_rank_and_employer_below_the_authors_name_go_without_a_formula(name: str, below: str) -> None:
    assert without(name, f"{HELLO}{name}\n{below}\n")[0] == f"{HELLO}{name}\n"


@pytest.mark.parametrize(
    ("formula", "name", "employer"),
    [
        ("Mvh","Anna Krukmakarsson","Thornquist AB"),("Kind regards,","Jane Whitcombe","Thornquist Advisory"),("Salam,","Siti Rahmawatika","PT Maju Jaya"),("Salam,","Siti Rahmawatika","CV Berkah"),("Hormat saya,","Siti Rahmawatika","Toko Berkah Sentosa"),("Trân trọng,","Nguyễn Thị Quỳnh","Công ty TNHH Sao Mai"),("Trân trọng,","Nguyễn Thị Quỳnh","Gốm Sao Mai"),("С уважением,","Анна Гончарова","ООО «Полярная сова»"),("З повагою,","Оксана Гончаренко","ТОВ «Полярна сова»"),("Pagarbiai","Rūta Puodžiūtė","UAB Keramika"),("Ar cieņu","Ilze Podniece","SIA Keramika"),("Lugupidamisega","Liis Pottsepp","Keraamika OÜ"),("Lugupidamisega","Liis Pottsepp","AS Keraamika"),("Pozdrawiam,","Katarzyna Wiśniowska","Spółka Ceramika"),("Me respekt","Ana Poçari","Qeramika Sh.p.k."),("مع التحية","سلمى الخزفية","شركة الفخار الذهبي"),("مع التحية","سلمى الخزفية","الفخار الذهبي ذ.م.م"),("בברכה","נועה קדרון","קרמיקה בע\"מ"),("בברכה","נועה קדרון","סטודיו קדרים"),("सादर","सुनीता कुम्हारे","कुम्हार शिल्प प्राइवेट लिमिटेड"),("সশ্রদ্ধ","সুনীতা পালিত","পাল মৃৎশিল্প লিমিটেড"),("শ্রদ্ধান্তে","সুনীতা পালিত","পাল মৃৎশিল্প লিমিটেড"),("அன்புடன்","சுனிதா குயவன்","குயவர் லிமிடெட்"),("ขอแสดงความนับถือ","สุนีตา ช่างปั้นดี","บริษัท ช่างปั้น จำกัด"),("ขอแสดงความนับถือ","สุนีตา ช่างปั้นดี","บจก. ช่างปั้น"),("სიყვარულით","ნინო მეთუნეშვილი","შპს კერამიკა"),("პატივისცემით","ნინო მეთუნეშვილი","შპს კერამიკა"),("Հարգանքով","Անի Բրուտյանց","Կերամիկա ՍՊԸ"),("Cu stimă","Ioana Olarescu","SC Ceramica SRL"),("С уважение","Мария Димитрова","ЕТ Грънчар"),("Kind regards,","Jane Whitcombe","Thornquist"),("Viele Grüße","Jutta Weißkirch","Töpferei Thornquist"),("Cordialement,","Chloé Durandière","Cabinet Thornquist"),("此致\n敬礼","王晓云帆","云帆科技"),("敬具","山本陽菜乃","青葉製陶")
    ],
)  # fmt: skip
def test_an_employer_below_a_formula_and_the_authors_name_goes(formula: str, name: str, employer: str) -> None:
    assert without(name, f"{HELLO}{formula}\n{name}\n{employer}\n")[0] == f"{HELLO}{formula}\n{name}\n"


def test_its_author_is_told_where_no_word_marks_the_employer() -> None:
    assert without("Jane Whitcombe", f"{HELLO}Kind regards,\nJane Whitcombe\nThornquist\n")[1] == {DOUBTFUL}
    assert without("Jane Whitcombe", f"{HELLO}Jane Whitcombe\nPartner, Thornquist\n")[1] == {"signature"}


@pytest.mark.parametrize(
    "text",
    [
        "The people of the workshop:\n\nJane Whitcombe\nPartner, Thornquist Abel\n\nOmar Said\nPotter, Clay House\n\nThey all want to meet you on Monday, so come.\n",
        "This poem is by somebody I do not know:\n\nThe river is quiet,\nThe heron stands still.\n\nMaria Sandoval\nPoet, Valparaíso\n",
        "Photo: Ansel Grove\nTate Gallery\n",
        "With thanks to\nOmar Said\nPartner, Clay House\n",
        "Jane Whitcombe\nBowls and cups\n",
        "Jane Whitcombe\nPS: I found it.\n",
        "Jane Whitcombe\nThe director called.\n",
        "Jane Whitcombe\nA partner in crime\n",
        "Jane Whitcombe\nYour mentor\n",
        "Jane Whitcombe\n3 February\n",
        "Jane Whitcombe\nPartner\n",
        "Jane Whitcombe\nStudent\n",
        "The cast:\nJane Whitcombe, Partner\nOmar Said, Director\n",
        "The cast:\nJane Whitcombe\nDirector, Clay House\n",
        "The cast:\nOmar Said\nDirector, Clay House\n",
        "A draft:\n\nJane Whitcombe\nPotter, Clay House\n\nI was born by the sea and learnt the trade early.\n\nWhat do you think of it?\n",
        "Jane Whitcombe\nThe Silver Thornquist\nBook two, chapter three\n",
        "Best wishes,\nJane Whitcombe\nYour Mentor\n",
        "Viele Grüße\nJane Whitcombe\nMeine Schale ist fertig\n",
        "Best wishes,\nJane Whitcombe\nSee you on Monday\n",
        "Best wishes,\nJane Whitcombe\nP.S. Thornquist called\n",
        "Who was in the play? I was.\n\nOmar Said as Hamlet\nJane Whitcombe\nas Ophelia\n",
        "Best wishes,\nJane Whitcombe\n\nThornquist is the name of the dog. He sleeps.\n",
        "Best wishes,\nJane Whitcombe\n\nThe Lake\n\nThe lake is still\nand so am I\nand nothing moves\n",
    ],
)
def test_what_resembles_it_stays(text: str) -> None:
    assert without("Jane Whitcombe", HELLO + text) == (HELLO + text, set())


@pytest.mark.parametrize(
    "line",
    ["在学校里写的。", "我在学校写的", "学校很有意思", "先生は学校にいました", "学校で書きました。", "학교에서 썼습니다", "학교에서 읽었다", "이 학교에서 썼습니다.", "จากโรงเรียน", "כתבתי בבית הספר.",
     "विद्यालय में लिखा।"],
)  # fmt: skip
def test_a_sentence_about_a_school_below_the_name_stays(line: str, arrives: Callable[..., Message]) -> None:
    done = arrives(f"Dear friend,\n\nthank you for your words about bowls.\n\nJane Whitcombe\n{line}")
    assert line in (done.text or "")


@pytest.mark.parametrize("line", ["的場製作所 部長", "我孫子病院 院長", "就実大学 教授", "鈴木哲也事務所 代表"])
def test_an_employer_with_a_sign_of_sentences_goes(line: str, arrives: Callable[..., Message]) -> None:
    done = arrives(f"Dear friend,\n\nthank you for your words about bowls.\n\nJane Whitcombe\n{line}")
    assert line not in (done.text or "")


@pytest.mark.parametrize("employer", ["Sales assistant, Harlow & Sons Ltd", "Azubi, Nordbank eG\n0113 496 0000"])
@pytest.mark.parametrize(
    "signed",
    [
        *("Jane W.", "J. Whitcombe", "JW", "J.W.", "- Jane", "—Jane", "~ Jane", "LG Jane", "Best, Jane"),
        *("Ms Jane Whitcombe", "Dr. Jane Whitcombe", "Jane Whitcombe (Ms)", "Jane Whitcombe, MSc", "Jane (she/her)"),
    ],
)
def test_rank_and_employer_go_below_every_way_to_sign(signed: str, employer: str) -> None:
    assert without("Jane Whitcombe", f"{HELLO}{signed}\n{employer}\n") == (f"{HELLO}{signed}\n", {"signature"})


@pytest.mark.parametrize("signed", ["Jane", "Best, Jane", "LG Jane", "Jane W."])
def test_a_school_alone_below_a_first_name_goes_and_the_author_is_told(signed: str) -> None:
    left, kinds = without("Jane Whitcombe", f"{HELLO}{signed}\nUniversity of Leeds\n")
    assert left == f"{HELLO}{signed}\n"
    assert kinds in ({DOUBTFUL}, {"signature"})


@pytest.mark.parametrize(
    "school", ["Elev, Nordstadsskolan", "Schülerin, Goethe-Gymnasium", "Uczennica, XIV LO we Wrocławiu", "IES Norte"]
)
def test_a_pupils_school_goes_below_the_name(school: str) -> None:
    assert without("Jane Whitcombe", f"{HELLO}Kram\nJane\n{school}\n")[0] == f"{HELLO}Kram\nJane\n"


@pytest.mark.parametrize(
    "below",
    [
        "Morgen Schule",
        "Leeds University was great",
        "The school is closed",
        "Great School!",
        "Who knows the University of Leeds?",
        "\nUniversity of Leeds",
        "University of Leeds\nis where I want to go",
        "Bowls and cups",
    ],
)
def test_words_below_a_first_name_stay(below: str) -> None:
    text = f"{HELLO}Jane\n{below}\n"
    assert without("Jane Whitcombe", text)[0] == text


def test_a_school_in_a_list_of_names_stays() -> None:
    text = "Who goes where:\n\n- Omar\nUniversity of York\n- Jane\nUniversity of Leeds\n"
    assert without("Jane Whitcombe", text)[0] == text
