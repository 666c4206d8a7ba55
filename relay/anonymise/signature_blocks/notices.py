"""Recognises legal notices under a letter: confidentiality notices, company seat and registration number."""

from __future__ import annotations

from collections.abc import Sequence

from relay.anonymise.any_case import any_case, holds_any, small
from relay.anonymise.signature_blocks.footers import is_personal
from relay.anonymise.signature_blocks.rows import Line

_MOST_READ = 4000
_MOST_REMEMBERED = 1000

_LEGAL = tuple(
    any_case(pattern)
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

# Every such phrase contains one of these: a quick test for most paragraphs.
_HINTS = tuple(
    map(
        str.strip,
        small("""
    confidenti · privileged · disclaimer · legal notice · important notice · intended · solely for · recipient ·
    addressee · in error · by mistake · unauthori · strictly prohibited · represent · delete · destroy · notify ·
    registered · company n · company reg · vat no · vat reg · incorporated in · and regulated · cannot accept ·
    vertraulich · nicht der · irrtümlich · unbefugte · vernichten sie · sitz · amtsgericht · handelsregister · hra ·
    hrb · ustid · ust-id · ust.id · ust.-id · geschäftsführ · vorstand: · aufsichtsrat · destinataire · par erreur ·
    strictement interdit · siège social · au capital de · rcs · siret · confidencial · destinatari · por error ·
    por engano · prohibid · domicilio social · registro mercantil · cnpj · riservat · per errore · sede legale ·
    partita iva · p.iva · p. iva · lgs · vertrouwelijk · geadresseerde · niet de · kvk · abusievelijk · poufn ·
    adresat · krs · nip · konfidentiell · fortrolig · av misstag · orgnr · org nr · org.nr · org. nr · gizli ·
    yanlışlıkla · ticaret sicil · barua pepe · kimakosa · rahasia · secara keliru · bảo mật · nhầm lẫn ·
    конфиденциальн · адресат · по ошибке · огрн · инн · конфіденційн · помилково · єдрпоу · юридический адрес · سري ·
    المرسل إليه · عن طريق الخطأ · سجل تجاري · محرمانه · اشتباه · گیرنده · خفیہ · غلطی سے · חסוי · סודי · הנמען · בטעות ·
    ח.פ · गोपनीय · गलती से · प्राप्तकर्ता · 機密 · 誤って受信 · 誤送信 · 宛先 · 保密 · 机密 · 误收 · 错误收到 ·
    收件人 · 기밀 · 잘못 수신 · 수신인 · 사업자등록
    """).split("·"),
    )
)
_HINTS_IN_ASCII = tuple(filter(str.isascii, _HINTS))
_LEGAL_START = any_case(
    r"\W{0,6}(?:(?:this|the|diese|die|dieser|ce|cet|cette|este|esta|il|la|le|questo|questa|dit|deze|данное|это"
    r"|настоящее"
    r"|цей|це|bu|email ini|surel ini|barua|هذ[هاة]|تحتوي|این|یہ|यह|本|此|このメール|当|이) ?"
    r"|confidential|disclaimer|important"
    r"|legal|notice|hinweis|avis|aviso|avviso|vertraulich|информация|إشعار|تنويه|הודעה|免責|机密|機密|保密|注意"
    r"|if you|sollten sie|falls sie|wenn sie|si vous|si usted|registered|company)"
)


class Notices:
    """Caches which paragraphs of one letter may hold a notice, because most occur in several of its texts."""

    def __init__(self) -> None:
        self._cache: dict[str, bool] = {}

    def may_hold(self, words: str) -> bool:
        """Whether the words may hold a phrase of a notice. False is certain."""
        may_hold = self._cache.get(words)
        if may_hold is None:
            if len(self._cache) >= _MOST_REMEMBERED:
                self._cache.clear()
            low = small(words)
            may_hold = self._cache[words] = holds_any(low, _HINTS_IN_ASCII if low.isascii() else _HINTS)
        return may_hold


def is_disclaimer(paragraph: Sequence[Line], notices: Notices, *, ruled: bool = False) -> bool:
    """Whether the whole paragraph is a legal notice. Three phrases of such notices are needed; two when it begins like
    one; one when it also stands below a rule (``ruled``)."""
    if not any(_octets(line.words) >= 40 for line in paragraph):
        return False  # every such notice has long lines
    words = " ".join([line.words for line in paragraph[-60:]])[:_MOST_READ]
    # Personal text is no notice; in most paragraphs that shows at once.
    if " I " in words or "?" in words or not notices.may_hold(words) or _octets(words) < 40 or is_personal(words):
        return False
    low = small(words)
    begins = bool(_LEGAL_START.match(low))
    needed = 1 if ruled and begins else 2 if begins else 3
    found = {words[slice(*phrase.span())].lower() for legal in _LEGAL for phrase in legal.finditer(low)}
    return len(found) >= needed


def _octets(words: str) -> int:
    """The size in UTF-8: a Chinese notice has fewer characters, not fewer octets."""
    return len(words) if words.isascii() else len(words.encode())
