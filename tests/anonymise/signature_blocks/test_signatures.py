"""What stands under a letter and names its author goes, in any language; what somebody wrote stays to the last word."""

from __future__ import annotations

import pytest

from relay.anonymise.identities import Redactor, replaced
from relay.anonymise.passages import passages
from relay.anonymise.signature_blocks import find
from relay.model import Identity, Known, Persona

AMBER = Persona("Amber Heron", "amber-heron.x7k2m4@relay.example.org")
QUIET = Persona("Quiet River", "quiet-river.p9d3w8@relay.example.org")
KNOWN = Known(
    Identity(("jane.whitcombe@northbank.example",), ("Jane Whitcombe",)),
    AMBER,
    Identity(("tom@gmx.de",), ("Tom",)),
    QUIET,
)
REDACTOR = Redactor(KNOWN)


def without(text: str) -> str:
    return replaced(text, find(text, REDACTOR))


def relayed(text: str) -> str:
    return replaced(text, passages(text, REDACTOR))


HELLO = "Thank you for the chapter.\n\nCould we talk on Thursday?\n\n"

BLOCKS = [
    "Ines Farrow\nSenior Analyst, Harlow Industries\n24 Mill Lane, Apt 7\nTel. +44 7700 922097\nines@harlow.example",
    "Ines Farrow\nHarlow & Sons Ltd\nMobile: +44 7700 935623\nines.farrow@harlow.example",
    "Ines Farrow | Harlow Ltd | +44 7700 900123",
    "Ines Farrow\nProduct Manager\nHarlow GmbH · Hauptstraße 5 · 10115 Berlin\nwww.harlow.example",
    "Dr. Ines Farrow, PhD\nDepartment of Physics\nUniversity of Harlow\nT: 01632 960 001",
    "INES FARROW\nHEAD OF SALES\n\nHARLOW INC.\n1 Example Plaza, Suite 400\nSpringfield, IL 62704\n(555) 010-0199",
    "Ines F.\nlinkedin.com/in/inesfarrow\ninstagram: @inesfarrow",
    "Farrow, Ines\nBüro: +49 30 901820\nFax: +49 30 901821",
    "Inès Farrow\nDirectrice, Société Harlow\n12 rue de la Paix, 75002 Paris\nTél. : 01 99 00 12 34",
    "Inés Farrow\nIngeniera de software\nHarlow S.A.\nCalle Mayor 12, 28013 Madrid\nMóvil: +34 600 000 000",
    "Инес Фарроу\nМенеджер проектов, ООО «Харлоу»\nТел.: +7 495 000-00-00\nул. Ленина, 5",
    "إيناس فارو\nمهندسة، شركة هارلو\nهاتف: +966 11 000 0000",
    "山田花子\n株式会社ハーロウ 営業部\n電話: 03-0000-0000\nhanako@harlow.example",
    "李雷\n哈洛有限公司 经理\n电话：010-0000 0000",
    "김영희\n주식회사 할로우 팀장\n전화: 02-000-0000",
    "אינס פארו\nמנהלת, חברת הארלו\nנייד: 050-000-0000",
    "สมศรี ใจดี\nผู้จัดการฝ่ายขาย\nบริษัท ช่างปั้นดิน เซรามิก จำกัด\nโทร. 02-555-0122",
    "इनेस फैरो\nप्रबंधक, हार्लो लिमिटेड\nफोन: +91 11 0000 0000",
    "Inês Farrow\nEngenheira, Harlow Ltda\nRua das Flores 12\nTel.: +351 21 000 0000",
    "Ines Farrow\nKierownik projektu\nHarlow Sp. z o.o.\nul. Długa 5, 00-001 Warszawa\ntel. 22 000 00 00",
    "Ines Farrow\nProje Müdürü\nHarlow A.Ş.\nCep: +90 532 000 00 00",
]

CLOSINGS = (
    """
Best regards,|Kind regards|Yours sincerely,|Cheers,|Thanks,|Many thanks!|All the best,|BR,|Warm wishes,|Best,
Mit freundlichen Grüßen|Viele Grüße,|Liebe Grüße aus Berlin|LG|MfG|Cordialement,|Bien à vous,|Merci d'avance,
À bientôt !|Un saludo,|Saludos cordiales,|Atentamente,|Un abrazo,|Cordiali saluti,|Grazie,|Atenciosamente,
Um abraço,|Met vriendelijke groet,|Groetjes,|Med vänliga hälsningar|Mvh|Z poważaniem,|Pozdrawiam|С уважением,
Всего доброго,|З повагою,|Saygılarımla,|Sevgiler,|Wako mwaminifu,|Asante sana,|Hormat saya,|Salam,|Trân trọng,
Thân mến,|مع التحية،|مع أطيب التحيات،|شكرًا جزيلًا|با احترام،|شکریہ،|בברכה,|תודה רבה|सादर,|धन्यवाद
よろしくお願いいたします。|敬具|此致\n敬礼|谢谢！|감사합니다.
""".strip()
    .replace("\n", "|")
    .split("|")
)


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("delimiter", ["-- ", "--", "—", "-----", "____________________", "--\u00a0"])
def test_a_block_below_a_delimiter_goes_with_it(delimiter: str, block: str) -> None:
    assert without(f"{HELLO}Best regards,\n{delimiter}\n{block}\n") == f"{HELLO}Best regards,\n"


