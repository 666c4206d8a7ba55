"""Words of attributions ("On … wrote:") in many languages, by their role."""

from __future__ import annotations

from typing import NamedTuple

from relay.anonymise.names.fold import skeleton_of

SOMEBODY = "…"
"""Stands for a person whose identity must not be shown."""

# One row per language: verbs | auxiliaries of such a verb | words in a date | words right before a name.
_ROWS = """
en | wrote writes said says spake | has thus | on at the of in sent date | from by user quoting
de | schrieb schreibt geschrieben | hat folgendes wie folgt | am um vom den der dem | hat zitat
fr | écrit écrivait écrivit | a le suivant ceci | le à a du vers | par
es | escribió escribio escribe escrito | ha lo siguiente | el la las los de del a | citando
pt | escreveu escreve escrito | o seguinte | em às as a à ao aos de do no na dia s terça segunda quarta quinta sexta |
it | scritto scrive scrisse | ha | il giorno alle ore del in data |
nl | schreef schrijft geschreven | het volgende heeft | op om de | heeft citeren
sv | skrev skriver skrivit | har följande | den kl klockan d på | citerar
da | skrev skriver skrevet | følgende har | den klokken dato kl |
nb | skrev skriver skrevet | følgende har | den klokken dato kl |
nn | skreiv skriv | følgjande har | den klokka kl |
fi | kirjoitti kirjoittaa | seuraavaa | klo kello | käyttäjä lainaus
pl | napisał napisała pisze napisano napisana | a się wiadomość | w dniu dnia o godz godzinie roku r | użytkownik przez
cs | napsal napsala píše | a | dne v ve | odesílatel uživatel cituji
sk | napísal napísala píše | a | dňa v | používateľ
hu | írta írja | ezt a következőt időpont dátum | keltezéssel | felhasználó
ro | scris | a | în la data ora pe | utilizatorul
ru | написал написала пишет писал писала писали | а | в г | пользователь от цитирование
uk | пише написав написала писали | ла | о об на р | від користувач
be | піша напісаў напісала | | у аб г | карыстальнік ад
bg | написа | | на в г | от потребителят
el | έγραψε γράφει | | στις τις την | ο η χρήστης
tr | yazdı yazdi yazmış | şunu şunları | tarihinde saat günü tarih | kişisi
az | yazdı yazıb | bunu bunları | tarixində saat | istifadəçi
kk | жазды жазған | деп | күні сағат жылы |
ky | жазды жазган | деп | күнү саат жылы |
uz | yozdi yozgan | | kuni soat |
tg | навишт | | соати рӯзи | аз
mn | бичсэн бичив | | өдөр цагт |
ar | كتب كتبت كتابة وكتب | تمت ما يلي تم كتب كتبت ت | في بتاريخ الساعة يوم تاريخ عند | بواسطة
fa | نوشت نوشته نوشتند | است | در تاریخ ساعت | توسط
ps | ولیکل لیکلي ولیکلل | | په نېټه | لخوا
ur | لکھا | نے | بروز بتاریخ کو بجے |
he | כתב כתבה נכתב כתבו | ה ת/ה על ידי | בתאריך יום ב בשעה ביום ה | מאת
hi | लिखा लिखते | ने है | को दिनांक | द्वारा
mr | लिहिले लिहिलं | ने यांनी | रोजी वाजता | द्वारे
ne | लेख्नुभयो लेखे | ले | मा मिति | द्वारा
bn | লিখেছেন লিখেছে | | তারিখে |
gu | લખ્યું | એ | ના રોજ વાગ્યે |
pa | ਲਿਖਿਆ | ਨੇ | ਨੂੰ ਵਜੇ |
ta | எழுதியது எழுதினார் | | அன்று பிற்பகல் முற்பகல் மணிக்கு |
te | రాశారు వ్రాసారు వ్రాశారు | ఇలా | న తేదీన గంటలకు |
kn | ಬರೆದಿದ್ದಾರೆ ಬರೆದರು | ಅವರು | ರಂದು ಗಂಟೆಗೆ |
ml | എഴുതി | ഇങ്ങനെ | തീയതി ന് |
si | ලිව්වා ලියා ලිවීය ලියන ලද | ඇත | දින ට |
th | เขียนว่า เขียน | ได้ | เมื่อ วันที่ ในวันที่ เวลา ที่ วัน ใน ปี เดือน | โดย
lo | ຂຽນວ່າ ຂຽນ | ໄດ້ | ວັນທີ ເວລາ ເມື່ອ ວັນ ທີ ໃນ | ໂດຍ
km | បានសរសេរ សរសេរ | ថា | នៅ ថ្ងៃទី ម៉ោង ថ្ងៃ ទី ខែ ឆ្នាំ | ដោយ
my | ရေးခဲ့သည် ရေးသားခဲ့သည် ရေးသည် | | တွင် ရက် | က
vi | viết | đã | vào lúc ngày | bởi
id | menulis | telah | pada pukul tanggal jam hari | oleh
ms | menulis | telah | pada pukul tarikh jam hari | oleh
fil | sumulat isinulat | | noong nang ng |
sw | aliandika ameandika anaandika | | mnamo tarehe saa siku ya |
so | qoray qortay | ayaa | markay saacadda |
ha | rubuta | ya ta | ranar |
zu | ubhale wabhala | | ngo ngomhla |
am | ጽፏል ጽፈዋል ጽፋለች | እንዲህ ሲል | ላይ በ ቀን እ.ኤ.አ |
hy | գրել գրեց | է | ժամը օրը |
ka | დაწერა წერს მოგწერათ | | წ თარიღით |
zh | 写道 写到 | | 于 在 |
zh-Hant | 寫道 寫到 | | 於 在 |
ja | 書きました 書いた メール のメール さんからのメール | さんは さんが のは が は の | に |
ko | 작성 작성함 작성했습니다 썼습니다 글 | 쓴 님이 님께서 님의 이 가 에 | 에 |
hr | napisao napisala | je la | u |
bs | napisao napisala | je la | u dana |
sl | napisala napisal | je | v ob dne | je oseba
sr | написао написала | је ла | у дана |
sr-Latn | napisao napisala | je la | u dana |
mk | напиша | | на во |
sq | shkroi shkruajti | | më në ora datë |
ca | escriure escrit | va ha | el les |
gl | escribiu escribía | | o ás de ao |
eu | idatzi | du zuen hau hauxe erabiltzaileak e k ek |  |
et | kirjutas | | kell kuupäeval kuupäev | kasutaja
lt | rašė parašė | | d val |
lv | rakstīja | | plkst g gada | lietotājs
is | skrifaði ritaði | | þann kl |
ga | scríobh | | ar ag |
cy | ysgrifennodd | | ar am |
af | geskryf skryf | het | op om | het het
eo | skribis | | |
fy | skreau skriuwt | hat | op om |
br | skrivet | en he deus en/he | d an da d'an |
gd | sgrìobh | na leanas | air aig |
mt | kiteb kitbet kitbu | dan li ġej | fi ta ta' fl fil fis fit fid fir fix fiż l il f' nhar dakinhar |
"""

