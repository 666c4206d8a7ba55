"""The result of authentication: a verdict on the author for each recipient of a letter."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace

from relay.authentication.verdict import Verdict
from relay.model import Envelope


@dataclass(frozen=True, slots=True)
class Authorship:
    """Whether the author of one letter is proven, for each of its recipients.

    ``verdicts`` maps each recipient (lower case) to its verdict. ``signed_as``: for each valid DKIM signature, the
    SHA-256 in hex of what it covers; two letters that share one are the same letter. Empty when no signature is valid.
    ``why`` is for the operator: the results when the author is not proven for every recipient, without domains or
    addresses.
    """

    verdicts: Mapping[str, Verdict]
    signed_as: tuple[str, ...] = ()
    why: str = ""

    def verdict(self, recipient: str) -> Verdict:
        """The verdict for one recipient of the envelope, in any case. Raises KeyError for any other address."""
        return self.verdicts[recipient.lower()]

    def as_for(self, recipient: str, other: str) -> Authorship:
        """The same, with the verdict for ``recipient`` also for the address ``other`` of ours."""
        return replace(self, verdicts={**self.verdicts, other.lower(): self.verdict(recipient)})

    @classmethod
    def same(cls, envelope: Envelope, verdict: Verdict, why: str = "") -> Authorship:
        """The same verdict for all recipients."""
        return cls({recipient.lower(): verdict for recipient in envelope.recipients}, why=why)


Proof = Callable[[Envelope, str], Awaitable[Authorship]]
"""Takes an envelope and its author's address (normalised, lower case); returns for which recipients it is proven."""
