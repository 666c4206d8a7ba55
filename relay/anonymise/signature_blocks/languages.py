"""Words in some thirty languages that mark the end of a letter and the beginning of quoted ones."""

from __future__ import annotations

ORIGIN_LABELS = (
    "from|sent|von|gesendet|de|envoyé|expéditeur|enviado|da|inviato|mittente|van|verzonden|från|skickat|fra|sendt"
    "|lähettäjä|od|wysłano|odesláno|feladó|από|от|отправлено|від|надіслано|gönderen|kimden|من|מאת|از|منجانب|प्रेषक"
    "|差出人|发件人|寄件者|보낸 ?사람|dari|từ|kutoka|date|datum"
)
"""Names of the first field in a header block above quoted history."""

CLOSINGS = frozenset(
    map(
        str.strip,
        str.split(
            """
    best regards · kind regards · warm regards · warmest regards · kindest regards · many regards · with regards ·
    with best regards · with kind regards · with warm regards · regards · rgds · best wishes · all best wishes ·
    with best wishes · warm wishes · warmly · all the best · all best · best · very best · my best · yours ·
    yours sincerely · yours truly · yours faithfully · sincerely · sincerely yours · very truly yours ·
    respectfully · respectfully yours · cordially · faithfully · gratefully · cheers · thanks · many thanks ·
    thanks again · thanks so much · thanks a lot · thanks and regards · thanks in advance · thank you ·
    thank you very much · thank you so much · thank you in advance · thank you and best regards · take care ·
    talk soon · speak soon · see you soon · see you · until then · until thursday · bye · ciao · love ·
    lots of love · much love · with love · hugs · xoxo · good luck · greetings · br · kr ·
    mit freundlichen grüßen · mit freundlichem gruß · mit besten grüßen · mit herzlichen grüßen ·
    mit lieben grüßen · mit vielen grüßen · freundliche grüße · freundlichen gruß · beste grüße · besten gruß ·
    liebe grüße · lieben gruß · herzliche grüße · herzlichst · viele grüße · viele liebe grüße · schöne grüße ·
    sonnige grüße · grüße · gruß · lg · vg · mfg · hochachtungsvoll · besten dank · vielen dank · danke · dein ·
    deine · ihr · ihre · bis bald · bis dann · alles gute · alles liebe · cordialement · bien cordialement ·
    très cordialement · cdt · bien à vous · bien à toi · sincèrement · salutations · meilleures salutations ·
    sincères salutations · salutations distinguées · avec mes salutations distinguées · amicalement · amitiés ·
    bises · bisous · à bientôt · à plus · merci · merci beaucoup · merci d'avance · bonne journée ·
    belle journée · bonne soirée · respectueusement · avec toute mon amitié · saludos · saludos cordiales ·
    un saludo · un cordial saludo · un saludo cordial · un fuerte saludo · cordialmente · atentamente ·
    muy atentamente · atte · un abrazo · abrazos · un fuerte abrazo · besos · con cariño · gracias ·
    muchas gracias · mil gracias · hasta pronto · cordiali saluti · distinti saluti · un cordiale saluto ·
    un caro saluto · cari saluti · saluti · tanti saluti · un saluto · un abbraccio · a presto · grazie ·
    grazie mille · con i migliori saluti · in fede · atenciosamente · cordiais saudações ·
    com os melhores cumprimentos · melhores cumprimentos · cumprimentos · saudações · abraço · um abraço ·
    abraços · beijos · obrigado · obrigada · muito obrigado · muito obrigada · att · até breve ·
    met vriendelijke groet · met vriendelijke groeten · met hartelijke groet · vriendelijke groet ·
    vriendelijke groeten · hartelijke groet · hartelijke groeten · groeten · groet · groetjes · veel liefs ·
    hoogachtend · mvg · bedankt · alvast bedankt · dank je wel · med vänliga hälsningar · vänliga hälsningar ·
    med vänlig hälsning · vänlig hälsning · bästa hälsningar · hälsningar · många hälsningar · varma hälsningar ·
    mvh · kram · tack · tack så mycket · tack på förhand · med venlig hilsen · venlig hilsen · kærlig hilsen ·
    med vennlig hilsen · vennlig hilsen · hilsen · ystävällisin terveisin · terveisin · z poważaniem ·
    z wyrazami szacunku · pozdrawiam · pozdrawiam serdecznie · serdecznie pozdrawiam · serdeczności ·
    pozdrowienia · dziękuję · z góry dziękuję · s pozdravem · s přátelským pozdravem · üdvözlettel · με εκτίμηση ·
    с уважением · с наилучшими пожеланиями · с наилучшими · с искренним уважением · с благодарностью ·
    с приветом · с любовью · искренне ваш · искренне ваша · всего доброго · всего хорошего · всего наилучшего ·
    до встречи · до свидания · спасибо · спасибо большое · заранее спасибо · з повагою ·
    з найкращими побажаннями · щиро ваш · щиро ваша · щиро · зі щирою повагою · на все добре · усього найкращого ·
    дякую · щиро дякую · до зустрічі · saygılarımla · saygılarımızla · en iyi dileklerimle · iyi dileklerimle ·
    iyi günler · iyi çalışmalar · sevgiler · sevgilerimle · selamlar · teşekkürler · teşekkür ederim ·
    görüşmek üzere · kolay gelsin · wako mwaminifu · wako · wako mtiifu · wako katika ujenzi wa taifa ·
    kwa heshima · kwa heri · heshima zangu · salamu · salamu nyingi · asante · asante sana · ahsante ·
    ahsante sana · nakutakia kila la heri · kila la heri · hormat saya · hormat kami · dengan hormat · salam ·
    salam hangat · salam hormat · terima kasih · terima kasih banyak · trân trọng · trân trọng kính chào ·
    trân trọng cảm ơn · kính thư · thân mến · thân ái · thân · cảm ơn · xin cảm ơn · chân thành cảm ơn ·
    chào thân ái · مع التحية · مع أطيب التحيات · مع خالص التحية · مع خالص تحياتي · مع تحياتي · تحياتي ·
    خالص تحياتي · أطيب التحيات · أطيب تحياتي · مع أطيب التمنيات · وتفضلوا بقبول فائق الاحترام ·
    وتفضلوا بقبول فائق الاحترام والتقدير · تفضلوا بقبول فائق الاحترام · مع الاحترام · مع فائق الاحترام ·
    مع الشكر · شكرا · شكرا لك · شكرا جزيلا · مع الشكر والتقدير · والسلام عليكم ·
    والسلام عليكم ورحمة الله وبركاته · بكل احترام · با احترام · با سپاس · با تشکر · با تشکر فراوان · ارادتمند ·
    ارادتمند شما · با احترام فراوان · با بهترین آرزوها · دوستدار شما · سپاسگزارم · ممنون · والسلام · آپ کا مخلص ·
    آپ کی مخلص · مخلص · نیک تمناؤں کے ساتھ · شکریہ · بہت شکریہ · خیر اندیش · احترام کے ساتھ · بے حد شکریہ ·
    בברכה · בברכה חמה · בכבוד רב · בתודה · בתודה מראש · תודה · תודה רבה · כל טוב · שלך · בהוקרה · בברכת חברים ·
    सादर · सादर प्रणाम · आपका · आपकी · आपका शुभचिंतक · शुभकामनाओं सहित · शुभकामनाएँ · भवदीय · भवदीया · धन्यवाद ·
    धन्यवाद सहित · बहुत धन्यवाद · नमस्कार · সাদর · よろしくお願いいたします · よろしくお願いします ·
    よろしくお願い致します · 宜しくお願いいたします · 宜しくお願いします · 宜しくお願い致します ·
    どうぞよろしくお願いいたします · どうぞよろしくお願いします · 何卒よろしくお願いいたします ·
    何卒よろしくお願い申し上げます · よろしくお願い申し上げます · 引き続きよろしくお願いいたします ·
    今後ともよろしくお願いいたします · 敬具 · 草々 · かしこ · では · それでは · では、また · またね ·
    ありがとうございます · ありがとうございました · 此致 · 敬礼 · 敬禮 · 此致敬礼 · 祝好 · 顺祝商祺 · 順頌商祺 ·
    祝您一切顺利 · 祝你一切顺利 · 祝一切顺利 · 祝一切順利 · 祝工作顺利 · 祝学习进步 · 祝您生活愉快 · 谢谢 · 謝謝 ·
    多谢 · 非常感谢 · 致敬 · 致以问候 · 敬上 · 谨上 · 敬祝 · 祝福 · 감사합니다 · 고맙습니다 · 안녕히 계세요 ·
    감사드립니다 · 이만 줄이겠습니다 · 건강하세요 · 드림 · 올림
    """,
            "·",
        ),
    )
)
"""Closing formulas, in lower case, without punctuation at the end."""

