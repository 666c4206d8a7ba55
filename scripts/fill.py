"""Fills a home for measurements, through the store: invented pairs, and their delivered letters."""

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
# When an invented letter is due, in case this is interrupted before it is settled: so it is never delivered.
NEVER = timedelta(days=36500)


@dataclass(frozen=True, slots=True)
class Fill:
    """One run. ``tag`` makes its names differ from those of other runs. ``end`` is the time of the newest letter."""

    domain: str
    tag: str
    letters: int
    pairs: int
    end: datetime

    def pair(self, number: int) -> NewPair:
        """The pair with this number. Its addresses are in the domain .invalid (RFC 2606)."""

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
        """The real address of the member on ``side`` of pair ``number``."""
        return f"{side}{number}.{self.tag}@home{number % 50}.invalid"

    def letter(self, number: int) -> tuple[Acceptance, Settlement]:
        """The letter with this number, accepted, and delivered two seconds later."""
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
        """All letters, in order of time, in batches for one commit each."""
        for start in range(0, self.letters, LETTERS_A_COMMIT):
            yield [self.letter(number) for number in range(start, min(start + LETTERS_A_COMMIT, self.letters))]


def _content(number: int, relay_id: str) -> bytes:
    head = f"Message-ID: <{relay_id}>\r\nSubject: Letter {number}\r\nMIME-Version: 1.0\r\n\r\n".encode()
    line = b"Thank you for your last letter. I have thought about it for a while.\r\n"
    return (head + line * (LETTER_OCTETS // len(line) + 1))[:LETTER_OCTETS]


async def fill(store: Store, run: Fill) -> None:
    """Put the run's pairs and letters into the store, with progress on standard error."""
    began = time.monotonic()
    await store.directory.add_pairs([run.pair(number) for number in range(run.pairs)])
    _say(f"{run.pairs} pairs in {time.monotonic() - began:.1f} s")
    began, done = time.monotonic(), 0
    for batch in run.batches():
        await store.accept([acceptance for acceptance, _ in batch])
        await store.queue.settle([settlement for _, settlement in batch])
        done += len(batch)
        if done % 50_000 == 0:
            _say(f"{done} of {run.letters} letters, {done / (time.monotonic() - began):.0f}/s")
    print(f"{run.pairs} pairs and {done} letters added in {time.monotonic() - began:.1f} s")


async def main() -> int:
    """Read the options and the home, and fill it. Returns the exit code."""
    options = _parser().parse_args()
    try:
        domain = str(tomllib.loads((options.home / "relay.toml").read_text("utf-8"))["domain"])
        vault = Vault(read_key((options.home / "keys" / "vault.key").read_text("ascii")))
        store = await Store.open(options.home / "relay.db", vault)
    except (OSError, KeyError, ValueError, VaultError, StoreError) as error:
        _say(f"{options.home} cannot be filled: {error}; make a home with relay init first")
        return 1
    pairs = options.pairs or max(1, options.letters // 100)
    try:
        await fill(store, Fill(domain, secrets.token_hex(3), options.letters, pairs, datetime.now(UTC)))
    except StoreError as error:
        _say(str(error))
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


def _say(message: str) -> None:
    print(f"fill: {message}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