_I = """
    i ich je yo eu io ik jag jeg minä ja я ben انا أنا אני मैं tôi saya mimi 我 私 나
"""
_YOU = """
    you du sie vous tu tú usted ustedes vd você vocês lei jij u sinä ty ты вы ти ви sen siz أنت شما
    אתה את आप तुम bạn anda wewe 你 您 あなた 당신
"""
_OTHERS = """
    we he she they someone er wir nous il elle él ella ele ela lui hij zij han hon on ona мы он она мы він вона o
    هو هي من תו הוא היא वह 他 她
"""


class Row(NamedTuple):
    """The words of one language, folded. ``beside`` are auxiliaries of a verb, ``before`` stand right before a name.
    ``written`` are the verbs with their accents: Polish and Slovak verbs differ only by them."""

    written: frozenset[str]
    verbs: frozenset[str]
    beside: frozenset[str]
    dates: frozenset[str]
    before: frozenset[str]

    @classmethod
    def of(cls, row: str) -> tuple[str, Row]:
        """Parse a line of the table: the language, and its words."""
        language, *several = row.split("|")
        return language.strip(), cls(
            frozenset(several[0].split()), *(frozenset(skeleton_of(words).split()) for words in several)
        )


ROWS: dict[str, Row] = dict(Row.of(row) for row in _ROWS.strip().split("\n"))
"""The words of each language (BCP 47)."""

VERBS: dict[str, frozenset[str]] = {
    verb: frozenset[str]().union(*(row.beside for row in ROWS.values() if verb in row.verbs))
    for each in ROWS.values()
    for verb in each.verbs
}
"""Each verb that means "wrote", folded, and its auxiliaries."""

ONLY_LAST = frozenset({"wrote", "writes", "said", "says"})
"""Verbs that never precede the name; Said is a name."""

IN_DATES = frozenset[str]().union(*(row.dates for row in ROWS.values()))
"""Small words before and between the numbers of a date, folded."""

BEFORE_NAMES = frozenset[str]().union(*(row.before for row in ROWS.values()))
"""Words right before the name ("пользователь", "מאת"), folded."""

I_WROTE = frozenset(skeleton_of(_I).split())
"""Pronouns for the writer of the letter."""

YOU_WROTE = frozenset(skeleton_of(_YOU).split())
"""Pronouns for its reader."""

PRONOUNS = I_WROTE | YOU_WROTE | frozenset(skeleton_of(_OTHERS).split())
"""Pronouns and other words in place of a name. They identify nobody."""

# Chinese, Japanese and Korean write these without a blank after the preceding word.
GLUED = str.split("""
    写道 寫道 写到 寫到 書きました 書いた さんからのメール さんは さんが のメール メール 님이 님께서
    님의 작성했습니다 작성함 작성
""")
