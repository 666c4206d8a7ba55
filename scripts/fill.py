"""Makes a large home for measuring, through the store itself: invented pairs, and their delivered letters."""

from __future__ import annotations

import argparse
import asyncio
import secrets
import sys
import time
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from relay.model import Identity, JournalEntry, NewDelivery, NewPair, Persona, Side, ThreadLink
from relay.outcomes import Sent
from relay.policy.recipients import new_token, return_path
from relay.store import Acceptance, Settlement, Store, StoreError
from relay.vault import Vault, VaultError, read_key

LETTER_OCTETS = 2048
LETTERS_A_COMMIT = 1000
SPREAD = timedelta(days=365)
# Never due while it is in the queue, should this be stopped half-way: nobody tries to deliver an invented letter.
NEVER = timedelta(days=36500)


@dataclass(frozen=True, slots=True)
class Fill:
    """One run: ``tag`` keeps its names apart from those of other runs; ``end`` is when the newest letter came."""

    domain: str
    tag: str
    letters: int
    pairs: int
    end: datetime

    def pair(self, number: int) -> NewPair:
        """The pair of this number. Its people live in a domain that cannot exist (RFC 2606)."""

        def persona(side: Side) -> Persona:
            return Persona(f"{side.value.title()} {number}", f"{side}-{number}.{self.tag}@{self.domain}")

        def identity(side: Side) -> Identity:
            return Identity((self.address(side, number),), (f"Real {side.value.title()} {number}",))

        return NewPair(
            id=f"{self.tag}-{number}",
            mentor=persona(Side.MENTOR),
            mentee=persona(Side.MENTEE),
            mentor_identity=identity(Side.MENTOR),
            mentee_identity=identity(Side.MENTEE),
            cohort=f"fill-{self.tag}",
            language="en",
            created_at=self.end - SPREAD,
        )

    def address(self, side: Side, number: int) -> str:
        """A real address of the one on ``side`` in pair ``number``."""
        return f"{side}{number}.{self.tag}@home{number % 50}.invalid"

    def letter(self, number: int) -> tuple[Acceptance, Settlement]:
        """The letter of this number, accepted, and delivered two seconds after."""
        turn, pair = divmod(number, self.pairs)
        side = Side.MENTOR if turn % 2 == 0 else Side.MENTEE
        pair_id, id = f"{self.tag}-{pair}", f"{self.tag}-letter-{number}"
        at = self.end - SPREAD + SPREAD * number / self.letters
        relay_id = f"{secrets.token_hex(12)}@{self.domain}"
        content = _content(number, relay_id)
        entry = JournalEntry(id, pair_id, side, "letter", at, LETTER_OCTETS + 700, len(content), {"signature": 1})
        link = ThreadLink(pair_id, side, f"{secrets.token_hex(12)}@home{pair % 50}.invalid", relay_id)
        path = return_path(new_token(), self.domain)
        delivery = NewDelivery(id, id, self.address(side.other, pair), path, content, at + NEVER)
        return Acceptance(entry, link, (delivery,), keep=True), Settlement(id, Sent(), None, at + timedelta(seconds=2))

    def batches(self) -> Iterator[Sequence[tuple[Acceptance, Settlement]]]:
        """All letters, in the order of time, as many at once as go into a commit."""
        for start in range(0, self.letters, LETTERS_A_COMMIT):
            yield [self.letter(number) for number in range(start, min(start + LETTERS_A_COMMIT, self.letters))]


def _content(number: int, relay_id: str) -> bytes:
    head = f"Message-ID: <{relay_id}>\r\nSubject: Letter {number}\r\nMIME-Version: 1.0\r\n\r\n".encode()
    line = b"Thank you for your last letter. I have thought about it for a while.\r\n"
    return (head + line * (LETTER_OCTETS // len(line) + 1))[:LETTER_OCTETS]


async def fill(store: Store, run: Fill) -> None:
    """Put the run's pairs and letters into the store, telling how it goes on stderr."""
    began = time.monotonic()
    await store.directory.add_pairs([run.pair(number) for number in range(run.pairs)])
    _tell(f"{run.pairs} pairs in {time.monotonic() - began:.1f} s")
    began, done = time.monotonic(), 0
    for batch in run.batches():
        await store.accept([acceptance for acceptance, _ in batch])
        await store.queue.settle([settlement for _, settlement in batch])
        done += len(batch)
        if done % 50_000 == 0:
            _tell(f"{done} of {run.letters} letters, {done / (time.monotonic() - began):.0f}/s")
    print(f"{run.pairs} pairs and {done} letters, made in {time.monotonic() - began:.1f} s")


async def main() -> int:
    """Read the command line and the home; returns the exit code."""
    asked = _parser().parse_args()
    try:
        domain = str(tomllib.loads((asked.home / "relay.toml").read_text("utf-8"))["domain"])
        vault = Vault(read_key((asked.home / "keys" / "vault.key").read_text("ascii")))
        store = await Store.open(asked.home / "relay.db", vault)
    except (OSError, KeyError, ValueError, VaultError, StoreError) as error:
        _tell(f"{asked.home} cannot be filled: {error}; make a home with relay init first")
        return 1
    pairs = asked.pairs or max(1, asked.letters // 100)
    try:
        await fill(store, Fill(domain, secrets.token_hex(3), asked.letters, pairs, datetime.now(UTC)))
    except StoreError as error:
        _tell(str(error))
        return 1
    finally:
        await store.close()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scripts/fill", description=__doc__)
    parser.add_argument("home", type=Path, metavar="HOME")
    parser.add_argument("--letters", type=int, required=True, metavar="M")
    parser.add_argument("--pairs", type=int, default=0, metavar="N")
    return parser


def _tell(words: str) -> None:
    print(f"fill: {words}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
