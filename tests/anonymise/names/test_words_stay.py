"""Ordinary words that are somebody's name stay where they are words, and go where they stand as a name."""

from __future__ import annotations

import pytest

from relay.anonymise.identities import Redactor
from relay.anonymise.leak_check.matcher import Matcher
from relay.model import Identity, Known, Persona

AMBER = Persona("Amber Heron", "amber-heron.x7k2m4@relay.example.org")
QUIET = Persona("Quiet River", "quiet-river.p9d3w8@relay.example.org")
NOBODY = Identity(("zq9xv7@reader.example",))
PROSE = "\n\nWe should talk about it when you have time, and I think that it would be good for you to do so."


def redacted(name: str, text: str, address: str = "zz91x7@post.example", sample: str = "") -> str:
    known = (name,) if name else ()
    redactor = Redactor(Known(Identity((address,), known), AMBER, NOBODY, QUIET), sample or text)
    return redactor.redact(text)[0].replace(AMBER.name, "{}")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        # A greeting or a formula, a comma, and a sentence.
        ("Will Ashdown", "Hi, will you come tomorrow?"),
        ("Will Ashdown", "Thanks, will do!"),
        ("Will Ashdown", "Thanks. Will do!"),
        ("Will Ashdown", "Cheers, will write soon."),
        ("Hope Ashdown", "Hi there, hope you are well."),
        ("May Ashdown", "Hello, may I ask something?"),
        ("Hope Ashdown", "All the best. Hope to see you soon."),
        ("Hope Ashdown", "Thank you! Hope it works."),
        ("Mark Ashdown", "See you soon, mark my words."),
        ("陈希望", "你好，希望你一切都好。"),
        ("أمل كريم", "شكرا، أمل أن تكون بخير."),
        # A formula is one at the end of a line only.
        ("Paris Ashdown", "I love Paris in the spring."),
        ("Jordan Ashdown", "The best Jordan guide book is old."),
        ("Martin Wunsch", "Ich weiß, Ihr Wunsch ist mir Befehl."),
        # The capital of what begins.
        ("Will Ashdown", 'He asked, "Will you come?" and left.'),
        ("Will Ashdown", "She laughed (Will it rain?) and left."),
        ("Rose Ashdown", "Things to buy\nRose bushes\nMilk"),
        # "… wrote:" is what stands above a quotation.
        # A sentence that begins with one part behind a line that ends with the other.
        ("Hope Grace", "Faith, love and hope.\nGrace is a virtue."),
        ("Israel Jordan", "Egypt and Israel,\nJordan and Cuba are countries."),
        ("Israel Jordan", "We visited Egypt, Jordan, Israel and Lebanon."),
        ("高山", "我们爬山。高兴极了。"),
        # A title at the end of a sentence, or of who speaks in a play.
        ("Will Ashdown", "Yes, sir. Will you come? The doctor. Will he? My mother. Will she?"),
        ("Hope Ashdown", "She is a doctor. Hope is all she has. He is a professor. Hope dies last."),
        ("Rose Petit", "Elle est docteur. Rose est la couleur de ses murs. Oui, monsieur. Petit matin."),
        ("Ernst Klein", "Er ist Doktor. Klein ist er nicht. Ja, mein Herr. Ernst ist das Leben."),
        ("Вера Светлова", "Он был доктор. Вера двигает горами. Да, господин. Вера нужна."),
        ("Cahaya Bulan", "Ini adalah putri raja. Bulan purnama tidak ada."),
        ("Will Ashdown", "Teacher: Will you come?\nDoctor: Will it hurt?\nMother — Will she cry?"),
        # An Arabic article is no family ("آل").
        ("نور سعيد", "النور في البيت كان جميل، وهذا النور قوي من هذه الشمس."),
        ("أمل كريم", "الأمل في البيت كان كبير، وهذا الكريم كان هنا."),
        # A log-in that is a word.
        ("Sam Park", "A spark flew, and nobody saw it."),
        ("Amy Long", "Come along with us."),
        ("Ben Light", "The blight came in the autumn."),
        ("Tom Rain", "The train left; train hard."),
        ("Will Power", "It takes willpower."),
        ("Sun Flower", "A sunflower grows."),
        ("Yvonne Storm", "It was a stormy night."),
        ("Ernst Fröhlich", "Das Fest war nicht weit. Fröhliche Weihnachten!"),
        ("Jonas Wolf", "Ein Rudel von Wolf und Hund war im Wald, und das ist nicht gut."),
        ("Jordan Dahl", "Han er kommet hertil fra Jordan, og det er ikke langt."),
        ("نور السلام", "السلام عليكم. نريد السلام في العالم."),
        # Words of a trade, a beast, a nation; and a text of few words.
        ("Jane Whitcombe", "Jane dhe ata janë. Jane të mirë në një shtëpi."),
        ("Juliette Marchand", "Le marchand vend. Marchand de sable. Un marchand passe."),
        ("Italia Conti", "In banca ci sono i conti. Conti correnti, che ho anche io."),
        ("Sevgi Bulut", "Sevgi güzel. Sevgi her şeydir. Bulut geçti."),
        ("Mark Fielding", "The fielding was poor. Fielding wins matches."),
        # Words of languages without capitals, where only their list tells a word from a name.
        ("นภา ศรีสมบูรณ์", "นภากว้างใหญ่ วันนี้ฟ้าใสและมีสายรุ้ง"),
        ("ירח לביא", "הירח עלה מעל היער, ורוח באה מן הנהר."),
        ("صورة فهد", "هذه صورة من المدينة، والصورة جميلة."),
        ("दर्पण मिश्रा", "उसने दर्पण में देखा और सावन की धारा बही।"),
        ("চেতনা রায়", "মানুষের চেতনা ও ইচ্ছা এক নয়।"),
        ("تصویر رضایی", "این تصویر را دیدم و خواب خوبی بود."),
        ("สมบัติ ศรีสุข", "คุณสมบัติของเครื่องพิมพ์"),
        ("อาทิตย์ ศรีสุข", "เราไปทุกอาทิตย์ และอาทิตย์ที่แล้วด้วย"),
        # A sentence in the script of another language than the letter's.
        ("יפה לביא", f"הדפסה יפה. ההסכם לא טוב.{PROSE}"),
        ("Надежда Мороз", f"Надежда умирает последней. Мороз и солнце!{PROSE}"),
        ("आशा मिश्रा", f"मुझे आशा है।{PROSE}"),
        # What speaks of a flower and of the sky.
        ("林花", "花上有蜜蜂。"),
        ("김하늘", "푸른 하늘입니다."),
    ],
)
def test_a_word_stays(name: str, text: str) -> None:
    strangers = ("Jane Whitcombe", "Juliette Marchand", "Italia Conti", "Rose Petit", "Ernst Klein", "Cahaya Bulan")
    assert redacted(name, text) == text
    if text.isascii() and name not in strangers:
        assert redacted(name, text + PROSE) == text + PROSE


