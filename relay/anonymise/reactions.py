"""A reaction arrives as one line: the emoji, without the name and program of its author.

Gmail and RFC 9078 mark a reaction; Outlook writes "NAME reacted to your message:" above a quotation, in the language of
its user, with the emoji as a picture or its name in brackets. Telephones write "Liked “…”" or "Reacted 👍 to “…”".
"""

from __future__ import annotations

import re
from dataclasses import replace

from relay.anonymise.identities import Redactor
from relay.anonymise.tally import Tally
from relay.message.read.html_to_text import html_to_text
from relay.message.read.reactions import is_emoji
from relay.model import Message, Scrubbed

# Outlook's line, in its languages (2026). What stands before or behind it is a name.
_LINES = """
reacted to your message | hat auf ihre nachricht reagiert | hat auf deine nachricht reagiert
a réagi à votre message | a réagi à ton message | ha reaccionado a tu mensaje | ha reaccionado a su mensaje
reaccionó a tu mensaje | reaccionó a su mensaje | reagiu à sua mensagem | reagiu à tua mensagem
ha reagito al tuo messaggio | ha reagito al messaggio | heeft op uw bericht gereageerd
heeft gereageerd op uw bericht | heeft op je bericht gereageerd | reagerade på ditt meddelande
har reagerat på ditt meddelande | reagerede på din meddelelse | har reageret på din meddelelse
reagerte på meldingen din | har reagert på meldingen din | reagoi viestiisi | zareagował na twoją wiadomość
zareagowała na twoją wiadomość | zareagował(a) na twoją wiadomość | reagoval na vaši zprávu
reagovala na vaši zprávu | reagoval(a) na vaši zprávu | zareagoval(a) na vaši zprávu
reagoval(a) na vašu správu | reagált az üzenetére | reagált az üzenetedre | a reacționat la mesajul dvs.
a reacționat la mesajul tău | реагира на вашето съобщение | αντέδρασε στο μήνυμά σας
отреагировал(а) на ваше сообщение | отреагировал на ваше сообщение | відреагував на ваше повідомлення
відреагував(-ла) на ваше повідомлення | iletinize tepki verdi | mesajınıza tepki verdi | تفاعل مع رسالتك
الرد على رسالتك بتفاعل | הגיב להודעה שלך | הגיב/ה להודעה שלך | به پیام شما واکنش نشان داد
ने आपके संदेश पर प्रतिक्रिया दी | đã bày tỏ cảm xúc với thư của bạn | đã phản ứng với tin nhắn của bạn
bereaksi terhadap pesan anda | ได้แสดงความรู้สึกต่อข้อความของคุณ | 对你的消息做出了回应 | 回应了你的邮件
对您的邮件作出了反应 | 對您的郵件做出回應 | さんがあなたのメッセージにリアクションしました
さんがメッセージにリアクションしました | 님이 메시지에 반응했습니다 | ha reaccionat al teu missatge
reagierte auf ihre nachricht | reagierte auf deine nachricht | reageerde op uw bericht | reageerde op je bericht
heeft gereageerd op je bericht | reagerte på meldingen | reagerte på din melding | отреагировал(-а) на ваше сообщение
отреагировала на ваше сообщение | відреагувала на ваше повідомлення | reagoval na vašu správu
reagovala na vašu správu | menanggapi pesan anda | bertindak balas terhadap mesej anda | sureagavo į jūsų pranešimą
reagavo į jūsų pranešimą | reaģēja uz jūsu ziņojumu | reageeris teie sõnumile | reageeris sinu sõnumile
님이 회원님의 메시지에 반응했습니다 | 님이 귀하의 메시지에 반응했습니다 | је реаговао/ла на вашу поруку
je reagovao/la na vašu poruku | reaccionó a tu correo | a réagi à votre e-mail | ha reagito alla tua e-mail
je reagirao na vašu poruku | je reagirao/la na vašu poruku | se je odzval na vaše sporočilo
"""
_PHRASES = tuple(one.strip() for line in _LINES.strip().splitlines() for one in line.split(" | "))
_PICTURES = {
    "like": "👍", "thumbsup": "👍", "thumbs-up": "👍", "yes": "👍", "heart": "❤️", "love": "❤️", "celebrate": "🎉",
    "tada": "🎉", "laugh": "😆", "haha": "😆", "surprised": "😮", "surprise": "😮", "wow": "😮", "sad": "😢",
    "angry": "😠", "clap": "👏", "pray": "🙏", "fire": "🔥",
}  # fmt: skip
"""Names of Outlook's pictures, and the emoji they show."""
_PICTURE = re.compile(r"<img\b[^>]{0,500}?reactions?/([a-z-]{2,20})[\w.-]{0,20}\.(?:png|svg|gif)", re.IGNORECASE)
_NAMED = re.compile(r"\[([a-z-]{2,20})\]", re.IGNORECASE)
# What the telephones of Apple and Google write in place of a reaction that a program cannot show.
_TAPBACK = re.compile(
    r"(?P<before>[^“„«\"\n]{0,60}?)\s*(?P<quote>[“„«\"][^\n]{1,400}[”“»\"])(?P<after>[^“”„«»\"\n]{0,30})\Z"
)
_CLOSING = frozenset('”“»"')
_LONGEST_END = 31
_MARKS = {
    "liked": "👍", "loved": "❤️", "disliked": "👎", "laughed at": "😂", "emphasized": "‼️", "emphasised": "‼️",
    "questioned": "❓", "le gustó": "👍", "le encantó": "❤️", "no le gustó": "👎", "a aimé": "👍", "a adoré": "❤️",
    "n’a pas aimé": "👎", "gostou de": "👍", "amou": "❤️", "não gostou de": "👎",
}  # fmt: skip
_BESIDE = frozenset(
    str.split("""
    reacted to with reagiert hat mit auf zu réagi avec à a reaccionó ha reaccionado con reagiu com reagito heeft met
    gereageerd op reagerade har reagerat med på till reagerede reageret til reagerte reagert reagoi zareagował
    zareagowała zareagowano na reagoval reagovala zareagoval zareagovala reagált отреагировал отреагировала на
    відреагував відреагувала ile tepki verdi αντέδρασε με σε στο реагира με bereaksi terhadap dengan la lui de
    reacționat reagirao reagirala je
    """)
)
_PAGE = 20_000  # characters
_LONGEST = 200  # characters of the line
_PREFIX = re.compile(r"^[^:：]{2,40}[:：]\s*")  # "Reaction to:", in the language of its user
_BELOW = re.compile(r"(?:[_\-–—=]{3,}|>|\*?[^\W\d_][\w \-]{0,25}\*?\s?[:：])")
"""What stands below it: a rule, a quotation, or the fields of the quoted letter."""


