"""After the leak check has refused a letter: which registered words of its author the letter shows, and in which file.

The answer goes to the author. It is found with the author's identity alone. The recipient's is not used at all, so it
is the same whether or not the letter also names the recipient.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from relay.anonymise.leak_check.check import leak_check
from relay.model import Echoes, Identity, Known, Message
from relay.refusals import StillIdentifying

_MOST_WORDS, _MOST_FILES = 8, 20
"""How many are searched for, because each search reads the whole letter."""


@dataclass(frozen=True, slots=True)
class Reasons:
    """``words``: addresses and names of the author, as they are registered. ``file``: the number, from 0, of the first
    attachment that shows one of them; None when none does."""

    words: tuple[str, ...]
    file: int | None


def reasons(message: Message, headers: Sequence[str], body: bytes, known: Known) -> Reasons:
    """Why the leak check refused the finished letter; the first three parameters are those of ``leak_check``."""
    author = known.author.registered
    alone = [Identity((address,)) for address in author.addresses] + [Identity((), (name,)) for name in author.known_as]
    shown = [one for one in alone[:_MOST_WORDS] if _refuses(message, headers, body, _only(known, one))]
    nothing = Message("", "", None)
    files = (replace(nothing, attachments=(one,)) for one in message.attachments[:_MOST_FILES])
    whole = _only(known, known.author)
    number = next((number for number, file in enumerate(files) if _refuses(file, (), b"", whole)), None)
    return Reasons(tuple(word for one in shown for word in (*one.addresses, *one.known_as)), number)


def _only(known: Known, author: Identity) -> Known:
    return replace(known, author=author, recipient=Identity(()), echoes=Echoes())


def _refuses(message: Message, headers: Sequence[str], body: bytes, known: Known) -> bool:
    try:
        leak_check(message, headers, body, known, ())
    except StillIdentifying:
        return True
    return False