@pytest.mark.parametrize("block", BLOCKS)
def test_a_block_below_a_closing_formula_goes_and_the_formula_stays(block: str) -> None:
    assert without(f"{HELLO}Best regards,\n{block}\n") == f"{HELLO}Best regards,\n"
    assert without(f"{HELLO}Best regards,\n\n{block}\n\n") == f"{HELLO}Best regards,\n"


@pytest.mark.parametrize("closing", CLOSINGS)
def test_closing_formulas_are_known_in_many_languages(closing: str) -> None:
    assert without(f"{HELLO}{closing}\n\n{BLOCKS[1]}\n") == f"{HELLO}{closing}\n"


@pytest.mark.parametrize("block", BLOCKS[:6])
@pytest.mark.parametrize("marks", ["> ", ">", ">> ", "> > > "])
def test_a_signature_in_a_quotation_goes_too(marks: str, block: str) -> None:
    quoted = "".join(f"{marks}{line}\n" for line in f"I read it.\n\nBest regards,\n{block}".split("\n"))
    left = f"I agree.\n\n{marks}I read it.\n{marks}\n{marks}Best regards,\n"
    assert without(f"I agree.\n\n{quoted}\nAnd this, too.\n") == f"{left}\nAnd this, too.\n"
    assert without(f"I agree.\n\n{quoted}") == left
    delimited = quoted.replace("Best regards,", "-- ")
    assert without(f"I agree.\n\n{delimited}") == f"I agree.\n\n{marks}I read it.\n"


@pytest.mark.parametrize(
    "history",
    [
        "On Tue, Nov 3, 2026 at 2:05 PM Someone <x@y.example> wrote:\n\n> I read it.\n",
        "On 3 Nov 2026, at 14:05, Someone With A Long Name\n<x@y.example> wrote:\n\n> I read it.\n",
        "Am 03.11.26 um 14:05 schrieb Someone:\n> I read it.\n",
        "Le mar. 3 nov. 2026 à 14:05, Someone <x@y.example> a écrit :\n\n> I read it.\n",
        "2026年11月3日(火) 14:05 Someone <x@y.example>:\n> I read it.\n",
        "Someone wrote:\n> I read it.\n",
        "-----Original Message-----\nFrom: Someone\nSent: Tuesday\nTo: Me\nSubject: Plan\n\nI read it.\n",
        "________________________________\nVon: Someone <x@y>\nGesendet: Montag\nAn: Me\nBetreff: Plan\n\nI read it.\n",
        "De: Someone\nEnvoyé: lundi\nÀ: Me\nObjet: Plan\n\nI read it.\n",
        "---- Activado mar, 03 nov 2026 14:05:31 +0100 Someone With A Long Name <x@y.example> escribió ----\n\nYes.\n",
    ],
)
@pytest.mark.parametrize("delimiter", ["-- \n", ""])
def test_a_signature_ends_where_quoted_history_begins(history: str, delimiter: str) -> None:
    letter = f"{HELLO}Best regards,\n{delimiter}{BLOCKS[0]}\n\n{history}"
    assert without(letter) == f"{HELLO}Best regards,\n\n{history}"