POSTSCRIPT: tuple[str, ...] = (
    "p.s",
    "ps:",
    "ps.",
    "ps ",
    "p. s",
    "pps",
    "p.p.s",
    "n.b",
    "nb:",
    "nb ",
    "з.ы",
    "з. і",
    "附言",
    "追伸",
)
POSTSCRIPT += ("又及", "附：", "ملاحظة", "ملحوظة", "נ.ב", "נ״ב", 'נ"ב', "پ.ن", "पुनश्च", "추신", "tb:", "not:")

GREETINGS = (
    *("dear ", "hi ", "hello ", "hey ", "hallo ", "liebe ", "lieber ", "sehr geehrte", "guten ", "bonjour", "chère "),
    *(
        "cher ",
        "salut ",
        "hola ",
        "querid",
        "estimad",
        "caro ",
        "cara ",
        "gentile ",
        "ciao ",
        "olá",
        "prezad",
        "beste ",
    ),
    *("hej ", "kära ", "drog", "szanown", "cześć ", "уважаем", "дорог", "здравствуй", "привет", "шановн", "вітаю"),
    *("sayın ", "merhaba", "sevgili ", "habari", "mpendwa", "ndugu ", "yth", "kepada ", "halo ", "kính gửi", "chào "),
    *(
        "عزيز",
        "السلام عليكم",
        "مرحبا",
        "سلام ",
        "محترم",
        "שלום",
        "היי",
        "प्रिय",
        "नमस्ते",
        "尊敬的",
        "亲爱的",
        "你好",
        "您好",
    ),
    *("親愛", "拝啓", "안녕하세요", "친애하는"),
)
"""Beginnings of the first line of a letter."""
