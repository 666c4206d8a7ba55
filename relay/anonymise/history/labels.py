"""Field names in the header blocks that mail programs copy into replies, in many languages."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from relay.anonymise.names.fold import skeleton_of


class Field(Enum):
    """The meaning of a field in a header block."""

    FROM = "from"
    TO = "to"
    COPY = "copy"
    SENT = "sent"
    DATE = "date"
    SUBJECT = "subject"
    OTHER = "other"
    RAW = "raw"

    __hash__ = object.__hash__  # Enum's own is implemented in Python, and slow


_FROM = """
    От кого|Від кого|Ад каго|
    From|De|Von|Van|Fra|Från|Od|Da|Dal|Dari|Daripada|Kutoka|Kutoka kwa|Kimden|Gönderen|От|Від|
    Отправитель|Відправник|Lähettäjä|Feladó|Από|Αποστολέας|من|از|مرسل|المرسل|فرستنده|منجانب|بھیجنے والا|
    مאת|מאת|שולח|से|प्रेषक|द्वारा|থেকে|প্রেরক|จาก|ผู้ส่ง|Từ|Người gửi|发件人|发信人|寄件人|寄件者|
    發件人|差出人|送信者|보낸 사람|보낸사람|보낸이|보낸 이|발신|발신자|Expéditeur|Absender|Remitente|
    Mittente|Remetente|De la|Од|Expeditor|Avsändare|Avsender|Afsender|Afzender|Nadawca|Odesílatel|
    Odosielateľ|Pošiljatelj|Pošiljalac|Šalje|Saatja|Kellelt|Nuo|Siuntėjas|No|Sūtītājs|Pengirim|Mtumaji|
    Sender|Nork|Кімнен|Nga|Kimdən|Kimdan|ვისგან|Ումից|Frá|ከ|
    Podatel|Подател|அனுப்புநர்|Enviat per|Remitent|ממאת|On behalf of|Im Auftrag von|
    Ад|Адпраўнік|Mula kay|Mula sa|Kusuka|Ó|Oddi wrth|Minn|నుండి|వీరి నుండి|പ്രേഷകൻ|പ്രേഷകന്‍|પ્રેષક|
    તરફથી|पाठवणारा|ពី|មកពី|ပေးပို့သူ|ထံမှ|မှ|Хэнээс|Илгээгч|Кимден|له|لیږونکی|ਵੱਲੋਂ|ਤੋਂ|ਭੇਜਣ ਵਾਲਾ|
    ຈາກ|Ka|Ka yimid|වෙතින්|යවන්නා|Sendandi|ಇಂದ|ಕಳುಹಿಸಿದವರು|Daga|Vun|Аз|
    Mingħand|გამომგზავნი|გამგზავნი|Жіберуші|Жөнөтүүчү|Yuboruvchi|Göndərən|Ուղարկող|Dërguesi|
    Bidaltzailea
"""
_TO = """
    To|À|A|An|Aan|Til|Till|Do|Komu|Pro|Pre|Para|Per|Ke|Kepada|Untuk|Kwa|Kime|Alıcı|Кому|До|Получатель|
    Отримувач|Получател|Vastaanottaja|Címzett|Προς|Παραλήπτης|إلى|الى|به|المرسل إليه|گیرنده|بنام|
    وصول کنندہ|אל|נמען|को|प्रति|सेवा में|प्राप्तकर्ता|প্রতি|প্রাপক|ถึง|ผู้รับ|Đến|Tới|Người nhận|收件人|
    收件者|收信人|宛先|宛て先|送信先|받는 사람|받는사람|받는이|수신|수신자|Destinataire|Destinataires|
    Empfänger|Destinatario|Destinatari|Destinatarios|Destinatário|Către|Catre|Destinatar|Mottagare|
    Mottaker|Modtager|Ontvanger|Geadresseerde|Adresat|Adresát|Príjemca|Prima|Primatelj|Za|Saaja|Kellele|
    Kam|Nori|За|Кімге|Për|Kimə|Kimga|ვის|Ում|Per a|Adressaat|Gavėjas|Adresāts|Mpokeaji|Penerima|பெறுநர்|A la|לכבוד|
    Каму|Para kay|Para sa|Ku|Chuig|At|Lil|వీరికి|కు|സ്വീകർത്താവ്|സ്വീകര്‍ത്താവ്|પ્રતિ|ទៅ|ជូន|သို့|
    လက်ခံသူ|Хэнд|Хүлээн авагч|Кимге|ته|ਨੂੰ|ਪ੍ਰਤੀ|ເຖິງ|Loo diray|Al|වෙත|ለ|Viðtakandi|ಗೆ|ಇವರಿಗೆ|Zuwa|Un|
    Ба|ადრესატი|მიმღები|Алушы|Алуучу|Qabul qiluvchi|Ստացող|Marrësi|Hartzailea
