"""An absence message is recognised by its words in many languages; a person's letter with the same words is a letter."""

# ruff: noqa: E501 -- rows of sentences

from __future__ import annotations

import time

import pytest

from relay.message.automatic.absence import LONGEST, PHRASES, is_absence, says_so
from relay.message.automatic.recognise import recognise
from relay.outcomes import Returned, ReturnKind, Sign

ABSENT = {
    "en": "Hello,\n\nI am currently out of the office with limited access to\nemail and will be back on 9 February. For anything urgent please contact the desk.",
    "en-gb": "Thanks for getting in touch. I’m on annual leave until Monday 9th. Your message will not be read until I return.",
    "de": "Guten Tag,\nvielen Dank für Ihre Nachricht. Ich bin bis zum 9. Februar nicht im Büro. In dringenden Fällen wenden Sie sich bitte an das Sekretariat.",
    "de-at": "Vom 2. bis 9. Februar bin ich im Urlaub und habe keinen Zugriff auf meine E-Mails.",
    "fr": "Bonjour,\nJe suis actuellement en congés jusqu’au 9 février inclus. Pour toute urgence, merci de contacter le secrétariat.",
    "es": "Gracias por su mensaje. Estaré fuera de la oficina hasta el 9 de febrero. Para asuntos urgentes escriba a secretaria.",
    "pt": "Olá, estou de férias até 9 de fevereiro. Em caso de urgência, por favor contacte a secretaria.",
    "pt-br": "Agradeço o contato. Estarei ausente até 9/2 e com acesso limitado aos e-mails.",
    "it": "Buongiorno, sono in ferie fino al 9 febbraio. Per urgenze scrivere alla segreteria.",
    "nl": "Bedankt voor uw bericht. Ik ben tot 9 februari met vakantie. Voor dringende zaken kunt u terecht bij het secretariaat.",
    "sv": "Hej! Jag är på semester till och med den 9 februari. Vid brådskande ärenden kontakta kansliet.",
    "da": "Hej, jeg holder ferie til og med den 9. februar. Hvis det haster, kan du kontakte sekretariatet.",
    "nb": "Hei! Jeg er på ferie til 9. februar. Hvis det haster, ta kontakt med sekretariatet.",
    "fi": "Kiitos viestistäsi. Olen lomalla 9.2. asti. Kiireellisissä asioissa ota yhteyttä toimistoon.",
    "is": "Takk fyrir póstinn. Ég er í sumarfríi til 9. febrúar. Ef erindið er áríðandi hafið samband við skrifstofuna.",
    "pl": "Dzień dobry, przebywam na urlopie do 9 lutego. W pilnych sprawach proszę o kontakt z sekretariatem.",
    "cs": "Dobrý den, do 9. února jsem na dovolené. V naléhavých případech se prosím obraťte na sekretariát.",
    "sk": "Dobrý deň, do 9. februára som na dovolenke. V súrnych prípadoch sa obráťte na sekretariát.",
    "hu": "Köszönöm levelét. Február 9-ig szabadságon vagyok. Sürgős esetben keresse a titkárságot.",
    "ro": "Bună ziua, sunt în concediu până pe 9 februarie. Pentru urgențe vă rog să contactați secretariatul.",
    "bg": "Здравейте, до 9 февруари ще бъда в отпуск. За спешни въпроси моля, свържете се със секретариата.",
    "el": "Σας ευχαριστώ για το μήνυμα. Βρίσκομαι σε άδεια έως τις 9 Φεβρουαρίου. Για επείγοντα θέματα επικοινωνήστε με τη γραμματεία.",
    "ru": "Здравствуйте! До 9 февраля я нахожусь в отпуске. По срочным вопросам обращайтесь в секретариат.",
    "uk": "Добрий день! До 9 лютого я у відпустці. У термінових справах звертайтеся до секретаріату.",
    "hr": "Poštovani, do 9. veljače nisam u uredu. U hitnim slučajevima molim kontaktirajte tajništvo.",
    "sr": "Поштовани, до 9. фебруара сам одсутна, на годишњем одмору сам. У хитним случајевима обратите се секретаријату.",
    "sl": "Pozdravljeni, do 9. februarja sem na dopustu. V nujnih primerih se obrnite na tajništvo; obrnite se nanj po telefonu.",
    "mk": "Почитувани, до 9 февруари сум на одмор. За итни работи обратете се во секретаријатот.",
    "sq": "Përshëndetje, jam me pushime deri më 9 shkurt. Për çështje urgjente ju lutem kontaktoni sekretarinë.",
    "et": "Tere! Olen kuni 9. veebruarini puhkusel. Kiireloomulistes küsimustes palun pöörduge sekretäri poole.",
    "lv": "Labdien! Līdz 9. februārim esmu atvaļinājumā. Steidzamos gadījumos lūdzu sazinieties ar sekretariātu.",
    "lt": "Sveiki, iki vasario 9 d. esu atostogose. Skubiais klausimais prašau kreiptis į sekretoriatą.",
    "tr": "Merhaba, 9 Şubat'a kadar yıllık izindeyim. Acil durumlarda sekreterlikle iletişime geçebilirsiniz.",
    "az": "Salam, fevralın 9-dək məzuniyyətdəyəm. Təcili hallarda katibliklə əlaqə saxlayın.",
    "ar": "شكراً لرسالتكم. أنا حالياً في إجازة حتى 9 فبراير. في الحالات العاجلة يرجى التواصل مع السكرتارية.",
    "he": "שלום, אני נמצאת בחופשה עד ה-9 בפברואר. במקרים דחופים ניתן לפנות למזכירות.",
    "fa": "با سلام، تا ۲۰ بهمن در مرخصی هستم. در موارد ضروری لطفا با دبیرخانه تماس بگیرید.",
    "ur": "شکریہ۔ میں 9 فروری تک چھٹی پر ہوں۔ فوری معاملات کے لیے دفتر سے رابطہ کریں۔",
    "hi": "नमस्ते, मैं 9 फरवरी तक छुट्टी पर हूँ। ज़रूरी काम के लिए कार्यालय से संपर्क करें।",
    "bn": "ধন্যবাদ। আমি ৯ ফেব্রুয়ারি পর্যন্ত ছুটিতে আছি। জরুরি প্রয়োজনে অফিসে যোগাযোগ করুন।",
    "sw": "Habari, niko likizo hadi tarehe 9 Februari. Kwa dharura tafadhali wasiliana na ofisi.",
    "id": "Terima kasih atas pesan Anda. Saya sedang cuti sampai 9 Februari. Untuk hal mendesak silakan hubungi kantor.",
    "ms": "Terima kasih. Saya sedang bercuti sehingga 9 Februari. Untuk urusan segera sila hubungi pejabat.",
    "vi": "Cảm ơn bạn. Tôi đang nghỉ phép đến ngày 9 tháng 2. Trong trường hợp khẩn cấp vui lòng liên hệ văn phòng.",
    "th": "ขอบคุณสำหรับอีเมล ดิฉันลาพักร้อนถึงวันที่ 9 กุมภาพันธ์ หากมีเรื่องด่วนกรุณาติดต่อสำนักงาน",
    "zh": "您好，感谢您的来信。我目前不在办公室，2月9日返回。如有紧急事宜，请联系办公室。",
    "zh-tw": "您好，2月2日至9日休假中，如有緊急事項請聯絡辦公室。",
    "ja": "お世話になっております。2月9日まで休暇をいただいております。お急ぎの場合は事務局までご連絡ください。",
    "ko": "안녕하세요. 2월 9일까지 휴가 중입니다. 급한 용무는 사무실로 연락 주시기 바랍니다.",
    "ca": "Bon dia, estic de vacances fins al 9 de febrer. Per a qüestions urgents podeu contactar amb la secretaria.",
    "af": "Dankie vir u boodskap. Ek is tot 9 Februarie met verlof. Vir dringende sake kontak asseblief die kantoor.",
    "cy": "Diolch am eich neges. Rwyf allan o'r swyddfa tan 9 Chwefror. Ar gyfer materion brys cysylltwch â'r swyddfa.",
}  # fmt: skip