@pytest.mark.parametrize(
    ("name", "text", "becomes"),
    [
        ("Will Ashdown", "Hi, Will, how are you?", "Hi, {}, how are you?"),
        ("Will Ashdown", "hi will, how are you?", "hi {}, how are you?"),
        ("Will Ashdown", "Hi Will can you come?", "Hi {} can you come?"),
        ("Will Ashdown", "See you.\nThanks, will", "See you.\nThanks, {}"),
        ("Will Ashdown", "I am late. Best, Will", "I am late. Best, {}"),
        ("Will Ashdown", "I am late. Best, Will xx", "I am late. Best, {} xx"),
        ("Will Ashdown", "Best wishes, Will (mentee)", "Best wishes, {} (mentee)"),
        ("Rosa Ashdown", "Danke. Viele Grüße\nRosa", "Danke. Viele Grüße\n{}"),
        ("Rose Ashdown", "Rose here, with news.", "{} here, with news."),
        ("Rose Ashdown", "On 3 Nov Rose wrote:", "On 3 Nov {} wrote:"),
        # The name is no proof that a letter is Albanian ("janë"), nor are pieces of codes and addresses.
        ("Jane Whitcombe", "Jane\nE4 is my move", "{}\nE4 is my move"),
        ("Jane Whitcombe", "- [ ] Jane: chapter 2\nby otter.ai", "- [ ] {}: chapter 2\nby otter.ai"),
        ("Sam Park", "My user name is spark, on the forum @spark.", "My user name is {}, on the forum @{}."),
        ("Sam Park", "https://forum.example/users/spark", "https://forum.example/users/{}"),
        ("Hope Grace", "Name, first name\nGrace\nHope\n", "Name, first name\n{}\n{}\n"),
        ("Hope Grace", "id,first,last\n1,Hope,Grace\n", "id,first,last\n1,{},{}\n"),
        ("김하늘", "안녕하세요, 하늘입니다.", "안녕하세요, {}입니다."),
        ("Will Ashdown", "Mr. Will came, Mrs. Will and Rev. Will too.", "Mr. {} came, Mrs. {} and Rev. {} too."),
        ("نور سعيد", "أنا اسمي نور. آل نور كلهم هنا. د. نور", "أنا اسمي {}. آل {} كلهم هنا. د. {}"),
        ("Вера Светлова", "Проф. Светлова и доктор Вера были там.", "Проф. {} и доктор {} были там."),
        ("สมบัติ ศรีสุข", "คุณสมบัติ ศรีสุข มาแล้ว", "คุณ{} มาแล้ว"),
        ("อาทิตย์ ศรีสุข", "ผมชื่ออาทิตย์ครับ", "ผมชื่อ{}ครับ"),
        ("นายอาคม ศรีสุข", "ผมชื่ออาคมครับ", "ผมชื่อ{}ครับ"),
    ],
)
def test_a_word_that_stands_as_a_name_goes(name: str, text: str, becomes: str) -> None:
    assert redacted(name, text) == becomes


