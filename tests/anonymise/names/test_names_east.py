"""Names of Asia, Africa and the Middle East, as people write them: what goes, and what stays."""

from __future__ import annotations

import pytest

from relay.anonymise.identities import Redactor
from relay.anonymise.names.understood import understood
from relay.model import Identity, Known, Persona

AMBER = Persona("Amber Heron", "amber-heron.x7k2m4@relay.example.org")
QUIET = Persona("Quiet River", "quiet-river.p9d3w8@relay.example.org")
NOBODY = Identity(("zq9xv7@reader.example",))


def becomes(known_as: str, text: str, address: str = "zz91x7@post.example") -> str:
    author = Identity((address,), (known_as,) if known_as else ())
    return Redactor(Known(author, AMBER, NOBODY, QUIET)).redact(text)[0].replace(AMBER.name, "{}")


@pytest.mark.parametrize(
    ("known_as", "text", "expected"),
    [
        # Arabic: the article, written together with what stands before it, or not registered at all.
        ("يزن الخزرجي", "هذا البيت للخزرجي وليس لي.", "هذا البيت لل{} وليس لي."),
        ("يزن الخزرجي", "هذه رسالة من خزرجي قديم.", "هذه رسالة من {} قديم."),
        ("يزن خزرجي", "كتب بالخزرجي ثم وللخزرجي.", "كتب بال{} ثم ولل{}."),
        # First halves that are no name alone.
        ("هاني عبد القادر", "كتب عبدالقادر رسالة إلى هانى.", "كتب {} رسالة إلى {}."),
        ("عبدالقادر الجزائري", "كتب عبد القادر رسالة.", "كتب {} رسالة."),
        ("عبد الرحمن البكري", "بسم الله الرحمن الرحيم، كتب البكري.", "بسم الله الرحمن الرحيم، كتب {}."),
        ("أبو بكر الصيرفي", "كتب أبوبكر، وقال أبي بكر نعم.", "كتب {}، وقال {} نعم."),
        ("د. ليث الصفدي", "الصفدي، ليث", "{}"),
        # Ethiopic syllables that sound alike.
        ("ሐና ኃይለማርያም", "ሀና ሃይለማርያም መጣች። ሃና ሀይለማርያም።", "{} መጣች። {}።"),
        ("ፀደይ ዐብይ", "ጸደይ አብይ። ጸደይን", "{}። {}ን"),
        ("ሣህሉ ወልደሥላሴ", "ሳህሉ መጣ፣ ለወልደስላሴ", "{} መጣ፣ ለ{}"),
        # Hausa hooks, typed as letters without, or with an apostrophe.
        ("Abdulƙadir Maiyaƙi", "Abdulkadir ya zo da Maiyaki. Abdulk'adir ma.", "{} ya zo da {}. {} ma."),
        ("Hadiza Yargaya", "Na ga Ƴargaya jiya.", "Na ga {} jiya."),
        # Zulu: the prefix has a capital at the beginning of a sentence.
        ("Nkosinathi Mthembu", "UNkosinathi uthe isifundo sinzima.", "U{} uthe isifundo sinzima."),
        # Tamil, Telugu, Malayalam, Marathi, Hindi: case ends, and the consonant that the next word doubles.
        ("மீனாட்சி தியாகராஜன்", "மீனாட்சிக்குத் தெரியும், தியாகராஜனைச் சந்தித்தேன்.", "{} தெரியும், {} சந்தித்தேன்."),
        ("மணிமாறன் அழகப்பன்", "மணிமாறனாக நடித்தார். அழகப்பனைப்போல் வா.", "{} நடித்தார். {} வா."),
        ("అనూష పోతురాజు", "అనూషే చెప్పింది, అనూషవల్ల వచ్చాను.", "{} చెప్పింది, {}వల్ల వచ్చాను."),
        ("ജോസഫ് കുരിശിങ്കൽ", "ജോസഫുമായി സംസാരിച്ചു.", "{} സംസാരിച്ചു."),
        ("അനിരുദ്ധൻ വാസുദേവര്‍", "അനിരുദ്ധന്‍ വന്നു, വാസുദേവർ പോയി.", "{} വന്നു, {} പോയി."),
        ("विश्वनाथ गायकवाड", "गायकवाडांकडून पत्र आले, विश्वनाथपेक्षा मोठा.", "{} पत्र आले, {}पेक्षा मोठा."),
        ("यशवंत कुलकर्णी", "कुलकर्णियों के घर।", "{} के घर।"),
        ("ಸುಧೀಂದ್ರ ಹಿರೇಮಠ", "ಸುಧೀಂದ್ರರವರು ಬಂದರು.", "{}ರವರು ಬಂದರು."),
        ("ਗੁਰਪ੍ਰੀਤ ਢਿੱਲੋਂ", "ਢਿਲੋਂ ਸਾਹਿਬ ਆਏ।", "{} ਸਾਹਿਬ ਆਏ।"),
        ("Գևորգ Մկրտչյան", "ԳԵՎՈՐԳ ՄԿՐՏՉՅԱՆ", "{}"),
        # Vietnamese: a surname that is also a word of an organisation; a log-in of words.
        ("Đoàn Quang Khải", "Hôm qua anh Khải đã đến. Em là Khải.", "Hôm qua anh {} đã đến. Em là {}."),
        ("Trần Văn Minh", "Em là Văn Minh.", "Em là {}."),
        ("Thulasi a/p Subramaniam", "Saya Thulasi, kata Subramaniam.", "Saya {}, kata {}."),
        ("Aysel Məmmədova", "github.com/amammadova", "github.com/{}"),
        ("Võ Thị Phương Thảo", "example.org/u/thao.vo", "example.org/u/{}"),
        ("Lý Hải Đăng", "lyhaidang@, haidang.ly", "{}@, {}"),
        # Japanese: rare surnames, kana behind Han, shapes of one letter.
        ("勅使河原萌", "勅使河原さんが来た。", "{}さんが来た。"),
        ("浅沼さやか", "浅沼 サヤカです。さやかちゃん。", "{}です。{}ちゃん。"),
        ("琴塚拓真", "琴塚さん、拓真くん。", "{}さん、{}くん。"),
        ("髙梨直樹", "高梨さん、直樹さん。", "{}さん、{}さん。"),
        ("島崎拓真", "嶋﨑さん。", "{}さん。"),
        ("齋藤 惠", "斎藤さん、斉藤さん。", "{}さん、{}さん。"),
        ("郑思远", "鄭思遠來了。鄭老師。", "{}來了。{}老師。"),
        ("李明", "我是李明。李老师", "我是{}。{}老师"),
        # Korean: rare surnames, chains of particles; the particle 이 is no surname behind the given name.
        ("피소율", "소율입니다. 소율이가 왔다.", "{}입니다. {}이가 왔다."),
        ("이도윤", "도윤이가 말했다.", "{}이가 말했다."),
        ("황보라", "보라 씨가 왔다.", "{} 씨가 왔다."),
        ("김민준", "민준이었습니다만, 민준이야말로, 민준까지도", "{}이었습니다만, {}이야말로, {}까지도"),
        # Titles that a script without blanks writes together with the name.
        ("นายณัฐวุฒิ ศรีสุวรรณ", "ณัฐวุฒิมาแล้ว", "{}มาแล้ว"),
        ("김도윤님", "도윤 씨", "{} 씨"),
        # Malay fathers' names.
        ("Nur Aisyah binti Rahim", "Aisyah bt. Rahim sudah datang. Aisyah Bte Rahim", "{} sudah datang. {}"),
        # Titles that are names elsewhere.
        (
            "Avi Rosenblum",
            "Yesterday Avi came and I was not with you.",
            "Yesterday {} came and I was not with you.",
        ),
        ("Mama Sylla", "Je m'appelle Mama Sylla.\n\nCordialement,\nMama", "Je m'appelle {}.\n\nCordialement,\n{}"),
        ("Anh Nguyen", "Best wishes,\nAnh", "Best wishes,\n{}"),
    ],
)
def test_a_name_goes(known_as: str, text: str, expected: str) -> None:
    assert becomes(known_as, text) == expected


