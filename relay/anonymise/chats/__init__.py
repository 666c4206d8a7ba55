"""Finds what chat programs write before the messages that somebody copied into a letter: names and the author's clock.

"[9:14 AM] Petra Nowak" (Teams), "03/02/2026, 21:14 - Petra: …" (WhatsApp) and "petra_n — Today at 9:14 PM" (Discord)
become "…:", the author's own "Amber Heron:".
"""

from __future__ import annotations

from relay.anonymise.chats.find import find
from relay.anonymise.chats.heads import load

__all__ = ["find", "load"]
