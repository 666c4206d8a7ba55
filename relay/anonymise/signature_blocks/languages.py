"""Words that mark the beginning of quoted letters, in some thirty languages."""

from __future__ import annotations

ORIGIN_LABELS = (
    "from|sent|von|gesendet|de|envoyé|expéditeur|enviado|da|inviato|mittente|van|verzonden|från|skickat|fra|sendt"
    "|lähettäjä|od|wysłano|odesláno|feladó|από|от|отправлено|від|надіслано|gönderen|kimden|من|מאת|از|منجانب|प्रेषक"
    "|差出人|发件人|寄件者|보낸 ?사람|dari|từ|kutoka|date|datum"
)
"""Names of the first field in a header block above quoted history."""
