"""Finds letters of which the only word is a command of the desk, such as "stop"."""

from __future__ import annotations

from relay.anonymise.own_words import own_words
from relay.anonymise.signature_blocks.marks import is_closing
from relay.message.desk.read_command import command_alone
from relay.model import Message
from relay.refusals import CannotAnonymise

_LONGEST = 60  # characters
_SIGNED = 6  # words of a closing formula and a name below it


def only_command(message: Message) -> str:
    """The command that the author of a scrubbed letter wrote above or below a quotation, and nothing else; "" for any
    other letter. A letter with files is no command."""
    lines = [line.strip() for line in (message.text or "").splitlines() if line.strip()]
    if not lines or message.attachments or not any(_is_command(line) for line in (lines[0], lines[-1])):
        return ""
    try:
        words = own_words(message.text or "", ())
    except CannotAnonymise:
        return ""
    first, *below = [line.strip() for line in words.splitlines() if line.strip()] or [""]
    signed = not below or (is_closing(below[0]) and sum(len(line.split()) for line in below) <= _SIGNED)
    return command_alone(first) if len(first) <= _LONGEST and signed else ""


def _is_command(line: str) -> bool:
    return len(line) <= _LONGEST and bool(command_alone(line))