def test_a_name_between_two_parts_of_a_name_goes_with_them() -> None:
    assert redacted("", "Best,\nGrace Ann Hope", "grace.hope@post.example") == "Best,\n{}"
    assert redacted("", "Trân trọng,\nNguyễn Thị Hoa", "hoa.nguyen@post.example") == "Trân trọng,\n{}"


def test_a_word_of_a_text_of_few_words_stays_where_a_language_gives_nouns_a_capital() -> None:
    assert redacted("Jana Herbst", "Frau Herbst kommt im Herbst.") == "Frau {} kommt im Herbst."


def test_a_written_umlaut_is_no_other_word() -> None:
    text = "Das war nicht weit. Fröhliche Weihnachten!"
    assert redacted("", text, "ernst.froehlich@post.example") == text


def test_a_full_stop_belongs_to_a_greeting() -> None:
    assert redacted("Putri Dewi", "Yth. Putri,\nputri raja itu cantik.") == "Yth. {},\nputri raja itu cantik."


@pytest.mark.parametrize(
    ("name", "text", "named"),
    [
        ("Georgia Paris", "We flew to Georgia. Paris was cold.", False),
        ("Georgia Paris", '"We flew to Georgia.", "Paris was cold."', False),
        ("Georgia Paris", "Berlin, Georgia, Paris and Rome", False),
        ("张美丽", "他很紧张。美丽的花。", False),
        ("אור תקווה", "יש תקווה. אור ירוק.", False),
        ("하늘 별", "파란 하늘. 별 하나.", False),
        ("سلام ربيع", "جاء الربيع. سلام!", False),
        ("امید بهار", "آیا امید؟ بهار آمد.", False),
        ("आशा ज्योति", "मुझे आशा। ज्योति जली।", False),
        ("សុខ ពេជ្រ", "សូមសុខ។ ពេជ្រភ្លឺ។", False),
        ("Blanche Lebrun", "La page blanche. Le brun et la brune.", False),
        ("אור תקווה", "פגשתי את אור תקווה.", True),
        ("하늘 별", "하늘 별입니다.", True),
        ("سلام ربيع", "سلام ربيع هنا", True),
        ("សុខ ពេជ្រ", "សុខ ពេជ្រ មកហើយ។", True),
        ("Georgia Paris", "We saw Georgia Paris there.", True),
        ("Georgia Paris", "Paris, Georgia", True),
        ("Georgia Paris", "Georgia\nParis", True),
        ("张美丽", "我是张美丽。", True),
    ],
)
def test_words_of_two_sentences_name_nobody(name: str, text: str, *, named: bool) -> None:
    author = Identity(("zz91x7@post.example",), (name,))
    assert Matcher(Known(author, AMBER, NOBODY, QUIET), ()).matches(text) is named


def test_a_frequent_word_of_another_language_introduces_nobody() -> None:
    assert redacted("France Lefort", "En France, on mange bien.") == "En France, on mange bien."