"""
_COPY = """
    Cc|Cci|Cco|Bcc|Ccn|CC|Kopie|Kopie an|Kopi|Kopia|Kopio|Copie|Copie à|Copia|Cópia|Копия|Копія|Копие|
    Másolat|Κοιν|Κοινοποίηση|نسخة|نسخة إلى|رونوشت|نقل|עותק|העתק|प्रतिलिपि|अनुलिपि|অনুলিপি|สำเนา|
    สำเนาถึง|Đồng gửi|抄送|抄送至|抄送人|副本|密送|参照|同报|참조|숨은참조|숨은 참조|DW|UDW|Bilgi|Gizli|Tembusan|
    Salinan|Nakala|Kopija|Blindkopie|Skrytá kopie|Reply-To|Reply to|Répondre à|Antwort an|Antworten an|
    Responder a|Rispondi a|Antwoord aan|Svar till|Svar til|Ответить|Адрес для ответа|回复|回覆|返信先|
    답장|الرد على|פנייה|השב אל|Organization|Organisation|Sent by|Gesendet von|Envoyé par|Mailing list|
    Mailed-by|Signed-by|Resent-From|Resent-To|Resent-Date
"""
_SENT = """
    Sent|Sent at|Sent on|Date sent|Gesendet|Gesendet am|Envoyé|Envoyé le|Enviado|Enviado el|Enviada|Enviada el|
    Enviado em|Enviada em|Inviato|Inviato il|Data invio|Verzonden|Verstuurd|Sendt|Skickat|Skickades|
    Lähetetty|Wysłano|Wysłane|Data wysłania|Odesláno|Odoslané|Odoslaná|Elküldve|Küldve|Trimis|Изпратено|Изпратено на|
    Отправлено|Дата отправки|Надіслано|Відправлено|Στάλθηκε|Αποστολή|Gönderildi|Gönderilme|
    Gönderme Tarihi|Gönderilme Tarihi|تم الإرسال|أرسلت|أرسل|مرسلة|تاريخ الإرسال|ارسال شده|زمان ارسال|
    ارسال|بھیجا گیا|נשלח|נשלחה|נשלח ב|भेजा गया|भेजा|भेजने का समय|প্রেরিত|পাঠানো হয়েছে|ส่งเมื่อ|ส่ง|
    วันที่ส่ง|Đã gửi|Ngày gửi|Gửi|Dikirim|Terkirim|Dihantar|Imetumwa|Ilitumwa|发送时间|发送日期|
    發送時間|寄件日期|傳送時間|已发送|送信日時|送信|送信日|보낸 날짜|보낸날짜|보낸 시간|발송일|Poslano|
    Poslato|Послато|Послано|Bidaltze-data|Жіберілді|Dërguar|Испратено|Göndərildi|
    Yuborildi|გაგზავნილია|Ուղարկված է|Saadetud|Išsiųsta|Nosūtīts|Enviat|Enviat el|அனுப்பப்பட்டது|Time sent|
    Адпраўлена|Gestuur|Ipinadala|Kuthunyelwe|Seolta|Anfonwyd|Mibgħut|Mibgħuta|పంపబడింది|పంపినది|
    పంపిన తేదీ|അയച്ചത്|મોકલ્યું|મોકલેલ|पाठवले|पाठविले|पठाइएको|पठाएको|पठाइयो|បានផ្ញើ|ပို့ခဲ့သည်|ပို့သည်|
    Илгээсэн|Жөнөтүлдү|Жөнөтүлгөн|لېږل شوی|لیږل شوی|ਭੇਜਿਆ|ਭੇਜਿਆ ਗਿਆ|ສົ່ງເມື່ອ|ສົ່ງແລ້ວ|La diray|Sendita|
    Sendite|Bidalita|Bidalia|යැවුවේ|යැවූ|යවන ලදී|የተላከው|የተላከ|ተልኳል|ಕಳುಹಿಸಲಾಗಿದೆ|An aika|Geschéckt|
    Фиристода шуд|Saatmisaeg|გაგზავნის თარიღი|გაგზავნის დრო|გაიგზავნა|Жіберілген|Жіберілген уақыты|Yuborilgan|
    Ուղարկվել է|Ուղարկվել|Išsiuntimo data|Nosūtīšanas laiks
