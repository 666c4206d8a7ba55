"""Takes relay's own letters out of a letter that quotes or forwards one: they are for its author only."""

from __future__ import annotations

from dataclasses import replace

from relay.anonymise.own_words import own_words
from relay.anonymise.running_text import without_tags
from relay.message.confirmation.answer_text import texts_of
from relay.message.our_letters import is_subject_of_ours, questions_of_ours, sentences_of_ours
from relay.message.read.entities import read
from relay.message.read.html_to_text import html_to_text
from relay.model import Attachment, Message
from relay.refusals import CannotAnonymise, Refusal

HOLDS_OURS = (
    "your letter holds words of a letter of ours, which is for you only; please take them out, and send it again"
)


def without_ours(message: Message) -> tuple[Message, tuple[str, ...]]:
    """The letter as its author wrote it, and what it shows of relay's questions: codes, and the local parts of reply
    addresses. Where it quotes relay, the quotations are left out, and with them the formatting of its author's words.
    Raises CannotAnonymise when relay's words cannot be told from theirs. Linear."""
    if any(_encloses(one) for one in message.attachments):
        raise CannotAnonymise(HOLDS_OURS)
    texts = [message.text or "", without_tags(message.html or "")]  # some programs quote in one of the two
    quoted = any(map(sentences_of_ours, texts))
    questions = questions_of_ours(message.subject, texts, quoted=quoted)
    if is_subject_of_ours(message.subject, quoted=quoted):
        message = replace(message, subject="", folds=())
    return (_own(message) if quoted else message), questions


def _encloses(file: Attachment) -> bool:
    """Whether an attached mail is a letter of relay's."""
    if file.media_type != "message/rfc822" and not (file.filename or "").lower().endswith(".eml"):
        return False
    try:
        return any(map(sentences_of_ours, texts_of(read(file.content))))
    except (Refusal, RecursionError):  # what cannot be read is refused where files are cleaned
        return False


def _own(message: Message) -> Message:
    """Their own words in a letter that quotes relay."""
    whole = message.text if message.text is not None else html_to_text(message.html or "")
    try:
        own = own_words(whole, (" ", "\n"))
    except CannotAnonymise:
        raise CannotAnonymise(HOLDS_OURS) from None
    if sentences_of_ours(own):
        raise CannotAnonymise(HOLDS_OURS)
    return replace(message, text=own, html=None)
