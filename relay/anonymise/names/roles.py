"""Words of addresses and display names that identify nobody: roles, devices, brands, self-descriptions."""

from __future__ import annotations

# Words of local parts that identify nobody.
ROLE_WORDS = frozenset(
    str.split("""
    account accounting accounts admin billing business careers contact customer director editor education email
    enquiries events finance garden gardening general hello helpdesk hospital hostmaster information inquiries library
    mailbox manager marketing member mentor mentoring message newsletter noreply office office orders people personal
    photography postmaster president private reception registration research sales school science secretary security
    service services student students studio support teacher teaching treasurer volunteer volunteers webmaster welcome
    """)
)

# Words of local parts in examples ("you@company", "vorname.nachname@firma"): they stand for a person.
PLACEHOLDER_WORDS = frozenset(
    str.split("""
    you your yourname yourmail youraddress me myname name names first last firstname lastname surname forename given
    someone somebody anyone anybody sender recipient receiver to from example sample test user username applicant
    candidate recruiter employer john jane doe abc xyz xxx foo bar address
    vorname nachname max erika mustermann muster absender empfaenger beispiel
    prenom nom votrenom exemple expediteur destinataire candidat nombre apellido apellidos tunombre ejemplo remitente
    destinatario candidato nome cognome sobrenome seunome esempio exemplo mittente voornaam achternaam voorbeeld
    imie nazwisko przyklad jan kowalski fornamn efternamn exempel etunimi sukunimi esimerkki ad soyad ornek isim
    imya familiya primer jmeno prijmeni priklad
    имя фамилия пример вы иванов іван прізвище приклад όνομα επώνυμο παράδειγμα
    اسم الاسم اسمك مثال نام شما שם דוגמה नाम उदाहरण 名前 例 姓名 名字 例子 이름 예시 ten vidu nama contoh jina mfano
    """)
)

# "And" between the words of an employer's name: people write one for another, and "&".
CONJUNCTIONS = frozenset(
    str.split("""
    & + 'n' n and und u et y e i og och en ja ve si es a in un ir eta agus dhe и й та і да και կամ და و ו और এবং dan na
    和 与 與
    """)
)

# What else stands between the words of an employer's name: "Bank of Lindholm", "Schule für Gestaltung".
CONNECTIVES = frozenset(
    str.split("""
    , of the for at in on der die das des dem den fur von vom zu zur zum im am de du des la le les l d pour del los las
    el para do da dos das di della dello delle degli van voor het av af til till для при в на по имени
    """)
)

# Words of display names that identify nobody: self-descriptions, devices and mail programs.
NOT_A_PERSON = frozenset(
    str.split("""
    me myself self i you user guest owner home work private personal privat travail perso casa trabajo mum mom
    mummy dad daddy mama papa family the my mine a an of from and for at on main new old test unknown anonymous
    nobody someone info iphone ipad phone mobile android galaxy samsung huawei xiaomi pixel tablet laptop
    computer pc mac windows linux gmail googlemail google outlook hotmail microsoft exchange yahoo icloud apple
    proton protonmail gmx web aol mail email e account mailbox inbox relay alias reply replies no not do noreply
    donotreply list mailing mailer daemon online school college university class group club company firm ltd inc
    gmbh llc
    """)
)
