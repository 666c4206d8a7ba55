"""Names that are ordinary English words too, and the positions in which such a word is certainly a name."""

from __future__ import annotations

import re

ORDINARY_WORDS = frozenset(
    str.split("""
    amber angel april art august autumn baker barber bill bishop black bliss bloom blue bob brook brown buck bud butler
    carol carpenter case charity chase chance chuck clay cliff coral cook cooper crystal daisy dawn day dean destiny
    dick dolly don drew duke earl east eden ember eve faith fern field fisher flora forest fox frank gale gene ginger
    glen golden grace grant gray green guy hale hall harmony harper hazel heather heaven herb hill holly honey hope
    hunt hunter iris ivy jack jade jasmine jay jet jewel joy june justice king knight lance lane laurel law lee lily
    lord lucky mark marsh mason matt may melody mercy merry mike miles mill miller misty moon moss nick north noble nova
    olive opal page park parker pat patience paul pearl peg penny peter piper pepper poppy porter potter price pride
    prince prudence queen rain ray read red reed rich river rob robin rocky rod rose rowan ruby rusty sage sandy say
    scarlet serenity shepherd sky skip smith song star stone storm sue summer sunny swan sky tailor taylor terry trinity
    tuesday turner van verity victor violet wade walker wall ward weaver west white will willow winter wolf wood young
    """)
)

# Words that a local part of an address is made of without naming anybody.
ROLE_WORDS = frozenset(
    str.split("""
    account accounting accounts admin billing business careers contact customer director editor education email
    enquiries events finance garden gardening general hello helpdesk hospital hostmaster information inquiries library
    mailbox manager marketing member mentor mentoring message newsletter noreply office office orders people personal
    photography postmaster president private reception registration research sales school science secretary security
    service services student students studio support teacher teaching treasurer volunteer volunteers webmaster welcome
    """)
)

# Words of display names that say nothing about who somebody is: what people call themselves, their devices and mail.
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

_MONTHS = frozenset({"april", "august", "june", "may"})
_DATE_BEFORE = re.compile(
    r"(?:\b(?:in|of|on|by|since|until|till|from|to|early|late|mid|this|next|last|every|end)|\d)\W*$"
)
_DATE_AFTER = re.compile(r"\W{0,2}\d")
_SENTENCE_START = re.compile(r"(?:^|[.!?:;…。！？•]|\n[ \t>]*\n|,[ \t]*\n|^[ \t>]*[-*])[\s>\"'“”‘’«»„(\[*_-]*$")
_ALONE_BEFORE = re.compile(r"(?:^|\n)[ \t>~*_\-–—]*$")
_ALONE_AFTER = re.compile(r"[ \t]*(?:[\u200d\ufe0f\U0001f300-\U0001faff]|[.,!~*_:;)x–—-]){0,6}[ \t]*(?:\n|$)")
_GREETING = re.compile(
    r"(?:^|[\s>,.!(])(?:dear|hi|hello|hey|hiya|morning|afternoon|evening|thanks|cheers|regards|wishes|love|yours"
    r"|hallo|liebe|lieber|moin|servus|gruss|grusse|cher|chere|bonjour|salut|bonsoir|hola|querida|querido|estimada"
    r"|estimado|saludos|ciao|cara|caro|ola|habari|jambo|namaste|salam|shalom|kjaere|hei|hej|kara|beste|hoi)"
    r"[ \t,]{1,3}$"
)


def _around(skeleton: str, start: int, end: int) -> tuple[str, str]:
    """Forty characters on each side; a letter stands for what is cut off, so that "^" means the true beginning."""
    before = skeleton[:start] if start <= 40 else "x" + skeleton[start - 40 : start]
    after = skeleton[end:] if end + 40 >= len(skeleton) else skeleton[end : end + 40] + "x"
    return before, after


def stands_as_name(skeleton: str, start: int, end: int, capitalised: bool) -> bool:
    """Is an ordinary word at [start, end) of the skeleton used as a name? When it is capitalised in mid-sentence (and
    no month in a date), alone on its line (a sign-off or a greeting), or after a word of greeting."""
    if in_greeting(skeleton, start, end):
        return True
    before, after = _around(skeleton, start, end)
    if not capitalised or _SENTENCE_START.search(before):
        return False
    return not (skeleton[start:end] in _MONTHS and (_DATE_BEFORE.search(before) or _DATE_AFTER.match(after)))


def in_greeting(skeleton: str, start: int, end: int) -> bool:
    """Does [start, end) of the skeleton stand alone on its line, or after a word of greeting or farewell?"""
    before, after = _around(skeleton, start, end)
    if _GREETING.search(before):
        return True
    return bool(_ALONE_BEFORE.search(before) and _ALONE_AFTER.match(after))
