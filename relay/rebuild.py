"""Rebuilds one letter: parse, scrub, compose, parse again, check for leaks, prove its form, sign. Pure."""

from __future__ import annotations

from dataclasses import replace

from relay.anonymise.leak_check.check import as_received, leak_check
from relay.anonymise.leak_check.forms.proof import prove_form
from relay.anonymise.leak_check.reasons import reasons
from relay.anonymise.only_command import only_command
from relay.anonymise.our_letters import without_ours
from relay.anonymise.scrub import scrub
from relay.anonymise.way_back import both_times, core, is_own_subject
from relay.message.read.entities import Entity
from relay.message.read.headers import Fields, Head, split
from relay.message.read.parse import parse
from relay.message.write.compose import compose
from relay.message.write.dkim_sign import Signer
from relay.model import Message, RebuildOrder, Rebuilt, Removal, Scrubbed
from relay.refusals import StillIdentifying

_REBUILT_FIELDS = frozenset(
    (
        *("from", "to", "subject", "date", "message-id", "in-reply-to", "references", "mime-version"),
        *("content-type", "content-transfer-encoding", "content-disposition"),
    )
)


def rebuild(order: RebuildOrder, signer: Signer, head: Head | None = None, tree: Entity | None = None) -> Rebuilt:
    """Rebuild one letter for one recipient.

    ``order`` has the raw octets, both identities and the new header fields. Returns the signed octets to send, what was
    removed, what a person has to decide, and what recognises its words later. ``head`` and ``tree`` are the letter's
    header section and MIME entities, if they are read already. Raises a Refusal (CannotAnonymise, StillIdentifying,
    NotProven, ContactDetails, Malformed) when that cannot be done safely.
    """
    head = head or split(order.content)
    received, questions = without_ours(parse(order.content, head, order.known.names, tree))
    if order.subject and not received.subject:
        received = replace(received, subject=order.subject)
    scrubbed = scrub(received, order.known)
    try:
        composed = _composed(scrubbed.message, order)
    except StillIdentifying:
        scrubbed, composed = _again(scrubbed, received, order)
    prove_form(composed, order.known, received)
    removals = (*_dropped(head[0]), *scrubbed.removals)
    subject = scrubbed.message.subject
    returned = is_own_subject(subject, order.known) and core(subject) != core(received.subject)
    found = scrubbed.doubts, scrubbed.echoes, scrubbed.remembered
    return Rebuilt(signer.sign(composed), removals, *found, returned, only_command(scrubbed.message), questions)


def _again(first: Scrubbed, received: Message, order: RebuildOrder) -> tuple[Scrubbed, bytes]:
    """A letter that the leak check refused, scrubbed until it passes, and composed. Raises StillIdentifying."""
    try:
        return _twice(first, order)
    except StillIdentifying:
        echoes = order.known.echoes
        if not (echoes.mentions or echoes.sketches):
            raise _explained(first, received, order) from None
    # What its reader wrote cannot be told from its author's own words here: their answer is not lost for that.
    known = replace(order.known, echoes=replace(echoes, mentions=(), values=(), sketches=()))
    stricter = scrub(received, known)
    try:
        return stricter, _composed(stricter.message, order)
    except StillIdentifying:
        pass
    try:
        return _twice(stricter, replace(order, known=known))
    except StillIdentifying:
        raise _explained(first, received, order) from None


def _twice(first: Scrubbed, order: RebuildOrder) -> tuple[Scrubbed, bytes]:
    """A word may be recognisable as a name only after its neighbours are replaced, so scrub a second time."""
    again = scrub(first.message, order.known)
    doubts = tuple(dict.fromkeys((*first.doubts, *again.doubts)))
    scrubbed = replace(again, doubts=doubts, echoes=both_times(first, again))
    return scrubbed, _composed(scrubbed.message, order)


def _composed(message: Message, order: RebuildOrder) -> bytes:
    """Compose the letter, and check the result for leaks. Raises StillIdentifying."""
    composed = compose(message, order.headers)
    leak_check(*as_received(composed), order.known, order.forbidden)
    return composed


def _explained(first: Scrubbed, written: Message, order: RebuildOrder) -> StillIdentifying:
    """The refusal with the author's own words in the letter, and with the name of the file that shows them as its
    author gave it in ``written``: a name from the finished letter would tell which words of it relay replaced."""
    message = scrub(first.message, order.known).message
    why = reasons(*as_received(compose(message, order.headers)), order.known)
    same = len(message.attachments) == len(written.attachments)
    file = written.attachments[why.file].filename if same and why.file is not None else ""
    return StillIdentifying(file=file or "", own_words=why.words)


def _dropped(fields: Fields) -> tuple[Removal, ...]:
    """The header fields that were dropped, as one removal."""
    dropped = [name for name, _ in fields if name not in _REBUILT_FIELDS]
    if not dropped:
        return ()
    names = ", ".join(sorted({name.title() for name in dropped}))
    return (Removal("header", len(dropped), names),)
