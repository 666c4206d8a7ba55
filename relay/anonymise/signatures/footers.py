"""Recognises what programs, providers, scanners, lists and legal departments put under a letter."""

from __future__ import annotations

import re
from collections.abc import Sequence

from relay.anonymise.signatures.lines import MAX_LINE, Line

# "Sent from my iPhone": what comes before the name of the device or program, and what comes after it.
_BEFORE = (
    r"sent (?:securely )?(?:from|via|with|by|using|through|on)|written (?:on|with)|typed (?:on|with)"
    r"|composed (?:on|with)"
    r"|get|download|von|gesendet (?:von|mit|aus|über|via)|diese (?:e-?mail|nachricht) wurde (?:von|mit)|mit"
    r"|holen sie sich"
    r"|verschickt (?:von|mit)|envoyé (?:de|depuis|à partir de|avec|via)|envoyée? (?:de|depuis)|obtenez|télécharge[rz]"
    r"|provenance ?:|enviado (?:desde|con|do|de|a partir do|pelo|via)|enviado|obtener|obtén|descarga[r]?|obter|baixe o"
    r"|inviato (?:da|dal|con|tramite)|ottieni|scarica"
    r"|(?:verzonden|verstuurd) (?:vanaf|met|vanuit|via)|download|skickat från"
    r"|skickades"
    r" från|hämta|sendt fra|lähetetty|wysłan[eoay] (?:z|za pomocą|przez)|pobierz|odesláno z|отправлено (?:с|из"
    r"|от|через)"
    r"|отправлен[оа]|скачать|надіслано (?:з|із|через)|imetumwa (?:kutoka|kwa)|dikirim (?:dari|melalui"
    r"|menggunakan)|unduh"
    r"|được gửi từ|đã gửi từ|gửi từ|tải|(?:أ?ُ?رسلت|ا?ُ?رسلت|تم ال[إا]رسال|مرسل|مرسلة) (?:من|باستخدام|عبر|بواسطة)"
    r"|الحصول على|ارسال شده (?:از|با)|ارسال‌شده از|فرستاده شده از|נשלח (?:מ|מה|באמצעות|על ידי)?-?"
    r"|发自|發自|发送自|來自|从|從|由|通过"
    r"|bu e-?posta|mera|मेरे|میرے|내|나의|私の"
)
_AFTER = (
    r"gesendet|verschickt|versendet|geschrieben|herunterladen|holen|gönderildi|gönderilmiştir|indirin|edinin|から送信"
    r"|より送信|から送信されました|を入手|から送信しました|で送信"
    r"|에서 보냄|에서 전송|에서 발송|보냄|से भेजा गया|से भेजा|प्राप्त करें"
    r"|سے بھیجا گیا|سے بھیجی گئی|ارسال شد|ارسال شده|发送|傳送|寄出|发出|發送|télécharger|verzonden|skickat|lähetetty"
)
_DEVICE = re.compile(
    r"i-?phone|i-?pad|i-?pod|apple watch|android|galaxy|samsung|huawei|xiaomi|redmi|oneplus|pixel|nokia|xperia|motorola"
    r"|\bmoto\b|oppo\b|\bvivo\b|realme|honor\b|infinix|tecno|itel\b|fairphone|blackberry|outlook|gmail|yahoo"
    r"|ymail|\bmail\b"
    r"|e-?mail|proton|tutanota|\btuta\b|gmx|web\.de|t-online|freenet|fairmail|k-9|aquamail|blue ?mail|\bspark\b"
    r"|mailspring"
    r"|thunderbird|windows|smartphone|phone\b|mobile|\bmobil|handy|telefon|téléphone|teléfono|móvil|celular|telefono"
    r"|cellulare|tablet|device|appareil|gerät|dispositivo|устройств|телефон|смартфон|почт|simu|ponsel|hp saya"
    r"|điện thoại"
    r"|هاتف|جوال|موبايل|آيفون|الايفون|گوشی|آیفون|نייד|נייד|אייפון|फ़ोन|फोन|मोबाइल|فون|手机|手機|电脑|携帯|スマートフォン|휴대폰"
    r"|휴대전화|아이폰|갤럭시|icloud|hey\.com|superhuman|zoho|mail\.ru|яндекс|orange|sfr\b|laposte|libero|seznam|ukr\.net"
    r"|qq|163|naver",
    re.IGNORECASE,
)
_LINK_AT_END = re.compile(r"[ \t]*[<(\[]?(?:https?://|www\.)[^\s<>()]{1,200}[>)\]]?[.]?$")
_APOLOGY = re.compile(
    r"[.,;:–—-]* *(?:so )?(?:please |pls |bitte |merci d'|disculp|sorry )(?:excuse|forgive|pardon|ignore"
    r"|entschuldig|excuser)?"
    r".{0,60}$|[.,;:–—-]* *(?:excuse|forgive|pardon) .{0,60}$",
    re.IGNORECASE,
)
_SENT_BEFORE = re.compile(rf"(?:{_BEFORE})(?=[\s\xa0\d\"'A-Z]|[^\x00-\x7f])", re.IGNORECASE)
_SENT_AFTER = re.compile(rf"(?:{_AFTER})$", re.IGNORECASE)
# Verbs and questions that make a sentence about such a line out of it.
_SAYING = re.compile(
    r"[?？؟]|\b(?:is|are|was|were|to|that|this|which|please|you|i|ist|sind|war|das|dass|ich|du|est|qui|que|je|es|yo|è"
    r"|не|это|eu|and then|where|when|will|can|could|should|must|has|have|had)\b",
    re.IGNORECASE,
)

