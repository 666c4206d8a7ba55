"""The words around a name in the line above a quotation ("On … wrote:"), in many languages, by their use."""

from __future__ import annotations

from collections.abc import Iterator

from relay.anonymise.folding import skeleton_of

# One row a language: verbs | words that belong to such a verb | words of a date | words right before a name.
_ROWS = """
en | wrote writes said says | has | on at the of in sent date | from by user
de | schrieb schreibt geschrieben | hat folgendes wie folgt | am um vom den der dem | hat
fr | écrit écrivait écrivit | a le suivant ceci | le à a du vers | par
es | escribió escribio escribe escrito | ha lo siguiente | el la las los de del a |
pt | escreveu escreve escrito | o seguinte | em às as a à ao aos de do no na dia s terça segunda quarta quinta sexta |
it | scritto scrive scrisse | ha | il giorno alle ore del in data |
nl | schreef schrijft geschreven | het volgende heeft | op om de | heeft
sv | skrev skriver skrivit | har följande | den kl klockan d på |
da | skrevet | følgende har | klokken dato |
fi | kirjoitti kirjoittaa | seuraavaa | klo kello | käyttäjä
pl | napisał napisała pisze napisano napisana | a się wiadomość | w dniu dnia o godz godzinie roku r | użytkownik przez
cs | napsal napsala píše | a | dne v ve | odesílatel uživatel
sk | napísal napísala | a | dňa | používateľ
hu | írta írja | ezt a következőt időpont dátum | keltezéssel | felhasználó
ro | scris | a | în la data ora pe | utilizatorul
bg | написа | | на в | от потребителят
ru | написал написала пишет писал писала | а | в | пользователь от
uk | пише написав написала | ла | о об на | від користувач
el | έγραψε γράφει | | στις τις την | ο η χρήστης
tr | yazdı yazdi yazmış | şunu şunları | tarihinde saat günü tarih | kişisi
ar | كتب كتبت كتابة وكتب | تمت ما يلي تم كتب كتبت ت | في بتاريخ الساعة يوم تاريخ عند | بواسطة
fa | نوشت نوشته نوشتند | است | در تاریخ ساعت | توسط
ur | لکھا | نے | بروز بتاریخ کو بجے |
he | כתב כתבה נכתב כתבו | ה ת/ה על ידי | בתאריך יום ב בשעה ביום ה | מאת
hi | लिखा लिखते | ने है | को दिनांक | द्वारा
bn | লিখেছেন লিখেছে | | তারিখে |
ta | எழுதியது எழுதினார் | | அன்று பிற்பகல் முற்பகல் மணிக்கு |
th | เขียนว่า เขียน | ได้ | เมื่อ วันที่ ในวันที่ เวลา | โดย
vi | viết | đã | vào lúc ngày | bởi
id | menulis | telah | pada pukul tanggal jam hari | oleh
sw | aliandika ameandika anaandika | | mnamo tarehe saa siku ya |
zh | 写道 寫道 写到 寫到 | | 于 於 在 |
ja | 書きました 書いた メール のメール さんからのメール | さんは さんが の は が | に |
ko | 작성 작성함 작성했습니다 썼습니다 글 | 쓴 님이 님께서 님의 이 가 에 | 에 |
hr | napisao napisala | je la | u |
sl | napisala napisal | je | v ob dne | je oseba
sr | написао написала | је ла | у дана |
ca | escriure escrit | va ha | el les |
et | kirjutas | | kell kuupäeval | kasutaja
lt | rašė parašė | | d val |
lv | rakstīja | | plkst g | lietotājs
"""

_PRONOUNS = """
    i you we he she they someone ich du sie er wir je tu vous nous il elle yo tú usted él ella eu você
    ele ela io lei lui jij u hij zij jag han hon minä sinä ja ty on ona я ты вы он она мы ви він вона
    ben sen o siz انا أنت هو هي من תו אני אתה את הוא היא मैं आप वह tôi bạn saya anda mimi wewe 我 你 您
    他 她 私 あなた 나 당신
"""


def _rows() -> Iterator[tuple[frozenset[str], frozenset[str], frozenset[str], frozenset[str]]]:
    for row in skeleton_of(_ROWS).strip().split("\n"):
        _, verbs, beside, dates, before = (frozenset(words.split()) for words in row.split("|"))
        yield verbs, beside, dates, before


_READ = tuple(_rows())

VERBS: dict[str, frozenset[str]] = {
    verb: frozenset[str]().union(*(row[1] for row in _READ if verb in row[0])) for row in _READ for verb in row[0]
}
"""Each verb that says "wrote", folded, and the words that belong to it."""

ONLY_LAST = frozenset({"wrote", "writes", "said", "says"})
"""Verbs that never stand before the name; Said is a name."""

IN_DATES = frozenset[str]().union(*(row[2] for row in _READ))
"""Small words that stand before and between the numbers of a date, folded."""

BEFORE_NAMES = frozenset[str]().union(*(row[3] for row in _READ))
"""Words right before the name ("пользователь", "מאת"), folded."""

PRONOUNS = frozenset(skeleton_of(_PRONOUNS).split())

# Chinese, Japanese and Korean write these together with what stands before them.
GLUED = str.split("""
    写道 寫道 写到 寫到 書きました 書いた さんからのメール さんは さんが のメール メール 님이 님께서
    님의 작성했습니다 작성함 작성
""")