SUBJECTS = """
Automatic reply: Bowls | [External] Automatic reply: Bowls | Out of Office: Bowls | Absent(e) du bureau : Bowls | Réponse automatique : Bowls
Automatische Antwort: Bowls | Abwesenheitsnotiz: Bowls | Respuesta automática: Bowls | Resposta automática: Bowls | Risposta automatica: Bowls
Automatisch antwoord: Bowls | Autosvar: Bowls | Automatisk svar: Bowls | Automaattinen vastaus: Bowls | Odpowiedź automatyczna: Bowls
Automatická odpověď: Bowls | Automatická odpoveď: Bowls | Automatikus válasz: Bowls | Răspuns automat: Bowls | Автоматичен отговор: Bowls
Αυτόματη απάντηση: Bowls | Автоматический ответ: Bowls | Автоматична відповідь: Bowls | Automatski odgovor: Bowls | Аутоматски одговор: Bowls
Samodejni odgovor: Bowls | Automaatvastus: Bowls | Automātiskā atbilde: Bowls | Automatinis atsakymas: Bowls | Otomatik yanıt: Bowls
رد تلقائي: Bowls | תשובה אוטומטית: Bowls | پاسخ خودکار: Bowls | स्वचालित उत्तर: Bowls | ตอบกลับอัตโนมัติ: Bowls | Trả lời tự động: Bowls
自动答复: Bowls | 自動回覆: Bowls | 自動応答： Bowls | 자동 회신: Bowls | Balasan otomatis: Bowls | Jibu la kiotomatiki: Bowls | Resposta automàtica: Bowls
(EXT) [SPAM?] Automatic Reply: Bowls
"""


