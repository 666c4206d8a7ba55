"""One letter through the pure middle: parse → scrub → compose → parse again → leak check → sign."""

from __future__ import annotations

from dataclasses import replace

from relay.anonymise.leak_check.check import leak_check
from relay.anonymise.scrub import scrub
from relay.anonymise.way_back import both_times
from relay.message.read.headers import Fields, Head, decoded_values, split
from relay.message.read.parse import parse
from relay.message.write.compose import compose
from relay.message.write.dkim_sign import Signer
from relay.model import Message, RebuildOrder, Rebuilt, Removal
from relay.refusals import StillIdentifying

_MADE_ANEW = frozenset(
    (
        *("from", "to", "subject", "date", "message-id", "in-reply-to", "references", "mime-version"),
        *("content-type", "content-transfer-encoding", "content-disposition"),
    )
)

_RECIPIENTS_OWN = ("to", "in-reply-to", "references")
"""Fields made of the recipient's own address and of message identifiers that their own program knows."""


def rebuild(order: RebuildOrder, signer: Signer, head: Head | None = None) -> Rebuilt:
    """Make the letter that will leave.

    Takes the raw octets, both identities and the new header fields; returns the exact signed octets, what was removed,
    what a person has to decide, and what recognises its words later. ``head`` is the letter's header section, where it
    is split already. Raises a Refusal (CannotAnonymise, StillIdentifying, ContactDetails, Malformed) when that cannot
    be done safely.
    """
    head = head or split(order.content)
    scrubbed = scrub(parse(order.content, head, order.known.names), order.known)
    try:
        composed = _composed(scrubbed.message, order)
    except StillIdentifying:
        # A word may stand out as a name only once its neighbours are replaced: rather scrub again than refuse.
        again = scrub(scrubbed.message, order.known)
        doubts = tuple(dict.fromkeys((*scrubbed.doubts, *again.doubts)))
        scrubbed = replace(again, doubts=doubts, echoes=both_times(scrubbed, again))
        composed = _composed(scrubbed.message, order)
    removals = (*_dropped(head[0]), *scrubbed.removals)
    return Rebuilt(signer.sign(composed), removals, scrubbed.doubts, scrubbed.echoes, scrubbed.remembered)


def _composed(message: Message, order: RebuildOrder) -> bytes:
    """The letter in octets, looked at once more. Raises StillIdentifying."""
    composed = compose(message, order.headers)
    # The finished octets are read by the same parser a stranger's letter meets: what it shows is what the reader sees.
    head = split(composed)
    seen, body = decoded_values(head[0], except_for=_RECIPIENTS_OWN), composed[head[1] :]
    leak_check(parse(composed, head), seen, body, order.known, order.forbidden)
    return composed


def _dropped(fields: Fields) -> tuple[Removal, ...]:
    """The header fields that have no way out, as one removal."""
    dropped = [name for name, _ in fields if name not in _MADE_ANEW]
    if not dropped:
        return ()
    names = ", ".join(sorted({name.title() for name in dropped}))
    return (Removal("header", len(dropped), names),)
