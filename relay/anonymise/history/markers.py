"""Recognises the lines above a forwarded or quoted letter: "---------- Forwarded message ---------"."""

from __future__ import annotations

import re

from relay.anonymise.names.fold import skeleton_of

_RULED = re.compile(r"\*?[-–—‐]{4,40}\s{0,3}[^\s\-–—‐][^\n]{2,80}?\s{0,3}[-–—‐]{4,40}\*?\s*\Z")

_BEGIN = """
    Begin forwarded message|Forwarded message|Original message|Anfang der weitergeleiteten Nachricht|
    Weitergeleitete Nachricht|Ursprüngliche Nachricht|Début du message réexpédié|
    Début du message transféré|Message transféré|Message d'origine|Inicio del mensaje reenviado|
    Mensaje reenviado|Mensaje original|Inizio messaggio inoltrato|Messaggio inoltrato|
    Messaggio originale|Begin doorgestuurd bericht|Doorgestuurd bericht|Oorspronkelijk bericht|
    Início da mensagem encaminhada|Início da mensagem reencaminhada|Mensagem encaminhada|
    Mensagem original|Vidarebefordrat brev|Vidarebefordrat meddelande|Ursprungligt meddelande|
    Videresendt meddelelse|Videresendt melding|Oprindelig meddelelse|Opprinnelig melding|
    Välitetty viesti alkaa|Välitetty viesti|Alkuperäinen viesti|Początek przekazywanej wiadomości|
    Wiadomość przekazana|Wiadomość oryginalna|Začátek přeposlané zprávy|Přeposlaná zpráva|
    Původní zpráva|Továbbított üzenet|Eredeti üzenet|Mesaj redirecționat|Mesaj original|
    Начало переадресованного сообщения|Пересылаемое сообщение|Исходное сообщение|
    Початок переадресованого повідомлення|Початок листа, що пересилається|Оригінальне повідомлення|
    Препратено съобщение|Προωθημένο μήνυμα|Έναρξη προωθημένου μηνύματος|İletilen ileti başlangıcı|
    Yönlendirilmiş ileti|Orijinal mesaj|بدء الرسالة المحولة|رسالة محولة|الرسالة الأصلية|
    پیام فوروارد شده|پیام اصلی|اصل پیغام|תחילת ההודעה שהועברה|הודעה שהועברה|הודעה מקורית|अग्रेषित संदेश|
    मूल संदेश|ফরওয়ার্ড করা বার্তা|ข้อความที่ส่งต่อ|ข้อความต้นฉบับ|Bắt đầu thư được chuyển tiếp|
    Thư đã chuyển tiếp|Thư gốc|Awal pesan yang diteruskan|Pesan terusan|Pesan asli|Ujumbe uliosambazwa|
    Ujumbe wa asili|下面是被转发的邮件|以下是转发的邮件|转发的邮件|原始邮件|邮件原件|開始轉寄郵件|
    轉寄的郵件|原始郵件|転送されたメッセージ|転送メッセージ|元のメッセージ|전달된 메시지|전달한 메시지|
    원본 메시지|원본 메일|回复的原邮件|转发的原邮件|Původní e-mail|Messaggio d'origine|Mail original|Message d'origine|
    E-mail d'origine|Originalnachricht|Original-Nachricht|Original e-mail|Mensaje de origen|Oryginalna wiadomość
"""
_PHRASES = frozenset(" ".join(phrase.split()) for phrase in skeleton_of(_BEGIN).split("|"))


def is_marker(line: str) -> bool:
    """Whether a line, without its quote marks, announces a quoted or forwarded letter."""
    if len(line) > 120:
        return False
    if line[:1] in "-–—‐*" and _RULED.match(line):
        return True
    return skeleton_of(line).strip(" -–—‐*_:：") in _PHRASES


_DATED = re.compile(
    r"[-–—‐*\s]*(?:message|nachricht|mensaje|messaggio|mensagem|bericht|wiadomość|сообщение|письмо)\b", re.IGNORECASE
)


def is_dated_marker(line: str) -> bool:
    """Whether a line above a block may hold its date ("Message du 03/11/26 14:05")."""
    return len(line) <= 80 and _DATED.match(line) is not None