@pytest.mark.parametrize(("language", "text"), ABSENT.items())
def test_an_absence_message_is_told_by_its_words(language: str, text: str) -> None:
    assert is_absence("Re: Two hundred bowls", text)
    letter = f"From: a@b.example\r\nSubject: Re: Bowls\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
    assert recognise(letter.encode()) == Returned(ReturnKind.ANSWER, certain=False, sign=Sign.ABSENCE)


def test_more_than_thirty_languages_have_phrases_of_each_kind() -> None:
    assert len(PHRASES) > 50
    assert all({"subject", "auto", "away", "urgent", "access"} <= set(kinds) for kinds in PHRASES.values())


@pytest.mark.parametrize(
    "text",
    [
        "Goddag, jeg holder ferie til 10. februar. I hastesager kontakt min kollega.",
        "Здравейте, в отпуск съм до 10 февруари. При спешни случаи се обърнете към колегата.",
    ],
)
def test_an_absence_message_in_other_words_is_told_too(text: str) -> None:
    assert is_absence("Re: bowls", text)


@pytest.mark.parametrize(
    "subject", [one.strip() for line in SUBJECTS.strip().splitlines() for one in line.split(" | ")]
)
def test_a_subject_that_only_programs_write_tells_it(subject: str) -> None:
    assert says_so(subject)
    assert not says_so(f"Re: {subject}")
    assert not says_so(subject.replace(":", "").replace("：", "") + " and more")


@pytest.mark.parametrize(
    "text",
    [
        "This is an automated response. We have received your message.",
        "Thanks!\n\n* This is an automatic reply *",
        "Bonjour,\nCeci est un message automatique, merci de ne pas y répondre.",
        "Diese E-Mail wurde automatisch erzeugt.",
        "Это автоматическое сообщение.",
        "这是自动回复。",
    ],
)
def test_who_says_that_nobody_wrote_it_is_believed(text: str) -> None:
    assert is_absence("Re: bowls", text)


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Friday", "I am out of the office on Friday, so let us talk on Thursday. How did your examination go?"),
        ("Friday", "I am out of the office on Friday, so let us talk on Thursday."),
        ("On holiday: a story", "We walked along the sea, and the children found a crab."),
        ("Absence", "Demain je ne pourrai pas lire ta lettre, je serai à Lyon."),
        ("Re: essay", "Dear Quiet River, I am on holiday until Monday with limited access to email, and read it then."),
        ("Re: essay", "I'm on leave next week and will not be checking mail. Shall we speak before that?"),
        ("Re: essay", "For urgent matters please contact the coordinator. I have no access to email at school."),
        ("Re: essay", "I got an automatic reply from you. Are you away?"),
        ("Re: essay", "My teacher said this is an automatic reply, and I did not know what to do about it."),
        ("Re: essay", "Ich bin im Urlaub gewesen und habe viel gelesen. Deine Geschichte hat mir sehr gefallen."),
        ("Re: essay", "昨日は休暇中に読んだ本の話を書きます。とても面白かったです。"),
        ("Re: essay", "I am away from home. " + "Much happened, and I tell it all. " * 60 + "In an emergency I call you."),
        ("", ""),
    ],
)  # fmt: skip
def test_a_persons_letter_with_these_words_is_a_letter(subject: str, text: str) -> None:
    assert not is_absence(subject, text, ("Quiet", "River"))


def test_a_subject_that_people_write_too_needs_words_of_absence_below() -> None:
    assert is_absence("Absence: Bowls", "Bonjour, je suis absente jusqu'au 9 février.")
    assert is_absence("On leave", "I will be away until Monday.")
    assert not is_absence("On leave", "What does it mean, she asked.")


@pytest.mark.parametrize(
    ("fields", "body", "bulk"),
    [
        (("Subject: Words",), "A letter by hand", False),
        (("Subject: Re: Words",), "I got your mail", True),
        (("Subject: Words", "In-Reply-To: <a@b>"), "I got your mail", True),
        (("Subject: Re: Words",), "I got it.\n\n> Words\n", False),
        (("Subject: Re: Words", "Content-Type: text/html"), "<p>Yes</p><blockquote>Words</blockquote>", False),
        (("Subject: Re: Words",), "I tell you all of it. " * (LONGEST // 20), False),
    ],
)
def test_of_bulk_mail_only_bare_answers_are_suspected(fields: tuple[str, ...], body: str, bulk: bool) -> None:
    for precedence in ("bulk", "Junk"):
        content = "\r\n".join(("From: a@b.example", f"Precedence: {precedence}", *fields, "", body)).encode()
        expected = Returned(ReturnKind.ANSWER, certain=False, sign=Sign.BULK) if bulk else None
        assert recognise(content) == expected
        assert recognise(content.replace(b"Precedence: " + precedence.encode(), b"Precedence: list")) is None


@pytest.mark.parametrize("piece", ["i am ", "i am out of the office ", "\n", "this is an auto", "(", "[a]", "*"])
def test_hostile_words_take_no_time(piece: str) -> None:
    text = (piece * LONGEST)[:LONGEST]
    begun = time.process_time()
    for _ in range(10):
        is_absence(text, text)
        says_so(piece * 100_000)
    assert time.process_time() - begun < 5