"""
_DATE = """
    Date|Datum|Data|Fecha|Dato|Дата|Датум|Päivä|Päiväys|Päivämäärä|Dátum|Ημερομηνία|Ημ/νία|Tarih|التاريخ|
    تاريخ|تاریخ|תאריך|दिनांक|तारीख|তারিখ|วันที่|Ngày|Tanggal|Tarikh|Tarehe|日期|日付|日時|時間|时间|
    날짜|일시|Kuupäev|Datums|Data e hora|Date et heure|
    Petsa|Dáta|Dyddiad|తేదీ|തീയതി|തിയതി|તારીખ|मिति|दिनांक|កាលបរិច្ឆេទ|ရက်စွဲ|Огноо|Күнү|نېټه|ਮਿਤੀ|ਤਾਰੀਖ|
    ວັນທີ|Taariikh|දිනය|ቀን|Dagsetning|ದಿನಾಂಕ|Kwanan wata
"""
_SUBJECT = """
    Subject|Betreff|Betr|Objet|Sujet|Asunto|Assunto|Oggetto|Onderwerp|Emne|Ämne|Aihe|Temat|Předmět|
    Predmet|Tárgy|Subiect|Тема|Относно|Θέμα|Konu|الموضوع|موضوع|נושא|הנושא|הנדון|विषय|বিষয়|เรื่อง|
    หัวเรื่อง|Chủ đề|Tiêu đề|Subjek|Perihal|Perkara|Mada|Somo|Kichwa|主题|主旨|主題|标题|件名|題名|제목|
    Assumpte|Gaia|Тақырыбы|Mövzu|Mavzu|სათაური|თემა|Թեմա|Efni|Tēma|Naslov|Наслов|Zadeva|Teema|Tema|Temats|பொருள்|
    Тэма|Paksa|Isihloko|Ábhar|Pwnc|Suġġett|విషయం|വിഷയം|વિષય|ប្រធានបទ|အကြောင်းအရာ|ခေါင်းစဉ်|Сэдэв|Гарчиг|
    ਵਿਸ਼ਾ|ຫົວຂໍ້|ເລື່ອງ|Mawduuc|Mawduuca|Temo|විෂයය|විෂය|මාතෘකාව|ርዕስ|ጉዳይ|Subjekti|Subjekt|ವಿಷಯ|Batu|
    Jigo|Мавзӯъ|Тақырып
"""
_OTHER = """
    Importance|Priority|Attachments|Attachment|Wichtigkeit|Priorität|Anlagen|Anhänge|Anlage|Importancia|
    Datos adjuntos|Adjuntos|Pièces jointes|Allegati|Priorità|Bijlagen|Urgentie|Anexos|Importância|
    Bifogade filer|Prioritet|Vedhæftede filer|Vedlegg|Liitteet|Załączniki|Ważność|Přílohy|Вложения|
    Важность|Вкладення|重要性|附件|添付ファイル|重要度|첨부 파일|첨부|중요도|Ekler|Lampiran|Sensitivity
"""


def _read(names: str, field: Field) -> dict[str, Field]:
    return {" ".join(name.split()): field for name in skeleton_of(names).split("|") if name.strip()}


LABELS: dict[str, Field] = (
    _read(_OTHER, Field.OTHER)
    | _read(_COPY, Field.COPY)
    | _read(_DATE, Field.DATE)
    | _read(_SUBJECT, Field.SUBJECT)
    | _read(_SENT, Field.SENT)
    | _read(_TO, Field.TO)
    | _read(_FROM, Field.FROM)
)
"""Folded label → field."""

_ROUTE = """
    received message-id return-path delivered-to envelope-to dkim-signature domainkey-signature authentication-results
    received-spf in-reply-to x-mailer user-agent mime-version x-originating-ip thread-index autocrypt feedback-id
    x-received x-original-to errors-to dkim-filter references x-mimeole x-priority thread-topic list-id list-unsubscribe
    content-transfer-encoding content-disposition content-language accept-language
