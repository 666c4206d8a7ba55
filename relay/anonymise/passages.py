"""Collects everything to be removed from running text: of a letter, plain or formatted, and of text files."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

from relay.anonymise import (
    answered_meetings,
    chats,
    commits,
    contact,
    escapes,
    invitations,
    named_files,
    receipts,
    signature_blocks,
    tokens,
)
from relay.anonymise.doubts import Doubts
from relay.anonymise.history import find_history
from relay.anonymise.identities import Finding, Redactor
from relay.anonymise.links import in_text
from relay.anonymise.pgp_armour import armoured
from relay.anonymise.removal_kinds import CONTACT
from relay.anonymise.returned_words import EchoFilter, without_echoes
from relay.message.clock import may_hold_clock
from relay.refusals import ContactDetails

_MOST_TEXTS = 4


class _Cache(dict[str, list[Finding]]):
    """The findings in the last few texts of a letter, because plain text is often searched twice."""


def passages(text: str, redactor: Redactor, marked: Sequence[tuple[int, int]] = ()) -> list[Finding]:
    """Every passage of the visible ``text`` that must be replaced; in order, none overlapping.

    ``marked`` are the ranges (start, end) that a mail program marked as signature block. Raises ContactDetails when
    programme.contact is "refuse" and the letter holds contact details.
    """
    cache = redactor.of_letter(_Cache)
    # An attached mail, and a file that comes back, are read differently.
    cached = not (marked or redactor.is_sifted or redactor.of_letter(EchoFilter).everywhere)
    found = cache.get(text) if cached else None
    if found is None:
        found = _found(text, redactor, marked)
        if cached:
            if len(cache) >= _MOST_TEXTS:
                cache.clear()
            cache[text] = found
    return found


def _found(text: str, redactor: Redactor, marked: Sequence[tuple[int, int]]) -> list[Finding]:
    # What the reader wrote is no name of the author's, in no line: else a signature would go just where it is theirs.
    named = without_echoes(text, redactor.find(text), redactor)
    signed = signature_blocks.find(text, redactor, named)
    history = find_history(text, redactor, signed)
    timed = may_hold_clock(text)
    blocks = (
        armoured(text, redactor),
        chats.find(text, redactor) if timed else [],
        signature_blocks.find_marked(text, redactor, _before_history(marked, history)) if marked else [],
        _above_history(text, signed, history),
        history,
        receipts.find(text) if timed or "@" in text else [],
        answered_meetings.find(text) if timed else [],
        commits.find(text) if timed else [],
    )
    # Where findings overlap, the replacement of the earlier finder counts: keys are removed completely, names or not,
    # and a name in a link is replaced so that the link stays in one piece.
    regions, linked = together(blocks), in_text.find(text, redactor, named)
    others = (
        *(escapes.find(text, redactor.find), tokens.find(text, redactor)),
        *(invitations.find(text), named_files.find(text)),
    )
    changed, owned = (_outside(some, regions) for some in linked)
    return with_contacts(text, (*blocks, named, *others), redactor, changed, owned)


def mentions(text: str, redactor: Redactor) -> list[Finding]:
    """What must not stay in the strings of a table: names, addresses, and what links tell."""
    named = redactor.find(text)
    changed, owned = in_text.find(text, redactor, named)
    for finding in owned:
        redactor.of_letter(Doubts).add(finding.kind, finding.replacement)
    return together((changed, named))


def with_contacts(
    text: str,
    found: Sequence[list[Finding]],
    redactor: Redactor,
    linked: Sequence[Finding] = (),
    owned: Sequence[Finding] = (),
) -> list[Finding]:
    """Joined findings, those in links (``linked``) before the others, with the contact details treated as
    programme.contact says: removed ("redact"), left and noted as doubts ("ask", "coordinator"), or left alone
    ("allow"). Those inside of another finding go with it; a link that is one goes as one. Links that show their owner
    (``owned``) are noted as doubts whatever it says. Raises ContactDetails ("refuse")."""
    setting, doubts = redactor.known.contact, redactor.of_letter(Doubts)
    # A sentence about oneself is no way to be reached: it is asked about, never removed.
    described, rows = setting in ("ask", "coordinator"), redactor.of_letter(signature_blocks.Rows)
    contacts = [] if setting == "allow" else contact.find(text, rows, described=described)
    for finding in _outside(owned, contacts):
        doubts.add(finding.kind, finding.replacement)
    if not contacts:
        return together((list(linked), *found))
    joined = together((_outside(linked, contacts), *found, contacts))
    if setting == "redact":
        return joined
    left = [finding for finding in joined if finding.kind in CONTACT]
    if left and setting == "refuse":
        raise ContactDetails
    doubts.found(text, left)
    return together((list(linked), *found))


def _outside(found: Sequence[Finding], others: list[Finding]) -> list[Finding]:
    """The findings that overlap none of the others."""
    ends = [other.end for other in others]
    nearest = ((finding, bisect_right(ends, finding.start)) for finding in found)
    return [finding for finding, at in nearest if at == len(others) or others[at].start >= finding.end]


def _before_history(marked: Sequence[tuple[int, int]], history: list[Finding]) -> list[tuple[int, int]]:
    """The marked ranges cut off where quoted history begins: Zoho marks the line above a quotation like a signature."""
    starts = [finding.start for finding in history]
    out = []
    for start, end in marked:
        at = bisect_left(starts, start)
        stop = min((end, *starts[at : at + 1]))
        if start < stop:
            out.append((start, stop))
    return out


def _above_history(text: str, signed: list[Finding], history: list[Finding]) -> list[Finding]:
    """Signature blocks cut off where quoted history begins: a rule above a quotation begins no signature block."""
    if not signed or not history:
        return signed
    starts = [finding.start for finding in history]
    out = []
    for finding in signed:
        at = bisect_left(starts, finding.start)
        end = finding.end
        if at < len(starts) and starts[at] < end:
            end = max(finding.start, text.rfind("\n", 0, starts[at]))
        if end == finding.end or any(sign.isalnum() for sign in text[finding.start : end]):
            out.append(replace(finding, end=end))
    return out


def together(found: Sequence[list[Finding]]) -> list[Finding]:
    """Joined findings: those that overlap become one, with the replacement of the first finder."""
    if not any(found):
        return []
    ranked = sorted(
        chain.from_iterable(((f.start, rank, f) for f in several) for rank, several in enumerate(found)),
        key=lambda item: item[:2],
    )
    out: list[tuple[int, Finding]] = []
    for _, rank, finding in ranked:
        if not out or finding.start >= out[-1][1].end:
            out.append((rank, finding))
            continue
        before, last = out[-1]
        words = last if before <= rank else finding
        out[-1] = (min(before, rank), Finding(last.start, max(last.end, finding.end), words.replacement, words.kind))
    return [finding for _, finding in out]