_PROVIDERS = re.compile(
    r"yahoo mail ?: ?search, organi[sz]e, conquer|yahoo mail ?: ?busca|yahoo mail ?: ?rechercher|all lines open"
    r"|get your free e-?mail|gmx - die|web\.de freemail|freemail[^\n]{0,40}(?:web\.de|gmx)|kostenlos[^\n]{0,60}gmx"
    r"|(?:diese|this|cet|este|questa)[^\n]{0,40}(?:avast|avg|norton|kaspersky|eset|bitdefender|mcafee|avira"
    r"|sophos|nod32)"
    r"|(?:virus|malware|viren|вирус|ウイルス|病毒|فيروس|वायरस|virüs)[^\n]{0,80}(?:avast|avg|norton|kaspersky|eset|bitdefender"
    r"|mcafee|avira|sophos|nod32|scanner|checked|free\b|geprüft)"
    r"|(?:avast|avg|norton|kaspersky|eset|bitdefender|mcafee|avira|nod32)[^\n]{0,80}(?:virus|viren|malware|вирус"
    r"|ウイルス|病毒)"
    r"|virus-free\.|virenfrei\.|sans virus\.|libre de virus|priva di virus|virusvrij|scanned by mailscanner"
    r"|this message has"
    r" been scanned|no virus found in this|^(?:https?://)?(?:www\.)?(?:avast|avg)\.com"
    r"|_{0,40}[^\n]{0,60}\bmailing list(?:\s\S{1,80}@\S{1,80})?$|/mailman[\w.-]*/listinfo|/listinfo/"
    r"|to unsubscribe from this (?:group|list)"
    r"|you received this message because you are subscribed|to view this discussion (?:on the web|visit)"
    r"|(?:to post|visit this group)[^\n]{0,60}(?:e-?mail|@|http)|sie erhalten diese (?:e-?mail|nachricht), weil"
    r"|vous recevez ce message car|unsubscribe ?: ?<?(?:https?|mailto):|list-?info ?: ?http|manage your subscription"
    r"|(?:please )?(?:consider|think (?:of|about)) the environment before printing|save (?:a tree"
    r"|paper)[^\n]{0,60}print"
    r"|bitte prüfen sie[^\n]{0,60}(?:ausgedruckt|ausdruck)|denken sie an die umwelt|pensez à l'environnement"
    r"|antes de imprimir"
    r"|before printing this|prima di stampare|avant d'imprimer|перед печатью|scanned for viruses",
    re.IGNORECASE,
)


# One of these is in every such line: most lines are sorted out by them, at little cost.
_HINTS = tuple(
    str.split("""
    virus viren virüs malware вирус ウイルス 病毒 فيروس वायरस avast avg norton kaspersky eset bitdefender mcafee
    avira sophos nod32 yahoo gmx web.de freemail free listinfo list unsubscribe subscri discussion post visit erhalten
    recevez print umwelt environment imprim stampare печат paper tree prüfen scanned open
    """)
)


def is_device_line(words: str) -> bool:
    """Is the whole line "Sent from my iPhone", "Get Outlook for Android" or the like, in one of thirty languages?"""
    if len(words) > 120:
        return False
    bare = _APOLOGY.sub("", _LINK_AT_END.sub("", words)).strip(" .!*_-–—[]()<>\u200e\u200f")
    before, after = _SENT_BEFORE.match(bare), _SENT_AFTER.search(bare)
    if not bare or not (before or after) or not _DEVICE.search(bare):
        return False
    rest = bare[before.end() if before else 0 : after.start() if after else len(bare)]
    return len(rest.split()) <= 7 and not _SAYING.search(rest)


def is_footer_line(words: str) -> bool:
    """Is this a line that a mail program, a provider, a virus scanner or a mailing list added?"""
    if is_device_line(words):
        return True
    low = words.lower()
    if len(words) > 3 * MAX_LINE or not any(hint in low for hint in _HINTS):
        return False
    return bool(_PROVIDERS.search(words)) and not _PERSONAL.search(words)


