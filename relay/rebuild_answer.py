"""An answer of the operator through the pure middle: parse → own words → scrub → check → compose → sign.

Its reader gets a letter of the programme: the operator's new words as text, and files, cleaned. The operator's address,
header, signature and quotation do not leave; nor does what identifies the reader's partners, which the operator knows.
"""

from __future__ import annotations

from dataclasses import replace

from relay.anonymise.identities import Finding, replaced
from relay.anonymise.leak_check.check import as_received, leak_check
from relay.anonymise.leak_check.forms.proof import prove_form
from relay.anonymise.mailboxes import mailbox
from relay.anonymise.own_words import own_words
from relay.anonymise.scrub import scrub
from relay.anonymise.search_text import SearchText
from relay.anonymise.tally import merged
from relay.message.read.headers import split
from relay.message.read.html_to_text import html_to_text
from relay.message.read.parse import parse
from relay.message.write.compose import compose
from relay.message.write.dkim_sign import Signer
from relay.message.write.shown_mail import put, subject_of
from relay.model import AnswerOrder, Attachment, Message, Passed, Removal
from relay.refusals import CannotAnonymise, StillIdentifying

_UNDECIDED = ("name", "file")
"""Doubts about what could name one of the reader's partners; that a link shows the operator's programme is no harm."""
_MAY_NAME = (
    "a file in your answer may name the other member of the pair where that cannot be covered; "
    "write what matters into the mail, or send another file"
)
_NO_WORDS = "nothing in this letter can be passed on; please write some words, too"


def rebuild_answer(order: AnswerOrder, signer: Signer) -> Passed:
    """Make the letter that will leave. Raises a Refusal when that cannot be done safely."""
    head = split(order.content)
    found = parse(order.content, head, order.known.names)
    words = own_words(html_to_text(found.html) if found.html else found.text or "", order.ours)
    if not (words.strip() or found.attachments):
        raise CannotAnonymise(_NO_WORDS)
    answers = subject_of(found.subject, order.shown_subject) == subject_of(order.shown_subject, "")
    subject = order.subject if answers else found.subject
    # The HTML is read for its pictures only: those of a signature do not leave, all others leave as files.
    message, removals = _scrubbed(replace(found, subject=subject, text=words), order)
    _check(message, order)
    subject = subject_of(message.subject, order.subject)
    line = f"Re: {subject}" if answers and subject else subject or order.no_subject
    letter = put(order.message, line, (message.text or "").strip("\n"), quoted=False)
    content = compose(replace(letter, attachments=message.attachments), order.headers)
    return Passed(signer.sign(content), subject or order.no_subject, removals)


def _scrubbed(message: Message, order: AnswerOrder) -> tuple[Message, tuple[Removal, ...]]:
    """The words and files without what is the operator's and the partners'."""
    removals: list[Removal] = []
    for known in (order.known, *order.partners):
        done = scrub(message, known)
        if any(doubt.kind in _UNDECIDED for doubt in done.doubts):
            raise StillIdentifying(_MAY_NAME)
        message = replace(done.message, html=None, attachments=tuple(map(_listed, done.message.attachments)))
        removals += done.removals
    subject, text = (_without(words, order) for words in (message.subject, message.text or ""))
    return replace(message, subject=subject, text=text), merged(removals)


def _listed(attachment: Attachment) -> Attachment:
    return replace(attachment, inline=False, content_id=None)


def _without(text: str, order: AnswerOrder) -> str:
    """``text`` with the conversation's address in the place of the operator's, however that is written. What else is
    at its domain is the programme's, and stays."""
    for address in order.hidden:
        searched, box = SearchText(text), mailbox(address)
        if box.may_stand_in(searched.letters):
            found = sorted(searched.folded.span(start, end) for start, end in box.find(searched.undisguised))
            text = replaced(text, [Finding(start, end, order.headers.from_address, "address") for start, end in found])
    return text


def _check(message: Message, order: AnswerOrder) -> None:
    """Look once more at what goes into relay's own letter, as a letter by itself. Raises StillIdentifying."""
    composed = compose(message, order.headers)
    prove_form(composed, order.known)
    received = as_received(composed)
    for known in (order.known, *order.partners):
        leak_check(*received, known, order.hidden if known is order.known else ())
