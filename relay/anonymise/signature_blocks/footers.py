"""Recognises footers of programs, providers, virus scanners and mailing lists."""

from __future__ import annotations

import re

from relay.anonymise.any_case import any_case, holds_any, small
from relay.anonymise.signature_blocks.marks import MAX_LINE

# "Sent from my iPhone": the words before the name of the device or program, and those after it.
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
_DEVICE = any_case(
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
    r"|qq|163|naver"
)
_LINK_AT_END = re.compile(r"[ \t]*[<(\[]?(?:https?://|www\.)[^\s<>()]{1,200}[>)\]]?[.]?$")
_APOLOGY = any_case(
    r"[.,;:–—-]* *(?:so )?(?:please |pls |bitte |merci d'|disculp|sorry )(?:excuse|forgive|pardon|ignore"
    r"|entschuldig|excuser)?"
    r".{0,60}$|[.,;:–—-]* *(?:excuse|forgive|pardon) .{0,60}$"
)
_APOLOGIES = ("please ", "pls ", "bitte ", "merci d'", "disculp", "sorry ", "excuse ", "forgive ", "pardon ")
_SENT_BEFORE = any_case(rf"(?:{_BEFORE})(?=[\s\xa0\d\"'A-Z]|[^\x00-\x7f])")
_SENT_AFTER = tuple(map(small, _AFTER.split("|")))
# Verbs and question marks that make it an ordinary sentence.
_SAYING = any_case(
    r"[?？؟]|\b(?:is|are|was|were|to|that|this|which|please|you|i|ist|sind|war|das|dass|ich|du|est|qui|que|je|es|yo|è"
    r"|не|это|eu|and then|where|when|will|can|could|should|must|has|have|had)\b"
)

_PROVIDERS = any_case(
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
    r"|before printing this|prima di stampare|avant d'imprimer|перед печатью|scanned for viruses"
)


# Every such line contains one of these: a quick test for most lines.
_HINTS = tuple(
    str.split("""
    virus viren virüs malware вирус ウイルス 病毒 فيروس वायरस avast avg norton kaspersky eset bitdefender mcafee
    avira sophos nod32 yahoo gmx web.de freemail free listinfo list unsubscribe subscri discussion post visit erhalten
    recevez print umwelt environment imprim stampare печат paper tree prüfen scanned open
    """)
)


_FIRST_PERSON = re.compile(r"[?？؟]|\bI\b")
_OF_FIRST_PERSON = any_case(
    r"\b(?:my|ich|mein\w{0,2}|je|mon|ma|yo|mi|mis|io|mio|mia|eu|meu|minha|ik|mijn|mój|moja|я|мой|моя"
    r"|мне|мій|моя|benim|wangu|yangu|saya|tôi)\b"
)


def is_device_line(words: str) -> bool:
    """Whether the whole line is "Sent from my iPhone", "Get Outlook for Android" or the like, in one of thirty
    languages."""
    if len(words) > 120:
        return False
    bare = small(_LINK_AT_END.sub("", words) if "://" in words or "www." in words else words)
    if holds_any(bare, _APOLOGIES):
        bare = _APOLOGY.sub("", bare)
    bare = bare.strip(" .!*_-–—[]()<>\u200e\u200f")
    before = _SENT_BEFORE.match(bare)
    after = bare.endswith(_SENT_AFTER)
    if not (before or after) or not _DEVICE.search(bare):
        return False
    last = len(bare) - max((len(end) for end in _SENT_AFTER if bare.endswith(end)), default=0)
    rest = bare[before.end() if before else 0 : last]
    return len(rest.split()) <= 7 and not _SAYING.search(rest)


def is_footer_line(words: str) -> bool:
    """Whether a mail program, a provider, a virus scanner or a mailing list added this line."""
    if is_device_line(words):
        return True
    if len(words) > 3 * MAX_LINE or not holds_any(words.lower(), _HINTS):
        return False
    return bool(_PROVIDERS.search(small(words))) and not is_personal(words)


def is_personal(words: str) -> bool:
    """Whether the text is in the first person, or contains a question."""
    return bool(_FIRST_PERSON.search(words) or _OF_FIRST_PERSON.search(small(words)))