@pytest.mark.parametrize(
    ("known_as", "text"),
    [
        ("李明", "这是明天的作业，我是明白的。"),
        ("李明", "小李子说，明明是明年。"),
        ("王高", "我是高兴的，最高，王国。"),
        ("马丽", "马上就到，风景美丽。"),
        ("张华", "紧张的华北，一张华丽的照片。"),
        ("高山", "山很高，高山上有雪。"),
        ("ใหม่ จันทร์ดี", "ฉันซื้อหนังสือใหม่เมื่อวาน"),
        ("هبة الله محمود", "الحمد لله، إن شاء الله نلتقي."),
        ("أمل الزهراني", "لدي أمل كبير في النجاح."),
        ("अंजलि भारत", "भारत बड़ा देश है। दोनों हाथों की अंजलि में पानी।"),
        ("Sipho Zulu", "Ngikhuluma isiZulu."),
        ("Pak Budiman", "Yth. Pak Joko, terima kasih."),
        ("Anh Nguyen", "Hôm qua Anh Minh nói với em."),
    ],
)
def test_a_word_stays(known_as: str, text: str) -> None:
    assert becomes(known_as, text) == text


def test_only_the_address_is_registered_and_its_words_stay() -> None:
    text = "Em rất thông minh, văn học và trần nhà.\n\nThân,\n"
    assert becomes("", text + "Trần Văn Minh", "tran.van.minh@post.example") == text + "{}"


def test_a_name_that_is_a_title_elsewhere_is_understood() -> None:
    assert "Avi Rosenblum" in understood(Identity(("zz91x7@post.example",), ("Avi Rosenblum",))).finds


@pytest.mark.parametrize(
    ("known_as", "text", "expected"),
    [
        ("田中美園", "美園さんの作文を読みました。", "{}さんの作文を読みました。"),
        ("红枫书店", "公园里的红枫很美。我在红枫书店工作。", "公园里的红枫很美。我在{}工作。"),
        ("은방울 서점", "은방울 서점에서 일합니다. 은방울이 울립니다.", "{}에서 일합니다. 은방울이 울립니다."),
    ],
)
def test_an_employer_in_one_piece_is_told_from_a_person(known_as: str, text: str, expected: str) -> None:
    assert becomes(known_as, text) == expected
