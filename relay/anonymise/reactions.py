"""A reaction arrives as one line: the emoji, without the name and program of its author.

Gmail and RFC 9078 mark a reaction; Outlook writes "NAME reacted to your message:" above a quotation, in the language of
its user, with the emoji as a picture.
"""

from __future__ import annotations

import re
from dataclasses import replace

from relay.anonymise.identities import Redactor
from relay.anonymise.tally import Tally
from relay.message.read.html_to_text import html_to_text
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
_PAGE = 20_000  # characters
_LONGEST = 200  # characters of the line
_PREFIX = re.compile(r"^[^:：]{2,40}[:：]\s*")  # "Reaction to:", in the language of its user
_BELOW = re.compile(r"(?:[_\-–—=]{3,}|>|\*?[^\W\d_][\w \-]{0,25}\*?\s?[:：])")
"""What stands below it: a rule, a quotation, or the fields of the quoted letter."""


def scrub_reaction(message: Message, redactor: Redactor) -> Scrubbed:
    """One line in the place of everything else of a reaction; other letters are unchanged."""
    line, emoji = (message.reaction, message.reaction) if message.reaction else _of_outlook(message, redactor)
    if not line:
        return Scrubbed(message)
    tally = Tally()
    tally.add("reaction")
    subject = message.subject if message.reaction else _PREFIX.sub("Re: ", message.subject, count=1)
    pictures = tuple(one for one in message.attachments if not one.media_type.startswith("image/"))
    return Scrubbed(
        replace(message, subject=subject, text=f"{line}\n", html=None, attachments=pictures, reaction=emoji),
        tally.removals(),
    )


def _of_outlook(message: Message, redactor: Redactor) -> tuple[str, str]:
    """The line of a reaction by Outlook, and its emoji; both "" for other letters. Only the first lines are read."""
    html = message.html or ""
    text = (message.text or "").strip() or (html_to_text(html[:_PAGE]) if _hints(html[:_PAGE]) else "")
    lines = [line.strip() for line in text[:2000].splitlines() if line.strip()]
    while lines and (len(lines[0]) < 4 or lines[0].startswith("[")):
        del lines[0]  # the picture's text
    if not lines or len(lines[0]) > _LONGEST or (len(lines) > 1 and not _BELOW.match(lines[1])):
        return "", ""
    said = lines[0].rstrip(" .:：")
    low = said.casefold()
    phrase = next((one for one in _PHRASES if low.endswith(one.casefold()) or low.startswith(one.casefold())), None)
    if phrase is None:
        return "", ""
    words = said[-len(phrase) :] if low.endswith(phrase.casefold()) else said[: len(phrase)]
    found = _PICTURE.search(html)
    emoji = _PICTURES.get(found[1].lower(), "") if found else ""
    return f"{emoji} {redactor.known.author_persona.name} {words}".strip(), emoji


def _hints(html: str) -> bool:
    low = html.casefold()
    return any(phrase.casefold() in low for phrase in _PHRASES)
