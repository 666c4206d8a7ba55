"""Reads delivery reports: the message/delivery-status fields (RFC 3464), or the text of a report without them."""

from __future__ import annotations

import re

from relay.message.automatic.phrases import COPY_BELOW, DELAY, REASONS
from relay.outcomes import Returned, ReturnKind

_FIELD = re.compile(r"^(action|status|diagnostic-code)[ \t]*:[ \t]*(.{0,2000})", re.IGNORECASE | re.MULTILINE)
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_CODE = re.compile(r"(?<![\d.])([45])([0-5]\d)(?=[ \-:<]|$)(?!\.\d)", re.MULTILINE)
_VAGUE = re.compile(r"[45]\.0\.\d+$|[45]\.[1-7]\.0$|[45]\.9\.\d+$")
_REASONS = REASONS
_WORST_FIRST = (
    ("failed", ReturnKind.FAILED),
    ("delayed", ReturnKind.DELAYED),
    ("delivered", ReturnKind.DELIVERED),
    ("relayed", ReturnKind.DELIVERED),
    ("expanded", ReturnKind.DELIVERED),
)
_READ = 16_384


def report_from_fields(fields: str, words: str) -> Returned | None:
    """What the text of a message/delivery-status part (``fields``) reports. ``words`` is the human-readable part beside
    it, used for the reason when the fields are vague. None when there is neither an action nor a status."""
    found = [(name.lower(), value.strip()) for name, value in _FIELD.findall(fields[:_READ])]
    actions = [value.split(" ")[0].split("(")[0].lower() for name, value in found if name == "action"]
    stated = [m.group() for name, value in found if name == "status" if (m := _STATUS.search(value))]
    diagnosis = "\n".join(value for name, value in found if name == "diagnostic-code")
    kind = next((kind for action, kind in _WORST_FIRST if action in actions), None)
    if kind is None:
        if not stated:
            return None
        kind = {"5": ReturnKind.FAILED, "4": ReturnKind.DELAYED}.get(stated[0][0], ReturnKind.DELIVERED)
    if kind is ReturnKind.FAILED:
        stated = [s for s in stated if not s.startswith("2")]
    status = next((s for s in stated if not _VAGUE.match(s)), "")
    if kind is ReturnKind.FAILED and not status:
        status = reason(diagnosis) or reason(words) or (stated[0] if stated else "5.0.0")
    return Returned(kind, status or (stated[0] if stated else ""))


def report_from_text(words: str) -> Returned:
    """What the text (``words``) of a report without fields says: delayed, or failed and why."""
    own = _own(words)
    status = reason(own)
    if DELAY.search(own) and "permanent" not in own.lower():
        return Returned(ReturnKind.DELAYED, status if status.startswith("4") else "")
    return Returned(ReturnKind.FAILED, status or "5.0.0")


def reason(words: str) -> str:
    """The enhanced status code that ``words`` state or describe; "" without one."""
    own = _own(words)
    codes = [m.group() for m in _STATUS.finditer(own) if m.group(1) != "2"]
    exact = next((s for s in codes if not _VAGUE.match(s)), None)
    if exact:
        return exact
    described = next((status for status, pattern in _REASONS if pattern.search(own)), None)
    if described:
        return described
    code = _CODE.search(own)
    return codes[0] if codes else (f"{code.group(1)}.0.0" if code else "")


def _own(words: str) -> str:
    """The report's own text, before the copy of the letter begins."""
    below = COPY_BELOW.search(words, 1)
    return words[: below.start() if below else _READ][:_READ]