"""

ROUTE = frozenset(_ROUTE.split())
"""Fields that occur only in a mail's header section (RFC 5322 3.6, RFC 8601, RFC 6376 …)."""

# The labels by which a language is told, as written, in lower case; English ones tell nothing: many programs write them
# whatever their user speaks. Of languages with the same labels the first is taken.
_BY_LANGUAGE = """
de: von|an|betreff|gesendet|datum|kopie
fr: de|à|objet|sujet|envoyé|date|expéditeur|destinataire
es: de|para|asunto|enviado|fecha|remitente|destinatario
pt: de|para|assunto|enviado|enviada|data|remetente|destinatário
gl: de|para|asunto|enviado|data
ca: de|per a|assumpte|enviat|data|a
it: da|a|oggetto|inviato|data|mittente|destinatario
nl: van|aan|onderwerp|verzonden|datum|afzender
sv: från|till|ämne|skickat|datum|avsändare|mottagare
da: fra|til|emne|sendt|dato|afsender|modtager
nb: fra|til|emne|sendt|dato|avsender|mottaker
fi: lähettäjä|vastaanottaja|aihe|lähetetty|päivä|päiväys
et: saatja|saaja|adressaat|teema|saadetud|saatmisaeg|kuupäev|kellelt|kellele
pl: od|do|temat|wysłano|data|nadawca|adresat
cs: od|komu|předmět|odesláno|datum|odesílatel|pro
sk: od|komu|predmet|odoslané|dátum|odosielateľ|pre
sl: od|za|zadeva|poslano|datum|pošiljatelj
hr: od|za|predmet|poslano|datum|prima|šalje
sr-Latn: od|za|naslov|poslato|datum|pošiljalac
hu: feladó|címzett|tárgy|elküldve|küldve|dátum
ro: de la|către|subiect|trimis|data|expeditor|destinatar
tr: kimden|kime|konu|gönderildi|gönderilme|tarih|gönderen|alıcı
az: kimdən|kimə|mövzu|göndərildi
lt: nuo|kam|tema|išsiųsta|data|siuntėjas|gavėjas
lv: no|kam|tēma|temats|nosūtīts|datums|sūtītājs|adresāts
sq: nga|për|subjekti|dërguar
id: dari|kepada|subjek|perihal|dikirim|terkirim|tanggal|ke|pengirim
ms: daripada|kepada|subjek|perkara|dihantar|tarikh
vi: từ|đến|tới|chủ đề|tiêu đề|đã gửi|ngày|người gửi
sw: kutoka|kwa|mada|somo|imetumwa|ilitumwa|tarehe
eu: nork|nori|gaia|bidaltze-data
ru: от|кому|тема|отправлено|дата|отправитель
uk: від|кому|тема|надіслано|відправлено|дата
bg: от|до|относно|тема|изпратено|изпратено на|дата
sr: од|за|наслов|тема|послато|датум
mk: од|до|тема|испратено|датум
kk: кімнен|кімге|жіберуші|тақырыбы|тақырып|жіберілді|жіберілген
uz: kimdan|kimga|mavzu|yuborildi
be: ад|каму|тэма|адпраўлена|дата
mn: хэнээс|хэнд|сэдэв|илгээсэн|огноо
ky: кимден|кимге|тема|жөнөтүлдү
af: van|aan|onderwerp|gestuur
ga: ó|chuig|ábhar|seolta
cy: oddi wrth|at|pwnc|anfonwyd
fil: mula kay|para kay|paksa|ipinadala
eo: de|al|temo|sendita
so: ka|ku|mawduuca|la diray
is: frá|til|efni|sendandi
el: από|προς|θέμα|στάλθηκε|ημερομηνία
"""

_LANGUAGES = {
    language: frozenset(labels.strip().split("|"))
    for language, _, labels in (row.partition(":") for row in _BY_LANGUAGE.strip().split("\n"))
}


def languages_of_labels(labels: Iterable[str]) -> list[str]:
    """The languages (BCP 47) that have most of these labels, which are as written, in lower case. English is none of
    them."""
    written = frozenset(labels)
    hits = {language: len(written & known) for language, known in _LANGUAGES.items()}
    most = max(hits.values())
    return [language for language, count in hits.items() if count == most] if most else []
