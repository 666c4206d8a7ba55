"""Tells signature lines from prose: marks of contact, employer and rank; sentences, greetings, closings."""

from __future__ import annotations

import re
from functools import lru_cache

from relay.anonymise.any_case import any_case, holds_any, small
from relay.anonymise.names.fold import skeleton_of
from relay.anonymise.pronouns import FIRST_PERSON
from relay.anonymise.signature_blocks.employers import names_employer
from relay.anonymise.signature_blocks.hours import tells_hours
from relay.anonymise.signature_blocks.languages import CLOSINGS, GREETINGS, POSTSCRIPT
from relay.anonymise.signature_blocks.ranks import closing_formulas, has_organisation, has_rank, opening_words

MAX_LINE = 240
"""Patterns are searched in lines up to this length; a longer one is prose."""
LONGEST_TITLE = 400
"""Titles and links of meetings are searched in lines up to this length."""
_MEETING_SERVICES = (
    "microsoft teams", "teams.microsoft.", "teams.live.", "microsoft-teams", "zoom", "webex", "meet.google.",
    "google meet", "gotomeeting", "goto meeting", "goto.com",
)  # fmt: skip

_EMAIL = re.compile(r"[^\s<>@,;:]{1,64}[@＠][^\s<>@,;:]{1,100}\.[^\s<>@,;:.]{2,24}")
_URL = any_case(
    r"https?://\S|\bwww\.[\w-]|(?:^|[\s:(])[\w-]{2,60}(?:\.[\w-]{2,60}){0,3}\.(?:com|org|net|edu|gov|io|info|co|eu|int"
    r"|example|ac\.uk|co\.uk|[a-z]{2})(?:/\S{0,80})?(?=$|[\s)|,·])"
)
_PAGE = re.compile(r"https?://[^\s/?#]{1,253}/[^\s]*[^\s/]", re.IGNORECASE)
_PHONE = re.compile(r"(?<![\w.])[+＋(]{0,2}\d[\d \u00a0().\-/–‑]{5,24}\d(?![\w@])")
_NO_PHONE = re.compile(
    r"(?:19|20)\d\d[ ./-]\d|(?<!\d)\d{1,2}[./-]\d{1,2}[./-]\d{2,4}(?!\d)|\d{1,2}[.:]\d\d ?[-–] ?\d{1,2}[.:]\d\d|97[89]-"
)
_LABEL = any_case(
    r"(?:tel(?:efon[eo]?|éfono|efoon|\.)?|phone|ph|mob(?:ile|il|\.)?|cell|handy|m[óo]vil|portable|cellulare|fax|direct"
    r"|office|büro|tél(?:éphone)?|téléc|e-?mail|mail|correo|courriel|web(?:site|seite)?|site|url|home ?page|skype|тел"
    r"|моб|телефон|почта|сайт|факс|simu|barua ?pepe|telepon|hp|no\. ?hp|điện thoại|đt|sđt|di động|web sitesi"
    r"|e-posta|cep"
    r"|هاتف|جوال|محمول|الهاتف|الجوال|البريد|بريد|فاكس|موبايل|تلفن|همراه|ایمیل|فون|موبائل|טל|טלפון|נייד|פקס|דוא\"ל"
    r"|फ़?ोन|फोन|मोबाइल|ईमेल|電話|携帯|電子郵件|电话|電郵|手机|手機|传真|邮箱|邮件|メール|전화|휴대폰|휴대전화|이메일|팩스"
    r"|[tmfepw])[ .]{0,2}[:.：|)]? {0,2}(?=[+(\d＋<]|\S{1,64}@|https?:|www\.|[\w-]{2,40}\.[\w.-]{2,40}$)"
)
_STREET = any_case(
    r"\d{1,5}[a-z]?,? (?:[^\W\d]\S{0,30} ){1,4}(?:street|st|road|rd|lane|ln|avenue|ave|drive|dr|close|court|ct"
    r"|square|sq"
    r"|way|place|pl|terrace|crescent|gardens|grove|boulevard|blvd|row|hill|park|quay|walk|house|floor|parkway)\b"
    r"|(?:straße|strasse|str\.|gasse|allee|platz|weg|damm|ufer|ring|straat|laan|plein|gatan|vägen|gade|vej|katu"
    r"|tie) ?\d"
    r"|\d{1,5}(?: ?(?:bis|ter|[a-d]))?,? (?:rue|avenue|av\.|boulevard|bd|place|chemin|allée|impasse|quai|cours|route)\b"
    r"|\b(?:calle|c/|avenida|avda\.?|paseo|plaza|carrera|via|viale|piazza|corso|rua|travessa|ul\.|ulica|al\."
    r"|aleja|улица"
    r"|ул\.|проспект|пр\.|вулиця|вул\.|jalan|jl\.?|đường|phố|barabara ya|mtaa wa|شارع|רחוב|خیابان|کوچه|سڑک|मार्ग|नगर)"
    r"[^\n]{1,50}\d"
    r"|\b(?:apt|suite|ste|unit|room|flat|p\.? ?o\.? box|s\.l\.p|postfach|boîte postale|apartado)\.? ?\d"
    r"|[路街道弄巷]\d{1,5}[号號]|\d{1,5}[号號](?:楼|樓|室)?|〒 ?\d{3}|[가-힣]{1,10}(?:로|길) \d"
    r"|\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b|(?:^|, )(?:[A-Z]{1,2}-)?\d{5} [^\W\d]\w{2,30}(?:$|[,(])"
    r"|\b[A-Z]{2} \d{5}(?:-\d{4})?\b"
)
_STREET_WITHOUT_NUMBER = any_case(r"\b(?:caddesi|cad\.|sokak|sok\.|mahallesi|mah\.)|丁目|番地")
_DIGIT = re.compile(r"\d")
_TITLE = any_case(
    r"\b(?:analyst|director|manager|managing|head of|chief|officer|ceo|cto|cfo|coo|engineer|developer|consultant"
    r"|professor"
    r"|prof|lecturer|teacher|researcher|scientist|assistant|associate|coordinator|advisor|adviser|architect|designer"
    r"|editor|accountant|attorney|lawyer|solicitor|president|vice president|partner|founder|co-founder|specialist"
    r"|executive|administrator|secretary|nurse|surgeon|physician|ph\.?d|m\.?sc|mba|b\.?sc|student|intern|leiter(?:in)?"
    r"|geschäftsführer(?:in)?|ingenieur(?:in)?|berater(?:in)?|lehrer(?:in)?|referent(?:in)?|sachbearbeiter(?:in)?"
    r"|dipl\.-\w{2,6}|directeur|directrice|responsable|ingénieure?|professeure?|chargée? de|consultante?"
    r"|gérante?|jefe|jefa"
    r"|directora?|gerente|ingenier[oa]|profesora?|coordinadora?|direttore|direttrice|ingegnere|diretora?|gerente"
    r"|engenheir[oa]"
    r"|directeur|docent|hoogleraar|chef|dyrektor|kierownik|specjalista|nauczyciel(?:ka)?|учитель(?:ница)?"
    r"|вчитель(?:ка)?|директор|менеджер|инженер|начальник|профессор"
    r"|преподаватель|інженер|викладач|müdürü?|mühendis|uzmanı|mkurugenzi|mwalimu|meneja|mhandisi|direktur|manajer|guru"
    r"|giám đốc|trưởng phòng|kỹ sư|giáo viên)\b"
    r"|مدير|مهندس|أستاذ|محلل|رئيس|مدیر|استاد|معلم|מנהל|מהנדס|פרופ|प्रबंधक|निदेशक|अभियंता|शिक्षक"
    r"|部長|課長|係長|代表取締役|教授|営業|エンジニア|经理|總監|总监|工程师|主管|老师|분석가|과장|부장|대리|팀장|교수|이사"
)
_SOCIAL = any_case(
    r"\b(?:linkedin|twitter|instagram|insta|facebook|telegram|whatsapp|skype|github|gitlab|mastodon|tiktok"
    r"|snapchat|signal"
    r"|wechat|orcid|calendly|zoom|xing|viber|youtube)\b|微信|(?:^|\s)@\w{3,}"
)
_PARTED = re.compile(r" *[|·•▪◦│] *| {3,}|\t+| [-–—/] ")
_MARKUP = "*_~ "
_SENTENCE_END = re.compile(r"[.!?。！？؟।۔…][)\"'”’»」』]{0,2}$")
_ABBREVIATED = re.compile(r"(?:\b[^\W\d_]{1,4}|\b[A-Z]\.[A-Z])\.$")
_LIST_ITEM = re.compile(r"(?:[-*•–+]|\d{1,2}[.)]|[a-z]\))\s+\S")
_PLACEHOLDER = any_case(r"[\[<{(](?:your|ihr|dein|votre|tu|su|name|phone|address|email|company|title|date|x{2,}|\.{3})")
_CONTINUOUS = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
_LONGEST_EMPLOYER = 45
_ALPHABET = re.compile("[\u0e00-\u0eff]")
_EITHER = re.compile(r"\s*[/|]\s*")
_COMMA = re.compile(r"\s*[,，、،!.]\s*")
_ENDS_GREETING = (",", "!", "，", "！", "،", ":", "：")
# The vowel signs at the end of an Indic word belong to it.
_SIGNS = "\u0300-\u036f\u0900-\u0963\u0971-\u0df3\u0e31-\u0e4e\u0eb1-\u0ecd\u1000-\u1049\u1780-\u17d3"
_CAPITALISED = re.compile(
    rf"[^\W\d_a-zß-ÿ][\w'’.{_SIGNS}-]{{0,30}}|(?:von|van|de|der|da|di|bin|al|el|la|du|le|dos|ter|den)"
)
_EDGES = re.compile(rf"^[\W_]+|(?:[^\w{_SIGNS}]|_)+$")
_FIRST_WORD = re.compile(r"[\W_]*([^\W_]*)")
_ASCII_SIGNS = "".join(chr(code) for code in range(128) if not chr(code).isalnum())