_LEGAL = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?:e-?mail|message|communication|transmission|information)\b[^.\n]{0,120}\b(?:confidential|privileged)\b",
        r"\bconfidential(?:ity)? (?:notice|and|information|note)|\bdisclaimer\b|\blegal notice\b|\bimportant notice\b",
        r"\bintended (?:solely |only |exclusively )*(?:for|to)\b|\bsolely for the (?:use|addressee|person|intended)",
        r"\bnot (?:the|an) (?:intended|named|correct)? ?(?:recipient|addressee)|\bin error\b|\bby mistake\b",
        r"\bunauthori[sz]ed (?:use|copying|disclosure|review|access)|\bstrictly prohibited\b"
        r"|\bdo not (?:necessarily )?represent",
        r"\b(?:delete|destroy) (?:it|this|the) (?:e-?mail|message|from|and)|\bdelete it\b|\bnotify (?:the sender|us)\b",
        r"\bregistered (?:in|office|address|number|charity|company|under)\b|\bcompany (?:no|number"
        r"|registration)\b|\bVAT (?:no|reg)",
        r"\bincorporated in\b|\bauthori[sz]ed and regulated\b|\bcannot accept (?:any )?(?:liability|responsibility)",
        r"\bvertrauliche?\w*\b|\bnicht der (?:richtige|beabsichtigte|vorgesehene)|\birrtümlich\b|\bunbefugte\w*"
        r"|\bvernichten sie\b",
        r"\bsitz der gesellschaft|\bsitz:|\bamtsgericht\b|\bhandelsregister\b|\bHR[AB] ?\d|\bUSt\.?-?Id"
        r"|\bgeschäftsführ\w+:|\bvorstand:|\baufsichtsrat",
        r"\bconfidenti(?:el|elle)s?\b|\bdestinataires?\b|\bpar erreur\b|\bstrictement interdit|\bsiège social"
        r"|\bau capital de|\bRCS\b|\bSIRET\b",
        r"\bconfidencial(?:es)?\b|\bdestinatari[oa]s?\b|\bpor error\b|\bpor engano\b|\bprohibid[oa]\b"
        r"|\bdomicilio social|\bregistro mercantil|\bCNPJ\b",
        r"\briservat[oaei]\b|\bper errore\b|\bsede legale|\bpartita iva|\bP\. ?IVA|\bD\.? ?Lgs",
        r"\bvertrouwelijk\w*|\bgeadresseerde|\bniet de (?:beoogde|bedoelde)|\bKvK\b|\babusievelijk",
        r"\bpoufn\w+|\badresat\w*|\bKRS\b|\bNIP\b|\bkonfidentiell\w*|\bfortrolig\w*|\bav misstag|\borg\.? ?nr",
        r"конфиденциальн\w+|адресат\w*|по ошибке|ОГРН|ИНН|конфіденційн\w+|помилково|ЄДРПОУ|юридический адрес",
        r"\bgizli\w*|\byanlışlıkla|\bticaret sicil|\bsiri\b[^.\n]{0,80}barua pepe|\bkimakosa|\brahasia\b"
        r"|\bsecara keliru|\bbảo mật|\bnhầm lẫn",
        r"سري[ةه]?\b|المرسل إليه|عن طريق الخطأ|سجل تجاري|محرمانه|اشتباه[اً]|گیرنده|خفیہ|غلطی سے",
        r"חסוי|סודי|הנמען|בטעות|ח\.פ|गोपनीय|गलती से|प्राप्तकर्ता",
        r"機密|誤って受信|誤送信|宛先|保密|机密|误收|错误收到|收件人|기밀|잘못 수신|수신인|사업자등록",
    )
)
_PERSONAL = re.compile(
    r"[?？؟]|\bI\b|(?i:\b(?:my|ich|mein\w{0,2}|je|mon|ma|yo|mi|mis|io|mio|mia|eu|meu|minha|ik|mijn|mój|moja|я|мой|моя"
    r"|мне|мій|моя|benim|wangu|yangu|saya|tôi)\b)"
)
_LEGAL_START = re.compile(
    r"\W{0,6}(?:(?:this|the|diese|die|dieser|ce|cet|cette|este|esta|il|la|le|questo|questa|dit|deze|данное|это"
    r"|настоящее"
    r"|цей|це|bu|email ini|surel ini|barua|هذ[هاة]|تحتوي|این|یہ|यह|本|此|このメール|当|이) ?"
    r"|confidential|disclaimer|important"
    r"|legal|notice|hinweis|avis|aviso|avviso|vertraulich|информация|إشعار|تنويه|הודעה|免責|机密|機密|保密|注意"
    r"|if you|sollten sie|falls sie|wenn sie|si vous|si usted|registered|company)",
    re.IGNORECASE,
)


def is_disclaimer(paragraph: Sequence[Line], *, ruled: bool = False) -> bool:
    """Is this paragraph, as a whole, a notice of confidentiality, or of a company's seat and number? Two phrases of
    such notices make one when it begins like one, else three; below a line drawn across the page (``ruled``) one."""
    if max((len(line.words.encode()) for line in paragraph), default=0) < 40:
        return False  # no such notice has short lines only
    words = " ".join(line.words for line in paragraph[-60:])[:4000]
    size = len(words.encode())  # a notice in Chinese has fewer characters, not fewer octets
    if size < 40 or _PERSONAL.search(words):
        return False
    begins = bool(_LEGAL_START.match(words))
    found = {phrase[0].lower() for legal in _LEGAL for phrase in legal.finditer(words)}
    return len(found) >= (1 if ruled and begins else 2 if begins else 3)