def scrub_reaction(message: Message, redactor: Redactor) -> Scrubbed:
    """One line in the place of everything else of a reaction; other letters are unchanged."""
    line, emoji = (message.reaction, message.reaction) if message.reaction else _of_program(message, redactor)
    if not line:
        return Scrubbed(message)
    tally = Tally()
    tally.add("reaction")
    outlooks = not message.reaction and (emoji or line.startswith(redactor.known.author_persona.name))
    subject = _PREFIX.sub("Re: ", message.subject, count=1) if outlooks else message.subject
    pictures = tuple(one for one in message.attachments if not one.media_type.startswith("image/"))
    return Scrubbed(
        replace(message, subject=subject, text=f"{line}\n", html=None, attachments=pictures, reaction=emoji),
        tally.removals(),
    )


def _of_program(message: Message, redactor: Redactor) -> tuple[str, str]:
    """The line of a reaction that a program wrote as words, and its emoji, if known; both "" for other letters. Only
    the first lines are read."""
    html = message.html or ""
    text = (message.text or "").strip() or (html_to_text(html[:_PAGE]) if _hints(html[:_PAGE]) else "")
    lines = [line.strip() for line in text[:2000].splitlines() if line.strip()]
    shown = ""
    while lines and (len(lines[0]) < 4 or lines[0].startswith("[") or is_emoji(lines[0])):
        named = _NAMED.match(lines[0])
        shown = shown or _shown(named[0] if named else lines[0])  # the picture's text
        lines[:1] = [lines[0][named.end() :].strip()] if named and named.end() < len(lines[0]) else []
    if not lines or (len(lines) > 1 and not _BELOW.match(lines[1])):
        return "", ""
    if not shown and not _CLOSING.isdisjoint(lines[0][-_LONGEST_END:]) and (line := _tapback(lines[0])):
        return line, ""
    if len(lines[0]) > _LONGEST:
        return "", ""
    said = lines[0].rstrip(" .:：")
    low = said.casefold()
    phrase = next((one for one in _PHRASES if low.endswith(one.casefold()) or low.startswith(one.casefold())), None)
    if phrase is None:
        return "", ""
    words = said[-len(phrase) :] if low.endswith(phrase.casefold()) else said[: len(phrase)]
    found = _PICTURE.search(html)
    emoji = (_PICTURES.get(found[1].lower(), "") if found else "") or shown
    return f"{emoji} {redactor.known.author_persona.name} {words}".strip(), emoji


def _shown(line: str) -> str:
    """The emoji that a line shows or names: "👍", "[like]"."""
    named = _NAMED.fullmatch(line)
    return _PICTURES.get(named[1].lower(), "") if named else line if is_emoji(line) else ""


def _tapback(line: str) -> str:
    """An emoji and the words it is about, for a line that has nothing but these and the words of a telephone."""
    found = _TAPBACK.match(line)
    if found is None:
        return ""
    if not found["after"].strip():
        mark = _MARKS.get(found["before"].replace("'", "’").casefold())
        if mark and not found["quote"].startswith('"'):
            return f"{mark} {found['quote']}"
    words = f"{found['before']} {found['after']}".replace("(a)", "").split()
    signs = [word for word in words if is_emoji(word)]
    others = [word.casefold() for word in words if not is_emoji(word)]
    told = len(signs) == 1 and bool(others) and all(word in _BESIDE for word in others)
    return f"{signs[0]} {found['quote']}" if told else ""


def _hints(html: str) -> bool:
    low = html.casefold()
    return any(phrase.casefold() in low for phrase in _PHRASES)