def _bare(words: str) -> str:
    return _without_edges(skeleton_of(words))


def _without_edges(words: str) -> str:
    """Without surrounding punctuation."""
    return words.strip(_ASCII_SIGNS) if words.isascii() else _EDGES.sub("", words)


def _first_word(words: str) -> str:
    """The first run of letters and digits: a quick test for most lines."""
    found = _FIRST_WORD.match(skeleton_of(words))
    return found[1] if found else ""


_FORMULAS = frozenset(map(_bare, CLOSINGS))
_FIRST_WORDS = frozenset(map(_first_word, CLOSINGS))


def _words(words: str) -> list[str]:
    """The words that have letters, without surrounding punctuation."""
    if words.isascii():
        return [bare for word in words.split() if (bare := word.strip(_ASCII_SIGNS))[:1].isalpha()]
    return [bare for bare in map(_without_edges, words.split()) if bare[:1].isalpha()]


def marks(words: str) -> int:
    """The number of marks of contact, employer or rank in a line: one per kind for each of its parts ("Tel. 1 | Fax
    2")."""
    if len(words) > MAX_LINE:
        return 0
    return sum(_marks_of_part(part.strip(_MARKUP)) for part in _PARTED.split(words) if part)


def contacts(words: str) -> int:
    """The marks of contact alone: telephone, address, home page, street, account."""
    if len(words) > MAX_LINE:
        return 0
    parts = (part.strip(_MARKUP) for part in _PARTED.split(words) if part)
    return sum(_contacts_of_part(part, small(part)) for part in parts)