DEVICES = (
    """
Sent from my iPhone|Sent from my iPad.|Sent from my Galaxy|Sent from my Samsung Galaxy smartphone.
sent from my phone|Sent from my Infinix HOT 30 phone|Sent from Outlook for Android|Get Outlook for iOS
Get Outlook for Android <https://aka.ms/x>|Sent from Mail for Windows 10|Sent from Yahoo Mail on Android
Yahoo Mail: Search, Organize, Conquer|Sent with Proton Mail secure email.|Sent from Proton Mail for iOS
Sent via BlackBerry|Sent from my Huawei phone|Sent from my iPhone. Please excuse any typos.
Von meinem iPhone gesendet|Gesendet mit der GMX iPhone App|Von meinem Samsung Galaxy Smartphone gesendet.
Gesendet von Outlook für Android|Gesendet mit der WEB.DE Mail App|Holen Sie sich Outlook für iOS
Diese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.|Envoyé de mon iPhone
Envoyé depuis mon téléphone Orange|Envoyé à partir de Outlook pour Android|Télécharger Outlook pour iOS
Provenance : Courrier pour Windows|Enviado desde mi iPhone|Enviado desde Outlook para Android
Obtener Outlook para iOS|Enviado do meu iPhone|Obter o Outlook para Android|Inviato da iPhone
Inviato dal mio Galaxy|Verzonden vanaf mijn iPhone|Verstuurd vanaf mijn iPhone|Skickat från min iPhone
Wysłane z iPhone'a|Wysłano z telefonu Samsung|Отправлено с iPhone|Отправлено из мобильной Яндекс Почты
Отправлено из Outlook для Android|Надіслано з iPhone|iPhone'umdan gönderildi|Imetumwa kutoka iPhone yangu
Dikirim dari iPhone saya|Đã gửi từ iPhone của tôi|أُرسلت من الـ iPhone|تم الإرسال من هاتف Samsung
مرسل من الـ iPhone الخاص بي|נשלח מה-iPhone שלי|ارسال شده از iPhone من|मेरे iPhone से भेजा गया|iPhoneから送信
发自我的iPhone|發自我的 iPhone|从我的 iPad 发送|나의 iPhone에서 보냄|میرے iPhone سے بھیجا گیا
""".strip()
    .replace("\n", "|")
    .split("|")
)


@pytest.mark.parametrize("line", DEVICES)
def test_the_line_of_a_device_or_program_at_the_end_goes(line: str) -> None:
    assert without(f"{HELLO}{line}\n") == HELLO.rstrip("\n") + "\n"
    assert without(f"{HELLO}Best,\nQuiet\n\n{line}\n") == f"{HELLO}Best,\nQuiet\n"
    quoted = f"\nOn 3 Nov 2026, at 14:05, X wrote:\n> Hi\n>\n> {line}\n"
    assert without(f"{HELLO}{line}\n{quoted}") == f"{HELLO}\nOn 3 Nov 2026, at 14:05, X wrote:\n> Hi\n"


FOOTERS = [
    "This email has been checked for viruses by Avast antivirus software.\nwww.avast.com",
    "Virus-free. www.avg.com",
    "Diese E-Mail wurde von Avast-Antivirussoftware auf Viren geprüft.\nwww.avast.com",
    "_______________________________________________\nFriends mailing list\nFriends@lists.harlow.example\n"
    "https://lists.harlow.example/mailman/listinfo/friends",
    'You received this message because you are subscribed to the Google Groups "Friends" group.\n'
    "To unsubscribe from this group and stop receiving emails from it, send an email to x+unsubscribe@groups.example.",
    "Please consider the environment before printing this e-mail.",
    "________________________________\nThis e-mail is confidential. Harlow Ltd is registered in England, 90 Mill "
    "Lane. If you are not the addressee write to ines@harlow.example.",
    "CONFIDENTIALITY NOTICE: The contents of this email message and any attachments are intended solely for the\n"
    "addressee(s) and may contain confidential and/or privileged information. If you are not the intended\n"
    "recipient, please delete it.",
    "Harlow Ltd is a company registered in England and Wales. Company number: 01234567. Registered office: Leeds.",
    "Diese E-Mail enthält vertrauliche Informationen. Wenn Sie nicht der richtige Empfänger sind …",
    "Harlow GmbH, Sitz der Gesellschaft: Köln, Amtsgericht Köln HRB 12345, Geschäftsführer: Ines Farrow, Max Farrow",
    "Ce message et toutes les pièces jointes sont confidentiels et réservés à ses destinataires.",
    "Este correo electrónico es confidencial y va dirigido a su destinatario. Si lo ha recibido por error, bórrelo.",
    "Questo messaggio è riservato. Se lo avete ricevuto per errore, il destinatario vi prega di cancellarlo.",
    "Esta mensagem é confidencial. Se você não é o destinatário, apague-a: foi enviada por engano.",
    "Данное сообщение содержит конфиденциальную информацию. Если вы не адресат, удалите его.",
    "Bu e-posta gizli bilgiler içerebilir. Yanlışlıkla aldıysanız lütfen siliniz.",
    "هذه الرسالة سرية وموجهة إلى المرسل إليه فقط. إذا وصلتك عن طريق الخطأ فاحذفها.",
    "本邮件包含保密信息，仅供收件人使用。如误收，请立即删除。",
    "本メールには機密情報が含まれています。誤って受信された方は削除してください。宛先以外の方の利用を禁じます。",
]


