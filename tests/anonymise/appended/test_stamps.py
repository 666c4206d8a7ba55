"""A line that tells when, where or in which zone a letter was sent goes below a letter; words that resemble it stay."""

from __future__ import annotations

import re
import time
import tomllib
from collections.abc import Callable
from importlib.resources import files

import pytest

from relay.anonymise.appended.stamps import is_stamp

STAMPS = tomllib.loads((files("relay.anonymise.appended") / "stamps.toml").read_text("utf-8"))
Left = Callable[..., dict[str, tuple[str, str, str]]]


@pytest.mark.parametrize("line", [line for one in STAMPS.values() for line in one["goes"]])
def test_the_stamp_of_a_program_goes_as_if_it_had_never_been_there(line: str, left: Left) -> None:
    for place, (text, html, without) in left(line).items():
        assert (place, text, html) == (place, without, without)


@pytest.mark.parametrize("line", [line for one in STAMPS.values() for line in one["stays"]])
def test_words_of_a_person_that_resemble_it_stay(line: str, left: Left) -> None:
    words = re.sub(r"\s", "", line)
    for place, (text, html, _) in left(line).items():
        assert (place, words in re.sub(r"\s", "", text), words in re.sub(r"\s", "", html)) == (place, True, True)


@pytest.mark.parametrize("piece", ["Sent at 21:14 ", "21:14", "Europe/Prague ", "(", "+01:00 ", "から送信"])
def test_a_hostile_line_costs_little(piece: str) -> None:
    begun = time.process_time()
    is_stamp((piece * 1_000_000)[:1_000_000])
    for _ in range(100):
        is_stamp((piece * 160)[:160])
    assert time.process_time() - begun < 2


@pytest.mark.parametrize(
    ("code", "words", "moment"),
    [
        ("en", "Delivered Read Received Seen Opened Sent", "3 Feb 2026, 21:14"),
        ("de", "Zugestellt Gelesen Empfangen Gesehen Geöffnet Gesendet", "3. Februar 2026, 21:14"),
        ("fr", "Distribué Lu Reçu Vu Ouvert Envoyé Remis", "3 févr. 2026 21:14"),
        ("es", "Entregado Leído Recibido Visto Abierto Enviado", "3 feb 2026, 21:14"),
        ("it", "Consegnato Letto Ricevuto Visualizzato Aperto Inviato Visto", "3 feb 2026, 21:14"),
        ("pt", "Entregue Lida Recebida Vista Aberta Enviada Lido", "3 de fev. de 2026, 21:14"),
        ("nl", "Bezorgd Gelezen Ontvangen Gezien Geopend Verzonden Afgeleverd", "3 feb 2026 21:14"),
        ("sv", "Levererat Läst Mottaget Sett Öppnat Skickat", "3 feb. 2026 21:14"),
        ("da", "Leveret Læst Modtaget Set Åbnet Sendt", "3. feb. 2026 21.14"),
        ("nb", "Levert Lest Mottatt Sett Åpnet Sendt", "3. feb. 2026 21:14"),
        ("fi", "Toimitettu Luettu Vastaanotettu Nähty Avattu Lähetetty", "3.2.2026 klo 21.14"),
        ("pl", "Dostarczono Przeczytano Odebrano Wyświetlono Otwarto Wysłano", "3 lut 2026, 21:14"),
        ("cs", "Doručeno Přečteno Přijato Zobrazeno Otevřeno Odesláno", "3. 2. 2026 21:14"),
        ("sk", "Doručené Prečítané Prijaté Zobrazené Otvorené Odoslané", "3. 2. 2026 21:14"),
        ("hu", "Kézbesítve Elolvasva Fogadva Megtekintve Megnyitva Elküldve", "2026. febr. 3. 21:14"),
        ("ru", "Доставлено Прочитано Получено Просмотрено Открыто Отправлено", "3 февр. 2026 г., 21:14"),
        ("uk", "Доставлено Прочитано Отримано Переглянуто Відкрито Надіслано", "3 лют. 2026 р., 21:14"),
        ("tr", "Teslim_edildi Okundu Alındı Görüldü Açıldı Gönderildi", "3 Şub 2026 21:14"),
        ("el", "Παραδόθηκε Διαβάστηκε Ελήφθη Προβλήθηκε Ανοίχτηκε Στάλθηκε", "3 Φεβ 2026, 21:14"),
        ("ro", "Livrat Citit Primit Văzut Deschis Trimis", "3 feb. 2026, 21:14"),
        ("bg", "Доставено Прочетено Получено Видяно Отворено Изпратено", "3.02.2026 г., 21:14"),
        ("hr", "Isporučeno Pročitano Primljeno Viđeno Otvoreno Poslano", "3. velj 2026. 21:14"),
        ("ar", "تم_التسليم تمت_القراءة تم_الاستلام تمت_المشاهدة تم_الفتح تم_الإرسال", "3 فبراير 2026، 21:14"),
        ("he", "נמסר נקרא התקבל נצפה נפתח נשלח", "3 בפבר׳ 2026, 21:14"),
        ("fa", "تحویل_شد خوانده_شد دریافت_شد دیده_شد باز_شد ارسال_شد", "۳ فوریه ۲۰۲۶، ۲۱:۱۴"),
        ("hi", "डिलीवर_किया_गया पढ़ा_गया प्राप्त_हुआ देखा_गया खोला_गया भेजा_गया", "3 फ़र॰ 2026, 21:14"),
        ("th", "ส่งแล้ว อ่านแล้ว ได้รับแล้ว เห็นแล้ว เปิดแล้ว", "3 ก.พ. 2026 21:14"),
        ("vi", "Đã_gửi Đã_đọc Đã_nhận Đã_xem Đã_mở", "21:14 3 thg 2, 2026"),
        ("id", "Terkirim Dibaca Diterima Dilihat Dibuka", "3 Feb 2026 21.14"),
        ("ja", "配信済み 既読 受信 開封済み 送信 開封 送信済み", "2026/02/03 21:14"),
        ("zh", "已送达 已读 已收到 已查看 已打开 已发送 已送達 已讀 已收到", "2026年2月3日 21:14"),
        ("ko", "전송됨 읽음 받음 확인함 열람 보냄 배달됨", "2026. 2. 3. 21:14"),
        ("sw", "Imewasilishwa Imesomwa Imepokelewa Imeonekana Imefunguliwa Imetumwa", "3 Feb 2026, 21:14"),
    ],
)  # fmt: skip
def test_a_lone_line_of_a_receipt_is_one_in_each_language(code: str, words: str, moment: str) -> None:
    for word in (each.replace("_", " ") for each in words.split()):
        assert is_stamp(f"{word} {moment}"), (code, word)
        assert not is_stamp(f"{word} 3")
        assert not is_stamp(f"{moment}, Quillona, {word} Oakwell")


@pytest.mark.parametrize(
    "line",
    [
        "Read 3 Feb 2026, 21:14, and cried",
        "Lu 3 pages à 21:14",
        "开会 2026年2月3日 21:14",
        "Plan 3 Feb 2026, 21:14",
        "Opened the box 3 Feb 2026, 21:14",
        "Received 3 letters by 21:14",
        "Gesehen habe ich sie am 3. Februar 2026, 21:14",
        "I read it 3 Feb 2026, 21:14",
        "Concert 3 Feb 2026 21:14 opened doors",
        "既読の本 2026/02/03 21:14",
    ],
)
def test_a_line_of_a_diary_is_none(line: str) -> None:
    assert not is_stamp(line)
