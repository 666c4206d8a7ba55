"""Phrases of absence messages, by language: how such a message names itself, and what it says.

Each row is LANGUAGE KIND: phrases, separated by " | ". A "*" is a gap of up to sixty characters within one sentence. Kinds:
``subject`` the beginning of a subject that only programs write, before a colon or a dash · ``title`` one that people write,
too · ``auto`` says that nobody wrote this · ``away`` the author is away · ``urgent`` whom to turn to meanwhile · ``access``
mail is not read, or answered late.

Sources: the subjects that Outlook, Exchange, Gmail, Lotus Notes and Horde write in each language (2026), and the sample
messages that these programs and universities publish for their users.
"""

# ruff: noqa: E501 -- rows of words

from __future__ import annotations

ROWS = """
en subject: automatic reply | auto reply | auto-reply | autoreply | auto response | auto-response | automated reply
en subject: automated response | automatic response | out of office | out of office autoreply | out of office reply
en subject: away from my mail | vacation reply | vacation message
en title: away from the office | away from office
en subject: i am out of the office | out of the office
en title: on leave | on annual leave | on holiday | on vacation | i am away
en auto: this is an auto* reply | this is an auto* response | this is an auto* message | this is an auto* e-mail
en auto: this is an auto* email | auto*generated reply | auto*generated response | auto*generated message
en away: i am* out of the office | i'm* out of the office | i am* out of office | i'm* out of office | i will be out of
en away: i am* on annual leave | i'm* on annual leave | i am* on leave | i'm* on leave | i am* on vacation | i'm* on vacation
en away: i am* on holiday | i'm* on holiday | i am* on maternity | i am* on parental | i am* on sick leave
en away: i am* away from | i'm* away from | i am* away until | i'm* away until | i will be away | i'll be away
en away: i am travelling | i am traveling | i am* out until | our office is closed | the office is closed
en away: i am* not in the office | i will return on | i return on | i will be back on | currently unavailable
en urgent: urgent * contact | urgent matters | urgent enquir | urgent inquir | urgent request | is urgent
en urgent: in an emergency | immediate assistance | immediate attention | in my absence | during my absence
en access: limited access to * mail | no access to * mail | not have access to * mail | without access to * mail
en access: limited access to email | no access to email | limited internet | not be checking | intermittent access
en access: will not be read | not be monitored | upon my return | on my return | when i return | once i return
en access: may be delayed | not be forwarded | as soon as i get back | delayed response | slow to respond

de subject: automatische antwort | automatische rückantwort | automatische rückmeldung | abwesenheitsnotiz
de subject: abwesenheitsnachricht | abwesenheitsmeldung | abwesenheitsassistent | autoreply
de title: abwesenheit | abwesend
de subject: autoantwort
de title: außer haus | nicht im büro | im urlaub | urlaub bis
de auto: dies ist eine automati* | diese nachricht wurde automatisch | diese e-mail wurde automatisch
de auto: automatisch erzeugte | automatisch generierte | automatische abwesenheits
de away: ich bin* nicht im büro | ich bin* außer haus | ich bin* im urlaub | ich bin* abwesend | ich bin* in elternzeit
de away: bin ich* nicht im büro | bin ich* im urlaub | bin ich* abwesend | bin ich* außer haus | bin ich* nicht erreichbar
de away: ich befinde mich* im urlaub | ich bin* nicht erreichbar | ich bin* wieder erreichbar | bin ich* wieder
de away: ich bin* nicht am arbeitsplatz | unser büro ist* geschlossen | ich bin* wieder im büro
de urgent: in dringenden | dringende anfragen | dringende fälle | wenden sie sich* an | in meiner abwesenheit
de urgent: im notfall | während meiner abwesenheit | kontaktieren sie* | bei dringend
de access: nicht gelesen | nicht weitergeleitet | keinen zugriff auf | eingeschränkt* zugriff | nicht regelmäßig
de access: nach meiner rückkehr | verzögert | melde mich* nach | sobald ich zurück | nur unregelmäßig

fr subject: réponse automatique | absence du bureau | absent du bureau | absente du bureau | absent(e) du bureau
fr subject: message d'absence | message automatique
fr title: absence | en congé | en congés | en vacances | hors du bureau
fr subject: notification d'absence
fr title: je suis absent | je suis absente
fr auto: ceci est un message automatique | ceci est une réponse automatique | réponse automatique | message automatique
fr auto: message* généré automatiquement | courriel automatique
fr away: je suis* absent | je serai* absent | je suis* en congé | je suis* en vacances | je suis* hors du bureau
fr away: je suis* en déplacement | je serai* en congé | je serai* de retour | actuellement absent | nos bureaux sont fermés
fr urgent: en cas d'urgence | pour toute urgence | toute demande urgente | en mon absence | pendant mon absence
fr urgent: si votre demande est urgente | question urgente | vous pouvez contacter | veuillez contacter | merci de contacter
fr access: n'aurai pas accès | n'ai pas accès | accès limité | accès très limité | à mon retour | dès mon retour
fr access: ne sera pas transféré | ne seront pas lus | ne consulterai pas | pas accès à mes

es subject: respuesta automática | fuera de la oficina
es title: fuera de oficina | ausencia | ausente | de vacaciones
es subject: mensaje automático | estoy fuera de la oficina | respuesta de ausencia
es auto: esta es una respuesta automática | este es un mensaje automático | respuesta automática | mensaje automático
es away: estoy* fuera de la oficina | estaré* fuera | me encuentro* fuera | estoy* de vacaciones | estaré* de vacaciones
es away: estoy* de baja | estoy* de permiso | me encuentro* de vacaciones | estoy* ausente | estaré* ausente
es urgent: en caso de urgencia | para asuntos urgentes | si es urgente | si su consulta es urgente | en mi ausencia
es urgent: durante mi ausencia | cualquier urgencia | póngase en contacto | puede contactar | por favor contacte
es access: no tendré acceso | acceso limitado | a mi regreso | a mi vuelta | cuando regrese | sin acceso a

pt subject: resposta automática | fora do escritório
pt title: ausência do escritório | ausência temporária | ausente | em férias
pt subject: mensagem automática
pt title: de férias | ausência
pt auto: esta é uma resposta automática | esta é uma mensagem automática | resposta automática | mensagem automática
pt away: estou* fora do escritório | estarei* fora | estou* de férias | estarei* de férias | estou* em férias
pt away: estou* ausente | estarei* ausente | encontro-me* ausente | encontro-me* de férias | estou* de licença
pt urgent: em caso de urgência | para assuntos urgentes | assuntos urgentes | se for urgente | na minha ausência
pt urgent: durante a minha ausência | durante minha ausência | por favor contacte | entre em contato | entre em contacto
pt access: acesso limitado | não terei acesso | sem acesso ao | no meu regresso | quando regressar | quando retornar
pt access: ao meu retorno | assim que retornar

it subject: risposta automatica | fuori ufficio | messaggio automatico
it title: fuori sede | assenza | assente | in ferie
it subject: risposta di assenza
it title: sono in ferie
it auto: questa è una risposta automatica | questo è un messaggio automatico | risposta automatica | messaggio automatico
it away: sono* fuori ufficio | sarò* fuori ufficio | sono* in ferie | sarò* in ferie | sono* assente | sarò* assente
it away: sono* fuori sede | sono* in vacanza | sono* in congedo | gli uffici sono chiusi | l'ufficio è chiuso
it urgent: in caso di urgenza | per urgenze | per questioni urgenti | per comunicazioni urgenti | in mia assenza
it urgent: durante la mia assenza | potete contattare | può contattare | si prega di contattare | rivolgersi a
it access: accesso limitato | non avrò accesso | non potrò leggere | al mio rientro | al mio ritorno | non sarà letta

nl subject: automatisch antwoord | afwezigheidsbericht
nl title: afwezig | afwezigheid | niet aanwezig | niet op kantoor
nl subject: automatische reactie | out of office
nl title: met vakantie | op vakantie
nl auto: dit is een automati* | automatisch gegenereerd* bericht | automatisch antwoord
nl away: ik ben* niet aanwezig | ik ben* afwezig | ik ben* op vakantie | ik ben* met vakantie | ik ben* niet op kantoor
nl away: ben ik* afwezig | ben ik* op vakantie | ben ik* met verlof | ik ben* met verlof | ben ik* niet bereikbaar
nl urgent: voor dringende | bij spoed | in dringende gevallen | tijdens mijn afwezigheid | neem dan contact op
nl urgent: kunt u contact opnemen | voor urgente | kunt u terecht bij
nl access: beperkt toegang | geen toegang tot | na mijn terugkeer | bij terugkomst | wordt niet doorgestuurd
nl access: lees mijn mail niet | niet gelezen | zodra ik terug ben

sv subject: autosvar | automatiskt svar | frånvaromeddelande
sv title: frånvaro | ej på plats | på semester | frånvarande
sv auto: detta är ett auto* | automatgenererat | automatiskt svar | autosvar
sv away: jag är* på semester | jag är* frånvarande | jag är* tjänstledig | jag är* föräldraledig | jag är* inte på kontoret
sv away: jag har semester | jag är* ledig | jag är* bortrest | jag är åter | jag är tillbaka
sv urgent: vid brådskande | i brådskande | brådskande ärenden | kontakta* under tiden | vänligen kontakta | i min frånvaro
sv access: begränsad tillgång | inte tillgång till | läser inte | läses inte | när jag är tillbaka | när jag kommer tillbaka
sv access: när jag är åter

da subject: automatisk svar | autosvar | fraværsbesked
da title: fraværende | ikke til stede | på ferie | fravær
da auto: dette er et auto* | automatisk genereret | automatisk svar | autosvar
da away: jeg er* på ferie | jeg holder* ferie | jeg er* fraværende | jeg er* ikke på kontoret | jeg er* på orlov
da away: jeg er* på barsel | jeg er* ikke til stede | jeg er* tilbage
da urgent: hvis det haster | i hastende tilfælde | hastende henvendelser | i mit fravær | kontakt venligst
da urgent: er du velkommen til at kontakte | kan du kontakte
da access: begrænset adgang | ikke adgang til | læser ikke | når jeg er tilbage | når jeg vender tilbage

nb subject: automatisk svar | autosvar
nb title: fraværende | fravær | ikke til stede | på ferie | borte fra kontoret
nb auto: dette er et auto* | automatisk generert | automatisk svar | autosvar
nb away: jeg er* på ferie | jeg har ferie | jeg er* borte | jeg er* ikke på kontoret | jeg er* i permisjon
nb away: jeg er* fraværende | jeg er* tilbake | jeg er* bortreist
nb urgent: hvis det haster | ved hastesaker | hastesaker | i mitt fravær | vennligst kontakt | ta kontakt med
nb access: begrenset tilgang | ikke tilgang til | leser ikke | når jeg er tilbake | når jeg kommer tilbake

fi subject: automaattinen vastaus | poissaoloviesti | automaattivastaus
fi title: poissa | lomalla | poissaoloilmoitus
fi auto: tämä on automaatti* | automaattinen vastaus | automaattivastaus
fi away: olen* lomalla | olen* poissa | olen* vapaalla | olen* matkoilla | olen* tavoitettavissa | en ole* tavoitettavissa
fi away: olen* vuosilomalla | palaan töihin | olen* virkavapaalla
fi urgent: kiireellisissä | kiireelliset asiat | kiireisissä | ota yhteyttä | ottakaa yhteyttä | poissaoloni aikana
fi access: en lue | en pääse | palattuani | kun palaan | rajoitetusti | satunnaisesti

is subject: sjálfvirkt svar
is auto: þetta er sjálfvirkt svar | sjálfvirkt svar
is away: ég er* í fríi | ég er* í sumarfríi | ég er* ekki við | ég er* fjarverandi
is urgent: ef erindið er áríðandi | ef málið er brýnt | hafið samband við | vinsamlegast hafið samband
is access: þegar ég kem aftur | takmarkaðan aðgang

pl subject: odpowiedź automatyczna | automatyczna odpowiedź | poza biurem | autoodpowiedź
pl title: nieobecność | urlop
pl subject: informacja o nieobecności
pl title: jestem na urlopie
pl auto: to jest automatyczna | to jest wiadomość automatyczna | wiadomość wygenerowana automatycznie
pl auto: automatyczna odpowiedź | wiadomość została wygenerowana automatycznie
pl away: jestem* na urlopie | przebywam* na urlopie | jestem* nieobecn | jestem* poza biurem | przebywam* poza
pl away: będę* nieobecn | będę* na urlopie | jestem* na zwolnieniu | wracam do pracy
pl urgent: w pilnych sprawach | w sprawach pilnych | sprawach niecierpiących zwłoki | pod moją nieobecność
pl urgent: podczas mojej nieobecności | proszę o kontakt | proszę kontaktować się | w nagłych przypadkach
pl access: ograniczony dostęp | nie mam dostępu | nie będę miał | nie będę miała | po powrocie | po moim powrocie

cs subject: automatická odpověď | mimo kancelář | oznámení o nepřítomnosti
cs title: nepřítomnost | dovolená
cs auto: toto je automatická | automaticky generovan | automatická odpověď
cs away: jsem* mimo kancelář | jsem* na dovolené | jsem* nepřítom | jsem* mimo | budu* mimo | čerpám dovolenou
cs away: nejsem* v kanceláři | nejsem* k zastižení
cs urgent: v naléhavých | v neodkladných | v urgentních | v mé nepřítomnosti | obraťte se na | kontaktujte* prosím
cs urgent: prosím kontaktujte | v případě potřeby
cs access: omezený přístup | nemám přístup | nebudu mít přístup | po návratu | po mém návratu

sk subject: automatická odpoveď
sk title: mimo kancelárie | neprítomnosť | dovolenka
sk auto: toto je automatická | automaticky generovan | automatická odpoveď
sk away: som* mimo kancelárie | som* na dovolenke | som* neprítom | čerpám dovolenku | nie som* v kancelárii
sk urgent: v naliehavých | v súrnych | v urgentných | počas mojej neprítomnosti | obráťte sa na | kontaktujte* prosím
sk urgent: prosím kontaktujte
sk access: obmedzený prístup | nemám prístup | nebudem mať prístup | po návrate | po mojom návrate

hu subject: automatikus válasz | távolléti értesítés | automatikus üzenet
hu title: házon kívül | szabadságon | távollét
hu auto: ez egy automatikus | automatikusan generált | automatikus válasz
hu away: szabadságon vagyok | szabadságon leszek | házon kívül vagyok | távol vagyok | távol leszek | nem vagyok az irodában
hu away: irodán kívül | szabadságomat töltöm
hu urgent: sürgős esetben | sürgős ügyben | halaszthatatlan | távollétemben | távollétem alatt | keresse* kollég
hu access: nem érem el | korlátozottan | visszatérésem után | visszatértem után | nem olvasom

ro subject: răspuns automat | mesaj automat
ro title: absent din birou | în concediu | absență
ro auto: acesta este un mesaj automat | acesta este un răspuns automat | răspuns automat | mesaj automat
ro away: sunt* în concediu | voi fi* în concediu | sunt* plecat | nu sunt* la birou | mă aflu* în concediu | lipsesc din birou
ro urgent: pentru urgențe | în caz de urgență | pentru probleme urgente | în lipsa mea | vă rog să contactați
ro urgent: vă rugăm să contactați | în absența mea
ro access: acces limitat | nu am acces | nu voi avea acces | la întoarcere | când mă întorc

bg subject: автоматичен отговор
bg title: извън офиса | в отпуск | отсъствие
bg auto: това е автоматичен отговор | това е автоматично | автоматично генерирано | автоматичен отговор
bg away: в отпуск съм | извън офиса съм | аз съм* в отпуск | ще бъда* в отпуск | ще отсъствам | отсъствам от
bg away: в момента съм* в отпуск | в момента съм* извън | намирам се* в отпуск
bg urgent: при спешност | по спешни въпроси | за спешни | в мое отсъствие | моля, свържете се | моля свържете се
bg urgent: моля, обърнете се | по време на отсъствието ми
bg access: ограничен достъп | нямам достъп | няма да имам достъп | след завръщането | когато се върна

el subject: αυτόματη απάντηση | μήνυμα απουσίας
el title: εκτός γραφείου | απουσία | σε άδεια
el auto: αυτό είναι ένα αυτόματο | αυτή είναι μια αυτόματη | αυτόματη απάντηση | αυτόματο μήνυμα
el away: βρίσκομαι* εκτός γραφείου | είμαι* εκτός γραφείου | βρίσκομαι* σε άδεια | είμαι* σε άδεια | θα απουσιάζω
el away: απουσιάζω από | θα βρίσκομαι* εκτός | είμαι* σε διακοπές
el urgent: για επείγον | σε επείγουσα | σε περίπτωση ανάγκης | κατά την απουσία μου | παρακαλώ επικοινωνήστε
el urgent: μπορείτε να επικοινωνήσετε | επικοινωνήστε με
el access: περιορισμένη πρόσβαση | δεν έχω πρόσβαση | δεν θα έχω πρόσβαση | με την επιστροφή μου | όταν επιστρέψω

ru subject: автоматический ответ
ru title: автоответ | нет на месте | вне офиса | в отпуске | отсутствие | я в отпуске
ru subject: автоматическое уведомление
ru auto: это автоматический ответ | это автоматическое | автоматически сгенерированн | автоматический ответ
ru auto: письмо сформировано автоматически | сообщение создано автоматически
ru away: я* в отпуске | нахожусь* в отпуске | нахожусь* вне офиса | я* отсутствую | буду отсутствовать | я* в командировке
ru away: нахожусь* в командировке | меня нет в офисе | меня не будет | вышла в декрет | в настоящее время отсутствую
ru urgent: по срочным вопросам | в срочных случаях | по неотложным | в случае необходимости | в мое отсутствие
ru urgent: в моё отсутствие | на время моего отсутствия | обращайтесь к | просьба обращаться | свяжитесь с
ru access: ограниченный доступ | нет доступа к | не имею доступа | после возвращения | по возвращении | когда вернусь
ru access: после выхода из отпуска

uk subject: автоматична відповідь
uk title: немає на місці | поза офісом | у відпустці | відсутність | автовідповідь
uk auto: це автоматична відповідь | це автоматичне | автоматично згенерован | автоматична відповідь
uk away: я* у відпустці | перебуваю* у відпустці | перебуваю* поза офісом | я* відсутн | буду відсутн | мене немає в офісі
uk away: я* у відрядженні | мене не буде
uk urgent: у термінових | з термінових | у невідкладних | за моєї відсутності | під час моєї відсутності | звертайтеся до
uk urgent: зв'яжіться з | звертайтесь до
uk access: обмежений доступ | не маю доступу | не матиму доступу | після повернення | коли повернуся

hr subject: automatski odgovor
hr title: izvan ureda | na godišnjem odmoru | odsutnost | odsustvo
hr auto: ovo je automatsk* | automatski generiran | automatski odgovor
hr away: nisam* u uredu | na godišnjem sam odmoru | izvan ureda sam | odsutan sam | odsutna sam | bit ću odsut
hr away: na godišnjem odmoru sam | ja sam na godišnjem | na odmoru sam | van kancelarije sam | nisam* u kancelariji
hr urgent: u hitnim slučajevima | za hitne | u slučaju hitnosti | u mojoj odsutnosti | za vrijeme moje odsutnosti
hr urgent: molim kontaktirajte | molim vas kontaktirajte | molimo kontaktirajte | obratite se
hr access: ograničen pristup | nemam pristup | neću imati pristup | po povratku | kad se vratim

sr subject: аутоматски одговор
sr title: ван канцеларије | на годишњем одмору | одсуство
sr auto: ово је аутоматск* | аутоматски генерисан | аутоматски одговор
sr away: нисам* у канцеларији | на годишњем одмору сам | ван канцеларије сам | одсутан сам | одсутна сам | на одмору сам
sr urgent: у хитним случајевима | за хитне | у мом одсуству | за време мог одсуства | обратите се | контактирајте
sr access: ограничен приступ | немам приступ | по повратку | кад се вратим | када се вратим

sl subject: samodejni odgovor | avtomatski odgovor
sl title: odsotnost | na dopustu | izven pisarne
sl auto: to je samodejn* | to je avtomatsk* | samodejni odgovor
sl away: sem* na dopustu | sem* odsot | nisem* v pisarni | na dopustu sem | odsoten sem | odsotna sem
sl urgent: v nujnih primerih | za nujne | v moji odsotnosti | v času moje odsotnosti | prosim kontaktirajte | obrnite se
sl access: omejen dostop | nimam dostopa | ne bom imel dostopa | po vrnitvi | ko se vrnem

mk subject: автоматски одговор
mk title: надвор од канцеларија | на одмор
mk auto: ова е автоматск* | автоматски одговор
mk away: јас сум* на одмор | на годишен одмор сум | не сум* во канцеларија | отсутен сум | отсутна сум | сум на одмор
mk urgent: за итни | во итни случаи | во мое отсуство | обратете се | контактирајте
mk access: ограничен пристап | немам пристап | кога ќе се вратам | по враќањето

sq subject: përgjigje automatike
sq title: jashtë zyre | me pushime
sq auto: kjo është një përgjigje automatike | ky është një mesazh automatik | përgjigje automatike
sq away: jam* me pushime | jam* jashtë zyre | nuk jam* në zyrë | do të jem* me pushime
sq urgent: për çështje urgjente | në raste urgjente | në mungesën time | ju lutem kontaktoni | ju lutemi kontaktoni
sq access: qasje të kufizuar | nuk kam qasje | kur të kthehem | pas kthimit

et subject: automaatvastus | automaatne vastus
et title: kontorist väljas | puhkusel
et auto: see on automaat* | automaatvastus
et away: olen* puhkusel | viibin* puhkusel | olen* kontorist väljas | olen* eemal | viibin* eemal | viibin* lähetuses
et urgent: kiireloomulis | kiiretes küsimustes | kiirete küsimuste | minu äraolekul | palun pöörduge | võtke ühendust
et access: piiratud ligipääs | ei loe | naasmisel | kui naasen | pärast naasmist

lv subject: automātiskā atbilde | automātiska atbilde
lv title: prombūtnē | atvaļinājumā | ārpus biroja
lv auto: šī ir automātisk* | automātiskā atbilde | automātiski ģenerēt
lv away: esmu* atvaļinājumā | atrodos* atvaļinājumā | esmu* prombūtnē | atrodos* prombūtnē | neesmu* birojā | būšu prombūtnē
lv urgent: steidzamos gadījumos | steidzamības gadījumā | steidzamu jautājumu | manas prombūtnes laikā | lūdzu sazinieties
lv urgent: lūdzu, sazinieties | vērsieties pie
lv access: ierobežota piekļuve | nav piekļuves | pēc atgriešanās | kad atgriezīšos

lt subject: automatinis atsakymas | automatinis atsakiklis
lt title: nėra biure | atostogose | atostogauju | nesu biure
lt auto: tai automatinis | tai yra automatinis | automatinis atsakymas | automatiškai sugeneruot
lt away: šiuo metu* atostog | atostogauju | esu* atostogose | nesu* biure | esu* išvykęs | esu* išvykusi | būsiu atostogose
lt urgent: skubiais atvejais | skubos atveju | skubiais klausimais | man nesant | mano nebuvimo metu | prašau kreiptis
lt urgent: prašome kreiptis | kreipkitės
lt access: ribota prieiga | neturiu prieigos | neturėsiu galimybės | grįžęs | grįžusi | kai grįšiu

tr subject: otomatik yanıt | otomatik cevap
tr title: ofis dışında | izindeyim | ofis dışındayım | yıllık izin
tr auto: bu bir otomatik | bu otomatik | otomatik olarak oluşturul | otomatik yanıt
tr away: izindeyim | yıllık izindeyim | ofis dışındayım | ofiste değilim | izinde olacağım | tatildeyim | ofis dışında olacağım
tr away: yıllık izinde olacağım | izinli olacağım
tr urgent: acil durumlarda | acil durumda | acil konular | yokluğumda | iletişime geçebilir | iletişime geçiniz
tr access: sınırlı erişim | erişimim olmayacak | erişimim kısıtlı | döndüğümde | dönüşümde | ulaşamayacağım

az subject: avtomatik cavab
az title: ofisdə deyiləm | məzuniyyətdəyəm
az auto: bu avtomatik | avtomatik cavab
az away: məzuniyyətdəyəm | ofisdə deyiləm | ezamiyyətdəyəm | məzuniyyətdə olacağam
az urgent: təcili hallarda | təcili məsələ | əlaqə saxlayın | mən olmadıqda
az access: qayıdandan sonra | qayıtdıqdan sonra | məhdud

ar subject: رد تلقائي | رد آلي | الرد التلقائي
ar title: خارج المكتب | في إجازة | إجازة
ar auto: هذا رد تلقائي | هذه رسالة تلقائية | هذا رد آلي | هذه رسالة آلية | رد تلقائي
ar away: أنا* في إجازة | أنا* خارج المكتب | سأكون* في إجازة | سأكون* خارج المكتب | أنا غير متواجد | أتواجد خارج المكتب
ar away: أنا خارج | إنني في إجازة | متواجد حاليا خارج
ar urgent: في الحالات العاجلة | للأمور العاجلة | في حالة الطوارئ | للضرورة | في غيابي | أثناء غيابي | يرجى التواصل مع
ar urgent: يرجى الاتصال
ar access: وصول محدود | لن أتمكن من | عند عودتي | بعد عودتي | لا أستطيع الاطلاع

he subject: תשובה אוטומטית | מענה אוטומטי | הודעת היעדרות
he title: מחוץ למשרד | בחופשה
he auto: זוהי תשובה אוטומטית | זוהי הודעה אוטומטית | זהו מענה אוטומטי | תשובה אוטומטית
he away: אני* בחופשה | אני* מחוץ למשרד | אני* נמצא בחופשה | אני* נמצאת בחופשה | אהיה* בחופשה | אינני במשרד | אני לא במשרד
he away: אני* בחופשת | אעדר מהמשרד
he urgent: במקרים דחופים | לעניינים דחופים | במקרה דחוף | בהיעדרי | בזמן היעדרותי | ניתן לפנות | אנא פנו
he access: גישה מוגבלת | אין לי גישה | לא תהיה לי גישה | עם שובי | כשאחזור | בשובי

fa subject: پاسخ خودکار
fa title: خارج از دفتر | در مرخصی | مرخصی
fa auto: این یک پاسخ خودکار | این یک پیام خودکار | پاسخ خودکار
fa away: در مرخصی هستم | خارج از دفتر هستم | در مرخصی خواهم بود | در دسترس نیستم | در سفر هستم | در دفتر نیستم
fa urgent: در موارد ضروری | در موارد فوری | در صورت فوریت | در غیاب من | لطفا با | لطفاً با
fa access: دسترسی محدود | دسترسی ندارم | پس از بازگشت | وقتی برگردم | بعد از بازگشت

ur subject: خودکار جواب
ur title: دفتر سے باہر | چھٹی پر
ur auto: یہ ایک خودکار | خودکار جواب
ur away: میں* چھٹی پر ہوں | میں* دفتر سے باہر ہوں | چھٹی پر رہوں گا | دفتر میں موجود نہیں
ur urgent: فوری معاملات | فوری صورت | ہنگامی صورت | میری غیر موجودگی میں | رابطہ کریں
ur access: محدود رسائی | رسائی نہیں | واپسی پر | واپس آنے پر

hi subject: स्वचालित उत्तर | स्वचालित जवाब
hi title: कार्यालय से बाहर | अवकाश पर | छुट्टी पर
hi auto: यह एक स्वचालित | स्वचालित उत्तर | स्वचालित जवाब
hi away: मैं* छुट्टी पर हूँ | मैं* छुट्टी पर हूं | मैं* अवकाश पर | मैं* कार्यालय से बाहर | मैं* कार्यालय में नहीं | छुट्टी पर रहूँगा
hi away: छुट्टी पर रहूँगी | छुट्टी पर रहूंगा
hi urgent: आपात स्थिति | अत्यावश्यक | तत्काल सहायता | ज़रूरी काम | मेरी अनुपस्थिति में | संपर्क करें
hi access: सीमित पहुँच | सीमित पहुंच | लौटने पर | वापस आने पर | ईमेल नहीं देख

bn subject: স্বয়ংক্রিয় উত্তর
bn title: অফিসের বাইরে | ছুটিতে
bn auto: এটি একটি স্বয়ংক্রিয় | স্বয়ংক্রিয় উত্তর
bn away: আমি* ছুটিতে | আমি* অফিসের বাইরে | আমি* অফিসে নেই
bn urgent: জরুরি প্রয়োজনে | জরুরি বিষয়ে | আমার অনুপস্থিতিতে | যোগাযোগ করুন
bn access: ফিরে এসে | সীমিত | ইমেইল দেখতে পারব না

sw subject: jibu la kiotomatiki | jibu otomatiki | jibu la moja kwa moja
sw title: nje ya ofisi | likizo
sw auto: huu ni ujumbe wa kiotomatiki | hili ni jibu la kiotomatiki | hili ni jibu otomatiki | jibu la moja kwa moja
sw away: niko* likizo | nipo* likizo | niko* nje ya ofisi | nipo* nje ya ofisi | nitakuwa* likizo | nitakuwa* nje ya ofisi
sw away: nimeenda likizo | sipo ofisini
sw urgent: kwa dharura | kwa mambo ya dharura | kama ni dharura | wakati sipo | tafadhali wasiliana | wasiliana na
sw access: sitaweza kusoma | nitakaporudi | nikirudi | sitapata barua

id subject: balasan otomatis | pesan otomatis
id title: di luar kantor | sedang cuti | cuti
id auto: ini adalah balasan otomatis | ini adalah pesan otomatis | balasan otomatis | pesan otomatis
id away: saya* sedang cuti | saya* di luar kantor | saya* sedang berlibur | saya* tidak berada di kantor | saya* akan cuti
id away: saya* sedang tidak di kantor
id urgent: untuk hal mendesak | untuk keperluan mendesak | dalam keadaan darurat | selama saya | silakan hubungi
id urgent: urusan mendesak | hal yang mendesak
id access: akses terbatas | tidak dapat mengakses | setelah saya kembali | saat saya kembali | ketika saya kembali

ms subject: balasan automatik | mesej automatik
ms title: di luar pejabat | bercuti
ms auto: ini adalah balasan automatik | ini adalah mesej automatik | balasan automatik
ms away: saya* bercuti | saya* di luar pejabat | saya* tidak berada di pejabat
ms urgent: untuk urusan segera | perkara segera | sila hubungi | semasa ketiadaan saya
ms access: akses terhad | apabila saya kembali | selepas saya kembali

tl subject: awtomatikong tugon
tl title: wala sa opisina
tl auto: ito ay awtomatikong | awtomatikong tugon
tl away: ako ay* wala sa opisina | ako ay* nakabakasyon | naka-leave ako | wala ako sa opisina
tl urgent: kung agaran | para sa agarang | kung urgent | mangyaring makipag-ugnayan | makipag-ugnayan kay
tl access: pagbalik ko | limitadong access

vi subject: trả lời tự động | thư trả lời tự động
vi title: vắng mặt | nghỉ phép | không có mặt tại văn phòng
vi auto: đây là thư trả lời tự động | đây là email tự động | đây là thư tự động | trả lời tự động
vi away: tôi* đang nghỉ phép | tôi* không có mặt tại văn phòng | tôi* vắng mặt | tôi* đi công tác | tôi* sẽ nghỉ phép
vi urgent: trường hợp khẩn cấp | việc khẩn cấp | vấn đề khẩn cấp | việc gấp | khi tôi vắng mặt | vui lòng liên hệ
vi access: hạn chế truy cập | không thể truy cập | không kiểm tra email | khi tôi trở lại | sau khi trở lại

th subject: ตอบกลับอัตโนมัติ | การตอบกลับอัตโนมัติ
th title: ไม่อยู่ที่สำนักงาน | ลาพักร้อน
th auto: นี่คือการตอบกลับอัตโนมัติ | ข้อความอัตโนมัติ | ตอบกลับอัตโนมัติ
th away: ฉัน*ไม่อยู่ที่สำนักงาน | ลาพักร้อน | ผม*ไม่อยู่ที่สำนักงาน | อยู่ระหว่างลา | อยู่ในช่วงลา | ไม่อยู่ที่ออฟฟิศ
th urgent: กรณีเร่งด่วน | เรื่องด่วน | หากมีเรื่องด่วน | โปรดติดต่อ | กรุณาติดต่อ
th access: เมื่อกลับมา | ไม่สามารถเข้าถึง | หลังจากกลับ

zh subject: 自动答复 | 自动回复 | 自動回覆 | 自動回復
zh title: 外出 | 不在办公室 | 不在辦公室 | 休假 | 请假
zh auto: 这是自动回复 | 这是一封自动回复 | 此邮件为自动回复 | 自动回复 | 自動回覆 | 這是自動 | 系统自动发送 | 系統自動發送
zh away: 我正在休假 | 我目前不在办公室 | 我目前不在辦公室 | 正在休假 | 我在休假 | 我不在办公室 | 我不在辦公室 | 外出期间 | 外出期間 | 休假中
zh away: 我正在度假 | 我将外出 | 我將外出 | 出差在外 | 年假
zh urgent: 如有紧急 | 如有緊急 | 如有急事 | 紧急情况 | 緊急情況 | 请联系 | 請聯繫 | 請聯絡 | 请联络
zh access: 无法及时 | 無法及時 | 无法查看 | 無法查看 | 回来后 | 回來後 | 返回后 | 尽快回复 | 盡快回覆

ja subject: 自動応答 | 自動返信 | 不在通知 | 不在のお知らせ
ja title: 不在 | 休暇中
ja auto: 自動応答です | 自動返信です | 自動返信メール | 自動的に送信 | 自動応答メール | 自動送信
ja away: 不在にして | 休暇を取 | 休暇中です | 不在です | 休暇をいただ | 出張のため | 外出しており | 休みをいただ | 不在となり
ja urgent: お急ぎの | 緊急の | 急ぎの場合 | 至急の | までご連絡 | へご連絡 | 不在中は
ja access: 戻り次第 | 返信が遅れ | メールを確認できません | 確認でき | 戻ってから | 出社後 | 復帰後

ko subject: 자동 회신 | 자동회신 | 자동 응답 | 자동응답 | 부재 알림
ko title: 부재중 | 부재 중 | 휴가 중
ko auto: 자동 회신 메일 | 자동 응답 메일 | 자동으로 발송 | 자동 회신입니다 | 자동응답 메시지 | 자동 응답입니다
ko away: 부재중입니다 | 부재 중입니다 | 휴가 중입니다 | 휴가중입니다 | 휴가로 | 출장 중입니다 | 출장중입니다 | 사무실에 없 | 자리를 비
ko urgent: 급한 용무 | 긴급한 | 급한 사항 | 급하신 | 부재 중에는 | 연락 주시기 | 연락해 주시기 | 에게 문의
ko access: 복귀 후 | 돌아온 후 | 확인이 어렵 | 이메일 확인이 | 회신이 늦 | 답변이 늦

ca subject: resposta automàtica
ca title: fora de l'oficina | de vacances | absència
ca auto: aquest és un missatge automàtic | aquesta és una resposta automàtica | resposta automàtica
ca away: soc* de vacances | sóc* de vacances | estic* de vacances | sóc* fora de l'oficina | soc* fora | estaré* fora | estic* absent
ca urgent: en cas d'urgència | per a qüestions urgents | per temes urgents | en la meva absència | durant la meva absència
ca urgent: podeu contactar
ca access: accés limitat | no tindré accés | quan torni | a la meva tornada

gl subject: resposta automática
gl title: fóra da oficina
gl auto: esta é unha resposta automática
gl away: estou* de vacacións | atópome* fóra | estarei* fóra
gl urgent: en caso de urxencia | para asuntos urxentes | na miña ausencia
gl access: cando volva | acceso limitado | ao meu regreso

eu subject: erantzun automatikoa
eu title: bulegotik kanpo
eu auto: hau erantzun automatikoa da | mezu automatikoa
eu away: oporretan nago | bulegotik kanpo nago | kanpoan nago
eu urgent: presazko kasuetan | premiazko | nire ordez | jarri harremanetan
eu access: itzultzean | itzultzen naizenean

cy subject: ymateb awtomatig | ateb awtomatig
cy title: allan o'r swyddfa
cy auto: ymateb awtomatig yw hwn | neges awtomatig
cy away: rwyf* allan o'r swyddfa | rydw i* ar wyliau | rwyf* ar wyliau | dwi* ar wyliau
cy urgent: ar gyfer materion brys | os yw'n fater brys | cysylltwch â
cy access: pan fyddaf yn dychwelyd | mynediad cyfyngedig

ga subject: freagra uathoibríoch
ga title: as oifig
ga auto: is freagra uathoibríoch | teachtaireacht uathoibríoch
ga away: tá mé* as oifig | tá mé* ar saoire | beidh mé* as oifig
ga urgent: ábhar práinneach | cás práinneach | déan teagmháil
ga access: nuair a fhillfidh mé | ar fhilleadh

af subject: outomatiese antwoord
af title: buite kantoor | met verlof
af auto: hierdie is 'n outomatiese | outomatiese antwoord
af away: ek is* met verlof | ek is* uit die kantoor | ek is* nie in die kantoor | ek is* op vakansie
af urgent: vir dringende | in my afwesigheid | kontak asseblief
af access: beperkte toegang | wanneer ek terug | by my terugkeer

ka subject: ავტომატური პასუხი
ka title: ოფისის გარეთ
ka auto: ეს არის ავტომატური | ავტომატური პასუხი
ka away: შვებულებაში ვარ | ვიმყოფები* შვებულებაში | არ ვარ ოფისში
ka urgent: სასწრაფო შემთხვევაში | გადაუდებელ | დაუკავშირდით
ka access: დაბრუნების შემდეგ | შეზღუდული

hy subject: ավտոմատ պատասխան
hy title: գրասենյակից դուրս
hy auto: սա ավտոմատ | ավտոմատ պատասխան
hy away: արձակուրդում եմ | գրասենյակում չեմ | գործուղման մեջ եմ
hy urgent: հրատապ | շտապ դեպքերում | խնդրում եմ դիմել | կապվել
hy access: վերադառնալուց հետո | սահմանափակ

kk subject: автоматты жауап
kk title: кеңседен тыс
kk auto: бұл автоматты | автоматты жауап
kk away: демалыстамын | еңбек демалысында | кеңседе жоқпын | іссапардамын
kk urgent: шұғыл жағдайда | шұғыл мәселе | хабарласыңыз
kk access: оралған соң | қайтып келген

am subject: ራስ-ሰር ምላሽ
am title: ከቢሮ ውጭ
am auto: ይህ ራስ-ሰር | ራስ-ሰር ምላሽ
am away: በእረፍት ላይ ነኝ | ከቢሮ ውጭ ነኝ | እረፍት ላይ ነኝ
am urgent: ለአስቸኳይ | አስቸኳይ ጉዳይ | እባክዎ ያነጋግሩ
am access: ስመለስ

ta subject: தானியங்கு பதில்
ta title: அலுவலகத்திற்கு வெளியே
ta auto: இது ஒரு தானியங்கு | தானியங்கு பதில்
ta away: நான்* விடுப்பில் | நான்* அலுவலகத்தில் இல்லை
ta urgent: அவசர | தொடர்பு கொள்ள
ta access: திரும்பியதும் | திரும்பி வந்த

eo subject: aŭtomata respondo
eo auto: tio ĉi estas aŭtomata | ĉi tio estas aŭtomata
eo away: mi* forestas | mi* ferias | mi estas* for de la oficejo
eo urgent: urĝaj aferoj | urĝe | dum mia foresto
eo access: post mia reveno | kiam mi revenos
"""