@pytest.mark.parametrize("footer", FOOTERS)
def test_footers_of_scanners_lists_and_lawyers_go(footer: str) -> None:
    assert without(f"{HELLO}Best,\nQuiet\n\n{footer}\n") == f"{HELLO}Best,\nQuiet\n"
    assert without(f"{HELLO}Best,\n{BLOCKS[1]}\n\n{footer}\n\nSent from my iPad\n") == f"{HELLO}Best,\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Best regards,\nJane Whitcombe\nNorthbank\n+44 7700 900123\n", "Best regards,\nAmber Heron\n"),
        ("Best regards,\nJane\n\nJane Whitcombe\nHarlow Ltd\n01632 960001\n", "Best regards,\nAmber Heron\n"),
        ("Best regards,\nQuiet River\nHarlow Ltd\n01632 960001\n", "Best regards,\nQuiet River\n"),
        ("Talk soon!\nInes\n\nInes Farrow\nHarlow Ltd\n01632 960001\n", "Talk soon!\nInes\n"),
        ("See you.\n\nJane Whitcombe\nHarlow Ltd\n01632 960001\n", "See you.\n\nAmber Heron\n"),
        ("Best regards,\nInes\n+44 7700 900123\n", "Best regards,\n"),
        ("-- \nInes Farrow\n\nCould we talk on Thursday?\n", "Could we talk on Thursday?\n"),
        ("Yes.\n-- \nInes\nHarlow Ltd\n\nP.S. I forgot: can you send me the list?\n", None),
        ("Best,\nInes Farrow\nHarlow Ltd\n01632 960001\n\nP.S. The library is at 1 Mill Lane.\n", None),
    ],
)
def test_the_name_that_stays_and_what_is_written_below(before: str, after: str | None) -> None:
    if after is None:
        assert before.rpartition("\n\n")[2] in relayed(before)
        assert "Harlow" not in relayed(before)
    else:
        assert relayed(before) == after


LETTERS = [
    "ดีครับ\n\nด้วยความเคารพ\nโอลก้า\nผู้จัดการฝ่ายจัดซื้อ บริษัท เหล็กไทย จำกัด\nโทร. 02-000-0000",
    "Danke dir!\n\nHerzliche Grüße aus Wien\nMag. Olga Brunner\nVolksschule Lindengasse\n"
    "Lindengasse 4, 1070 Wien\n0664 000 00 00",
    "Ok.\n\nKind regards / Mit freundlichen Grüßen\n\ni. A. Olga Brunner\nTeamleiterin Logistik\n"
    "Brunner AG\nTel +49 89 000000 - Fax +49 89 000001",
    "See you.\n\nBest,\nOlga\n\n--\nOlga Brunner\nPhD candidate, Dept. of Chemistry",
    "See you.\n\nThanks!\n\nOlga Brunner, MSc\nbrunner-lab.example",
    "Ça marche.\n\nBien cordialement,\n\nOlga BRUNNER\nChargée de mission\nMairie de Lindon\n03 00 00 00 00",
    "Va bene.\n\nUn caro saluto,\nOlga\n\nOlga Brunner\nStudio Brunner Srl\nVia Roma 12, 20121 Milano\n"
    "cell. 333 0000000",
    "Oke.\n\nGroetjes,\n\nOlga Brunner\nDocent Wiskunde\nLinden College\n06-00000000",
    "Vale.\n\nUn abrazo,\n\nOlga Brunner\nProfesora de Matemáticas\nIES Los Tilos\nC/ Tilos, 5 - 41001 Sevilla",
    "Хорошо.\n\nС уважением,\nОльга Бруннер\nУчитель математики\nШкола № 12\n8 (900) 000-00-00",
    "Дякую.\n\nЗ повагою,\nОльга Бруннер\nТОВ «Ліпа»\nтел. 050 000 00 00",
    "好的。\n\n祝好\n\n布鲁纳\n菩提科技有限公司\n手机：13800000000",
    "了解しました。\n\nよろしくお願いいたします。\n\n━━━━━━━━━━━━━━\nブルナー オルガ\n菩提株式会社\n"
    "TEL：03-0000-0000\nE-mail：olga@bodai.example\n━━━━━━━━━━━━━━",
    "حسنا.\n\nمع خالص التحية،\nأولغا برونر\nمعلمة رياضيات\nمدرسة الزيزفون\nجوال 0500000000",
    "ठीक है।\n\nसादर,\nओल्गा ब्रूनर\nशिक्षक, लिंडेन विद्यालय\n+91 98000 00000",
    "Sawa.\n\nWako,\nOlga Brunner\nMwalimu, Shule ya Mwembe\nSimu: 0700 000000",
    "Tamam.\n\nSaygılarımla,\nOlga Brunner\nMatematik Öğretmeni\nIhlamur Okulu\n0532 000 00 00",
    "OK\n\nOlga Brunner | Head of Maths | Linden School | +44 20 0000 0000",
    "Yes, Thursday.\n\nOlga Brunner\nHead of Maths, Linden School\n4 Linden Road, Leeds LS1 1AA\n"
    "T 0113 000 0000\nwww.linden.example",
    "Yes.\n\nRegards\nOB\n\nSent from my Pixel 8",
    "Fine.\n\nLove,\nOlga xx\n\n---\nOlga Brunner\nInstagram @olgab | www.olgab.example",
    "Fine.\n\nBest,\nOlga\n\n*Olga Brunner*\n*Linden Foundation*\n_4 Linden Road_\nolga@linden.example",
    "Fine.\n\nWarmly,\nOlga\n(she/her)\nProgram Officer, Linden Trust\nm: +1 202 555 0100",
    "Fine.\n\nCheers\nOlga\n\nTel: 0113 000 0000 Mob: 07700 900000",
    "Dobrze.\n\nPozdrawiam serdecznie\nOlga Brunner\nNauczycielka, Liceum nr 5\ntel. 500 000 000",
    "Được.\n\nTrân trọng,\nOlga Brunner\nGiáo viên, Trường Lipa\nĐT: 090 000 0000",
    "Baik.\n\nSalam hangat,\nOlga Brunner\nGuru, SMA Linden\nHP 0812 0000 0000",
    "בסדר.\n\nבברכה,\nאולגה ברונר\nמורה, בית ספר תרזה\nטל: 03-0000000",
    "باشه.\n\nبا احترام،\nاولگا برونر\nدبیر ریاضی، مدرسه نمونه\nهمراه: 0912 000 0000",
    "ٹھیک ہے۔\n\nشکریہ\nاولگا برونر\nاستاد، لنڈن اسکول\nفون: 0300 0000000",
    "네.\n\n감사합니다.\n올가 브루너 드림\n린덴학교 교사\n010-0000-0000",
]


