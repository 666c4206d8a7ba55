"""Finds letters of which the only word is a command of the desk, such as "stop"."""

from __future__ import annotations

from relay.anonymise.own_words import own_words
from relay.anonymise.signature_blocks.formulas import is_closing
from relay.message.desk.read_command import command_alone
from relay.model import Message
from relay.refusals import CannotAnonymise

_LONGEST = 60  # characters
_SIGNED = 6  # words of a closing formula and a name below it


def only_command(message: Message) -> str:
    """The command that the author of a scrubbed letter wrote above or below a quotation, and nothing else; "" for any
    other letter. A letter with files is no command."""
    text = (message.text or "").strip()
    ends = text.partition("\n")[0], text.rpartition("\n")[2]  # of a long letter no more is looked at
    if message.attachments or not any(map(_is_command, ends)):
        return ""
    try:
        words = own_words(text, ())
    except CannotAnonymise:
        return ""
    first, *below = [line.strip() for line in words.splitlines() if line.strip()] or [""]
    signed = not below or (is_closing(below[0]) and sum(len(line.split()) for line in below) <= _SIGNED)
    return command_alone(first) if len(first) <= _LONGEST and signed else ""


def _is_command(line: str) -> bool:
    return 0 < len(line) <= _LONGEST and bool(command_alone(line))