def _marks_of_part(part: str) -> int:
    low = small(part)
    return _contacts_of_part(part, low) + _shows_employer(part) + names_rank(part) + tells_hours(part, low)


def _shows_employer(part: str) -> bool:
    """Whether it has a word of an employer. Where somebody speaks, a small one is a word: "see you at the library"."""
    if not has_employer(part):
        return False
    return not speaks(part) or has_employer(" ".join(word for word in part.split() if not word[:1].islower()))


def names_rank(text: str) -> bool:
    """Whether a short text holds a word of rank or trade."""
    return bool(_TITLE.search(small(text))) or has_rank(text)


def _contacts_of_part(part: str, low: str) -> int:
    """``low`` is the part in lower case. Required characters are tested before the patterns."""
    mailed = ("@" in part or "＠" in part) and bool(_EMAIL.search(part))
    numbered = bool(_DIGIT.search(part))
    found = mailed + bool((numbered and _STREET.search(low)) or _STREET_WITHOUT_NUMBER.search(low))
    found += bool(_SOCIAL.search(low))
    found += (numbered and has_phone(part)) or (not found and bool(_LABEL.match(low)))
    return found + (not mailed and ("." in low or "://" in low) and bool(_URL.search(low)))


def shows_page(words: str) -> bool:
    """Whether the only marks of a line are links to pages: not to the first page of a site, nor to an account."""
    if "://" not in words or not _PAGE.search(words) or _SOCIAL.search(small(words).replace("youtube", "")):
        return False
    return not marks(_PAGE.sub("", words))


def names_meetings(words: str) -> bool:
    """Whether a line names a service for meetings online."""
    return 0 < len(words) <= LONGEST_TITLE and holds_any(small(words), _MEETING_SERVICES)


def has_phone(words: str) -> bool:
    """Whether a short text holds a telephone number (seven digits or more; no date, hours, ISBN)."""
    return any(
        7 <= sum(map(str.isdigit, phone[0])) <= 15 and not _NO_PHONE.search(phone[0])
        for phone in _PHONE.finditer(words)
    )


def is_row(words: str) -> bool:
    """Whether this is a one-line signature block: a name and three marks, separated ("Ines | Head of Maths | +44
    …")."""
    parts = _PARTED.split(words)
    return len(parts) >= 3 and 1 < len(parts[0].split()) <= 4 and marks(parts[0]) == 0 and marks(words) >= 3