@pytest.mark.parametrize("letter", LETTERS)
def test_nothing_of_a_signature_is_left_in_letters_of_many_countries(letter: str) -> None:
    left = without(letter)
    assert left.startswith(letter.partition("\n")[0])
    for trace in (
        "0000",
        "555 0100",
        "Brunner",
        "BRUNNER",
        "Linden",
        "Бруннер",
        "برونر",
        "ブルナー",
        "布鲁纳",
        "ब्रूनर",
        "Pixel",
    ):
        assert trace not in left.replace(" 00", "00")


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("Sent from my iPhone", "See you!"),
        ("Sent from Outlook", "Yes."),
        ("Sent from my iPad", "Thanks Tom"),
        ("Sent from my iPhone", "(by the pond)"),
        ("Von meinem iPhone gesendet", "Bis dann!"),
        ("Envoyé de mon iPhone", "À demain !"),
        ("Enviado desde mi iPhone", "¡Hasta mañana!"),
    ],
)
def test_what_its_author_wrote_below_the_line_of_a_program_stays_and_the_line_goes(program: str, words: str) -> None:
    assert relayed(f"{HELLO}{program}\n{words}\n") == f"{HELLO}{words}\n"


@pytest.mark.parametrize(
    "footer",
    [
        "Sent from my Galaxy\nvia Verizon",
        "Sent from Yahoo Mail on\nAndroid",
        "Get Outlook for\niOS",
        "Sent from my iPhone\nTel. +44 20 7946 0000.",
        "Sent with Proton Mail secure\nemail.",
    ],
)
def test_a_footer_of_two_lines_goes_whole(footer: str) -> None:
    assert relayed(f"{HELLO}{footer}\n") == HELLO.rstrip("\n") + "\n"


@pytest.mark.parametrize(
    ("closing", "block"),
    [
        ("सादर,", "सुनीता राव\nफ़ोन: +91 98765 00000"),
        ("ขอแสดงความนับถือ", "สมศรี ใจดี\nโทร. 02-555-0122"),
        ("ইতি,", "শর্মিলা দত্ত\nফোন: +880 1711 000000"),
    ],
)
def test_a_name_with_vowel_signs_and_a_number_are_a_signature(closing: str, block: str) -> None:
    assert without(f"{HELLO}{closing}\n{block}\n").strip() == f"{HELLO}{closing}".strip()
