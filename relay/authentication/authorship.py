"""Who wrote one letter, for each of its recipients: the answer of this room."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from relay.authentication.verdict import Verdict
from relay.model import Envelope


@dataclass(frozen=True, slots=True)
class Authorship:
    """What was found out about who wrote one letter, for each of its recipients.

    ``verdicts`` has one for each recipient of the envelope, by its address in lower case. ``signed_as`` are the
    SHA-256, in hexadecimal, of what each signature that holds covers: two letters that have one in common are the same
    letter. It is empty when no signature holds. ``why``, for the operator, says what was found when it is not proven
    for every recipient; it holds no domain and no address.
    """

    verdicts: Mapping[str, Verdict]
    signed_as: tuple[str, ...] = ()
    why: str = ""

    def verdict(self, recipient: str) -> Verdict:
        """The verdict for one recipient of the envelope, in any case. Raises KeyError for any other address."""
        return self.verdicts[recipient.lower()]

    @classmethod
    def same(cls, envelope: Envelope, verdict: Verdict, why: str = "") -> Authorship:
        """One verdict for all recipients."""
        return cls({recipient.lower(): verdict for recipient in envelope.recipients}, why=why)


Proof = Callable[[Envelope, str], Awaitable[Authorship]]
"""Takes a letter and its author's address (normalised, lower case); says for which recipients it is proven."""
