"""Words for yes and no in each language: the data for reading answers to confirmation requests.

Phrases are separated by " | " or a line's end. Write them as people type them: case, apostrophes, Arabic vowel signs
and hamza seats, and Devanagari dots do not matter. Accents do, so list a phrase with and without them. A number stands
for any number. A new language is an entry here and a file of examples in
tests/message/confirmation/answers/.

All languages are read together, so a word that is a yes in one of them and a no, or an ordinary word, in another must
not be listed under ``yes``. Left out for that reason, or because they do not answer ("I see", "go on"):

* "si": Spanish without its accent and French, but "is not" in Swahili. It counts with words that are only Spanish.
* "na": Hindi for no, Swahili for "and". "ha", "ji", "ya", "ah", "ee": interjections and particles of several languages.
* "la": Arabic and Swahili for no, and a French and Spanish article: a no only where it stands alone.
* "ok", "sure", "d'accord", "vale", "sawa", "ठीक है", "تمام", "right", "correct": they acknowledge what was said.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AnswerWords:
    """One language's phrases.

    ``yes``: a yes, before a stop or the line's end. ``affirms``: the same without a word for yes; after a no it belongs
    to the no ("no, certainly", "no fui yo"). ``yes_alone``: a yes only as the whole line. ``no``: a no, whatever
    follows. ``no_alone``: a no before a stop or the line's end. ``neither``: begins with a word for yes or no but is
    neither ("no problem"); with a stop at its end, only before that stop. ``denies``: takes back the yes before it.
    """

    yes: str
    no: str
    affirms: str = ""
    yes_alone: str = ""
    no_alone: str = ""
    neither: str = ""
    denies: str = ""


_ENGLISH = AnswerWords(
    yes="""
    yes | yess | yeah | yep | yup | yea | aye | yes pls | yes please | yes please do | yes thanks | yes thank you
    yes thanks a lot | yes thank you very much | yes sir | yes maam | yes of course | yes indeed | yes definitely
    yes absolutely | yes certainly | yes sure | yes correct | yes confirmed | yes confirm | yes i confirm | yes i do
    yes i am | yes i did | yes it is | yes it was | yes it was me | yes that was me | yes thats me | yes its me
    yes it is me | yes this is me | yes its mine | yes it is mine | yes thats mine | yes this is mine | yes mine
    yes i wrote it | yes i wrote this | yes i wrote that | yes i wrote this letter | yes i sent it | yes i sent this
    yes this is my address | yes its my address | yes it is my address | yes this is my email | yes please send it
    yes send it | yeah it was me | yeah thats me | yeah i did | yep it was me | yep thats me | yep i did
    yup it was me
    """,
    affirms="""
    of course | of course i did | of course it was me | certainly | absolutely | definitely | sure i did | for sure
    i confirm | confirmed | i did | i wrote it | i wrote this | i wrote that | i wrote this letter | it was me
    that was me | its me | it is me | its mine | it is mine | thats mine | this is mine | this is my address
    """,
    no="""
    no | nope | nah | noo | of course not | certainly not | absolutely not | definitely not
    """,
    no_alone="never | never ever | negative",
    neither="""
    no problem | no problems | no prob | no probs | no problemo | no worries | no worry | no doubt | no doubts
    no bother | no trouble | no biggie | no big deal | no issue | no issues | no sweat | no stress | no drama
    no rush | no hurry | no fear | no wonder | no matter | no question | no questions | no objection | no objections
    no comment | no idea | no clue | no need | no harm | no hard feelings | no pressure | no kidding | no joke
    no lie | no cap | no offence | no offense | no one | no longer | no more | no sooner | no later | no less
    no other | no news | no change | no changes | no reply | no subject | no text | no message | no mistake | no luck
    no excuse | no excuses | no apologies | no use | no wait | no 1 | no. 1 | no or yes | no dont delete
    no dont destroy | never mind
    """,
    denies="""
    not | never | right | wrong | as if | just kidding | but no | but not | but i did not | but i didnt
    but it was not | but it wasnt | but it is not | but its not | but this is not | i did not | i didnt | it was not
    it wasnt | it is not | its not | that was not | that wasnt | that is not | thats not | this is not | this was not
    this wasnt
    """,
)

_ARABIC = AnswerWords(
    yes="""
    نعم | نعم نعم | نعم من فضلك | نعم لو سمحت | نعم شكرا | نعم شكرا لك | نعم انا | نعم هذا انا | نعم أنا كتبتها
    نعم أنا كتبته | نعم أنا من كتبها | نعم كتبتها | نعم كتبتها أنا | نعم انا ارسلتها | نعم أرسلتها | نعم هذه رسالتي
    نعم هي لي | نعم هذا عنواني | نعم أؤكد | نعم بالتأكيد | نعم طبعا | نعم اكيد | أجل | ايوه | ايوة | ايوا | أيوا | بلى
    إي نعم | naam | naam naam | naam shukran | naam min fadlak | naam ana | naam ana katabtuha | aiwa | aywa | aiwah
    aywah | ewa
    """,
    affirms="""
    بالتأكيد | بالطبع | طبعا | أكيد | tabaan | akeed | انا كتبتها | أنا من كتبها | أنا كتبته | هذه رسالتي | هذا عنواني
    أؤكد ذلك | أؤكد
    """,
    no="""
    لا | لأ | لالا | طبعا لا | بالطبع لا | بالتأكيد لا | أكيد لا | la shukran | la la | la2 | la lam aktub
    """,
    no_alone="la | laa | كلا | كلا كلا | kalla | أبدا | ابدا",
    neither="""
    لا مشكلة | لا مشاكل | لا بأس | لا باس | لا شك | لا ريب | لا داعي | لا تقلق | لا تقلقي | لا تقلقوا | لا أحد
    لا يهم | لا عليك | لا عليكم | لا مانع | لا خلاف | لا بد | لا شيء | لا سيما | لا غير | لا زلت | لا يزال | لا أزال
    لا زال | لا شكر على واجب | لا إله إلا الله | لا حول ولا قوة إلا بالله | لا تنس | لا تنسوا | لا أعرف | لا أعلم
    لا أدري | لا أفهم | لا أتذكر | لا تحذف | لا تحذفوا | لا تحذفها | لا تحذفوها | لا تمسح | لا تتلف | لا تتلفوا
    لا تتلفوها | مافي مشكلة | ما في مشكلة | مفيش مشكلة | la mushkila | la mushkilah | la moshkila | la baas | la bas
    la shak | la taqlaq | naam:
    """,
    denies="""
    لم | لست | ليس | ليست | مش | مو | ولكن لم | لكن لم | لكني لم | لكنني لم | ولكني لم | لكن ليس | لكن ليست | ولكن ليس
    لكن لا | ولكن لا | ما كتبت | ما كتبتها
    """,
)

_SPANISH = AnswerWords(
    yes="""
    sí | sip | sí sí | sí por favor | sí porfavor | sí porfa | sí gracias | sí muchas gracias | sí claro | sí señor
    sí señora | sí fui yo | sí he sido yo | sí soy yo | sí es mía | sí es mío | sí es mi carta | sí lo escribí
    sí la escribí | sí la escribí yo | sí lo escribí yo | sí yo la escribí | sí yo lo escribí
    sí yo escribí esta carta | sí la mandé yo | sí lo mandé yo | sí la envié yo | sí lo envié yo | sí yo la envié
    sí confirmo | sí lo confirmo | sí confirmado | sí es mi dirección | sí es mi correo | sí por supuesto
    sí desde luego | sí correcto | si por favor | si porfavor | si porfa | si gracias | si muchas gracias | si claro
    si señor | si señora | si por supuesto
    """,
    affirms="""
    claro | claro claro | por supuesto | desde luego | claro que sí | claro que si | por supuesto que sí
    por supuesto que si | confirmo | lo confirmo | confirmado | fui yo | he sido yo | soy yo | la escribí yo
    yo la escribí | lo escribí yo | yo lo escribí | la escribi yo | yo la escribi | es mía | es mío | es mia | es mio
    """,
    yes_alone="""
    si fui yo | si soy yo | si he sido yo | si es mia | si es mía | si es mio | si es mío | si lo escribi
    si la escribi | si la escribi yo | si lo escribi yo | si yo la escribi | si yo lo escribi | si la envie yo
    si la mande yo | si confirmo | si lo confirmo | si es mi correo | si es mi direccion
    """,
    no="""
    no | nop | claro que no | por supuesto que no | desde luego que no | de ninguna manera | para nada | ni hablar
    """,
    no_alone="nunca | jamás | jamas | negativo",
    neither="""
    no hay problema | no hay ningún problema | no hay ningun problema | no hay inconveniente
    no hay ningún inconveniente | no hay lío | no hay de qué | no hay de que | no hay duda | no hay dudas
    no cabe duda | no cabe la menor duda | no pasa nada | no importa | no se preocupe | no se preocupen
    no te preocupes | no os preocupéis | no obstante | no solo | no sólo | no sé | no se | no lo sé | no lo se
    no sabría | no entiendo | no comprendo | no recuerdo | no me acuerdo | no lo recuerdo | no estoy seguro
    no estoy segura | no tengo problema | no tengo idea | no tengo inconveniente | no tengo ni idea | no tengo duda
    no tengo dudas | no faltaba más | no faltaba mas | no hace falta | no dude | no duden | no borre | no borren
    no la borre | no la borren | no lo borre | no lo borren | no destruya | no destruyan | no la destruyan
    no la destruya | no elimine | no eliminen | no la eliminen | no la elimine | no dia | sin problema | sin problemas
    sin ningún problema | sin duda | ningún problema | ningun problema
    """,
    denies="""
    nunca | pero no | pero yo no | pero ese no | pero eso no | pero esa no | yo no | mentira | ni de broma
    """,
)

_FRENCH = AnswerWords(
    yes="""
    oui | ouais | ouaip | oui oui | mais oui | oui merci | oui merci beaucoup | oui s'il vous plaît
    oui s'il vous plait | oui s'il te plaît | oui s'il te plait | oui svp | oui stp | oui bien sûr | oui bien sur
    oui tout à fait | oui tout a fait | oui absolument | oui certainement | oui c'est moi | oui c'est bien moi
    oui c'était moi | oui c'etait moi | oui c'est le mien | oui c'est la mienne | oui c'est ma lettre
    oui c'est bien ma lettre | oui c'est mon adresse | oui c'est bien mon adresse | oui je confirme
    oui je le confirme | oui confirmé | oui je l'ai écrite | oui je l'ai écrit | oui je l'ai ecrite
    oui je l'ai ecrit | oui j'ai écrit cette lettre | oui j'ai ecrit cette lettre | oui c'est moi qui l'ai écrite
    oui c'est moi qui l'ai écrit | oui madame | oui monsieur | ouais c'est moi
    """,
    affirms="""
    bien sûr | bien sur | bien sûr que oui | bien sur que oui | tout à fait | tout a fait | absolument | c'est moi
    c'est bien moi | c'est moi qui l'ai écrite | c'est moi qui l'ai écrit | je confirme | je le confirme
    c'est bien ma lettre | c'est bien mon adresse
    """,
    no="""
    non | nenni | que nenni | bien sûr que non | bien sur que non | certainement pas | absolument pas | pas du tout
    sûrement pas | surement pas | mais non
    """,
    no_alone="nan | jamais | jamais de la vie",
    neither="""
    non seulement | non plus | non sans | non pas que | pas de problème | pas de probleme | pas de souci
    pas de soucis | pas de pb | pas de doute | pas de quoi | aucun problème | aucun probleme | aucun souci
    sans problème | sans probleme | sans souci | sans doute | aucun doute
    """,
    denies="""
    pas | jamais | mais non | mais pas | mais ce n'est pas | mais c'est pas | mais ce n'était pas | mais je n'ai pas
    mais j'ai pas | mais je n'ai rien | ce n'est pas | c'est pas | ce n'était pas | je n'ai pas | j'ai pas
    je n'ai rien
    """,
)

_HINDI = AnswerWords(
    yes="""
    हाँ | हा | हाँ हाँ | हाँ जी | हाँजी | जी हाँ | जी हा | हाँ कृपया | हाँ धन्यवाद | हाँ शुक्रिया | हाँ बिल्कुल
    हाँ मैंने लिखा | हाँ मैंने लिखा है | हाँ मैंने ही लिखा है | हाँ मैंने लिखी है | हाँ मैंने ही लिखी है
    हाँ मैंने भेजा है | हाँ यह मेरा है | हाँ ये मेरा है | हाँ यह मेरी है | हाँ मेरा है | हाँ मैं ही हूँ
    हाँ यह मैं ही हूँ | हाँ यह मेरा पता है | हाँ यस | यस | haan | haa | haan ji | han ji | haanji | hanji | ji haan
    ji han | ji ha | ji haa | han | haan haan | haan bhai | haan please | haan bilkul | haan dhanyavad | haan shukriya
    haan maine likha | haan maine likha hai | haan maine hi likha hai | haan maine likhi hai | haan maine hi likhi hai
    haan maine bheja hai | haan mera hai | haan ye mera hai | haan yeh mera hai | haan yah mera hai
    haan main hi hoon | haan main hoon
    """,
    affirms="""
    बिल्कुल | बिलकुल | ज़रूर | अवश्य | bilkul | zaroor | zarur | मैंने लिखा है | मैंने ही लिखा है | मैंने ही लिखी है
    यह मैंने लिखा है | यह मैंने ही लिखा है | maine likha hai | maine hi likha hai | maine hi likhi hai
    """,
    no="""
    नहीं | नही | नहि | नहीँ | जी नहीं | जी नही | बिल्कुल नहीं | बिलकुल नहीं | बिल्कुल नही | हरगिज़ नहीं | कभी नहीं
    नो | nahi | nahin | nahee | nhi | nahii | ji nahi | ji nahin | ji nhi | bilkul nahi | bilkul nahin | kabhi nahi
    """,
    no_alone="ना | न | ना ना | naa",
    neither="""
    कोई बात नहीं | कोई बात नही | कोई समस्या नहीं | कोई समस्या नही | कोई दिक्कत नहीं | कोई दिक्कत नही | कोई शक नहीं
    नो प्रॉब्लम | नो प्रोब्लम | koi baat nahi | koi baat nahin | koi bat nahi | koi problem nahi | koi problem nahin
    koi dikkat nahi | koi dikkat nahin | koi shak nahi
    """,
    denies="""
    मैंने नहीं | मैंने नही | लेकिन नहीं | लेकिन मैंने नहीं | पर मैंने नहीं | मगर मैंने नहीं | यह मेरा नहीं
    ये मेरा नहीं | यह मेरी नहीं | maine nahi | maine nahin | lekin nahi | lekin maine nahi | par maine nahi
    ye mera nahi | yeh mera nahi
    """,
)

_SWAHILI = AnswerWords(
    yes="""
    ndiyo | ndio | ndiyo ndiyo | ndio ndio | ndiyo tafadhali | ndio tafadhali | ndiyo asante | ndio asante
    ndiyo asante sana | ndio asante sana | ndiyo ni mimi | ndio ni mimi | ndiyo mimi | ndio mimi | ndiyo ni yangu
    ndio ni yangu | ndiyo niliandika | ndio niliandika | ndiyo nimeandika | ndio nimeandika | ndiyo niliandika mimi
    ndio niliandika mimi | ndiyo mimi niliandika | ndio mimi niliandika | ndiyo mimi ndiye niliyeandika
    ndio mimi ndiye niliyeandika | ndiyo ni barua yangu | ndio ni barua yangu | ndiyo ni anwani yangu
    ndio ni anwani yangu | ndiyo nathibitisha | ndio nathibitisha | ndiyo kabisa | ndio kabisa | ndiyo bila shaka
    ndio bila shaka | ndiyo bwana | ndio bwana | naam ni mimi
    """,
    affirms="""
    bila shaka | hakika | ni mimi | ni mimi niliyeandika | mimi niliandika | nimeandika mimi | niliandika mimi
    ni yangu | nathibitisha
    """,
    no="""
    hapana | hapana hapana | siyo | sio | la hasha | hata kidogo | kamwe
    """,
    no_alone="la | laa",
    neither="""
    hapana shida | hapana tatizo | hapana shaka | hapana neno | hakuna matata | hakuna shida | hakuna tatizo
    hakuna shaka | hakuna wasiwasi | hakuna neno | haina shida | haina neno | haina tatizo | sio tatizo | siyo tatizo
    sio shida | siyo shida | sio mbaya | siyo mbaya | sio vibaya | bila wasiwasi | hamna shida | hamna tatizo
    """,
    denies="""
    si | sikuandika | sijaandika | sikutuma | lakini si | lakini sio | lakini siyo | lakini hapana | lakini sikuandika
    lakini sijaandika
    """,
)

LANGUAGES: dict[str, AnswerWords] = {
    "en": _ENGLISH,
    "ar": _ARABIC,
    "es": _SPANISH,
    "fr": _FRENCH,
    "hi": _HINDI,
    "sw": _SWAHILI,
}
"""By BCP 47 tag."""

ATTRIBUTION = """
    wrote | writes | said | escribió | escribio | a écrit | a ecrit | كتب | كتبت | ने लिखा | aliandika | ameandika
    schrieb | scrisse | ha scritto | escreveu | napisał | skrev | schreef | пише | написал | 写道 | のメッセージ
"""
"""The verbs in the line that mail programs put above a quotation: "On Monday, Omar wrote:"."""
