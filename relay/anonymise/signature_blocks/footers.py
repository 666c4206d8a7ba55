"""Recognises footers of programs, providers, virus scanners and mailing lists."""

from __future__ import annotations

import re

from relay.anonymise.any_case import any_case, holds_any, small
from relay.anonymise.appended.program_lines import is_program_line
from relay.anonymise.signature_blocks.marks import MAX_LINE

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


def is_footer_line(words: str) -> bool:
    """Whether a mail program, a provider, a virus scanner or a mailing list added this line."""
    if is_program_line(words):
        return True
    if len(words) > 3 * MAX_LINE or not holds_any(words.lower(), _HINTS):
        return False
    return bool(_PROVIDERS.search(small(words))) and not is_personal(words)


def is_personal(words: str) -> bool:
    """Whether the text is in the first person, or contains a question."""
    return bool(_FIRST_PERSON.search(words) or _OF_FIRST_PERSON.search(small(words)))