def is_prose(words: str) -> bool:
    """Whether this is a sentence, or part of one, rather than a line of a signature block."""
    if len(words) > MAX_LINE // 2:
        return True
    if not words.isascii() and _CONTINUOUS.search(words):
        if bool(_SENTENCE_END.search(words)) and len(words) >= 8:
            return True
        # Rank and employer in letters without blanks between words are as long as a sentence.
        size, found_marks = len(_CONTINUOUS.findall(words)), marks(words) if _ALPHABET.search(words) else 0
        return size >= (_LONGEST_EMPLOYER if found_marks else 25) and found_marks < 2
    found = _words(words)
    lower = len([word for word in found if word[0].islower() and len(word) > 1]) if _has_cases(found) else len(found)
    if lower >= 6:
        return True
    if len(found) < 3 or lower < 2 or lower * 2 < len(found):
        return False
    return bool(_SENTENCE_END.search(words)) and not _ABBREVIATED.search(words)


def _has_cases(found: list[str]) -> bool:
    """Whether the words are in a script with upper and lower case."""
    firsts = "".join([word[0] for word in found])
    return bool(found) if firsts.isascii() else any(first.isupper() or first.islower() for first in firsts)


def speaks(words: str) -> bool:
    """Whether prose addresses its reader: by a question, or by a pronoun of the first or second person."""
    if words.rstrip(")\"'”’»").endswith(("?", "？", "؟", ";")):
        return True
    if _CONTINUOUS.search(words):
        return bool(_SENTENCE_END.search(words))
    return any(word.casefold().replace("’", "'") in FIRST_PERSON for word in _words(words[: 2 * MAX_LINE]))


def stands_apart(words: str) -> bool:
    """Whether this is a heading, a postscript, a greeting or a list item: no line of a signature block."""
    return (
        words.endswith((":", "："))
        or words[:40].casefold().startswith(POSTSCRIPT)
        or is_greeting(words)
        or bool(_LIST_ITEM.match(words))
    )


def is_greeting(words: str) -> bool:
    """Whether this is the first line of a letter ("Dear Amber,")."""
    return (
        len(words) <= 60
        and words[:40].casefold().startswith(GREETINGS)
        and words.endswith((",", "!", "，", "！", "،", ":", "："))
    )


def is_closing(words: str) -> bool:
    """Whether this is a closing formula, alone or with a few words after it ("Best regards from Leeds", "Thanks,
    Tom")."""
    if not words or len(words) > 60:
        return False
    if _first_word(words) not in _FIRST_WORDS:
        return _is_other_formula(words)
    bare = _bare(words)
    if bare in _FORMULAS or all(_bare(part) in _FORMULAS for part in _EITHER.split(words)):
        return True
    formula, comma, rest = _COMMA.sub("\n", bare, count=1).partition("\n")
    if comma and formula in _FORMULAS:
        return len(rest.split()) <= 3
    parts = bare.split()
    if _is_other_formula(words):
        return True
    return len(parts) <= 7 and any(" ".join(parts[:n]) in _FORMULAS for n in range(max(1, len(parts) - 3), len(parts)))


@lru_cache(maxsize=1)
def _other_formulas() -> frozenset[str]:
    return frozenset(map(_without_edges, closing_formulas()))


def _is_other_formula(words: str) -> bool:
    """Whether the line is one of the formulas that the languages of names know, alone or with a name behind a comma."""
    formula, _, rest = _COMMA.sub("\n", skeleton_of(words), count=1).partition("\n")
    return len(rest.split()) <= 3 and _without_edges(formula) in _other_formulas()


def is_opening(words: str) -> bool:
    """Whether a line is a greeting or thanks, with which letters begin: "Ciao", "Merci beaucoup", "Hei Tom"."""
    parts = _without_edges(skeleton_of(words)).split()
    whole = _without_edges(_COMMA.split(skeleton_of(words), maxsplit=1)[0])
    begins = (_without_edges(" ".join(parts[:size])) for size in range(1, 4))
    known = opening_words()
    return any(one in known for one in begins) or (is_closing(words) and not known.isdisjoint(whole.split()))


def is_placeholder(words: str) -> bool:
    """Whether this is an unfilled line of a letter template ("[Your name]")."""
    return bool(_PLACEHOLDER.search(small(words)))


def has_employer(words: str) -> bool:
    """Whether a short text holds a word of an organisation's name ("Ltd", "University")."""
    return names_employer(words) or has_organisation(words)


def is_name(words: str) -> bool:
    """Whether the line may be a person's name: one to four capitalised words (short ones in scripts without
    capitals)."""
    found = words.strip(" .,!*_").split()
    return (
        1 <= len(found) <= 4
        and len(words) <= 50
        and all(_CAPITALISED.fullmatch(word) for word in found)
        and not words.endswith(("?", "!"))
        and any(word[:1].isalpha() and word not in ("The", "A", "My") for word in found)
    )
