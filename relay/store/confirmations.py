"""Confirmation requests: about held letters, and about addresses that are not proven yet.

An answer is matched by the request's token. Yes releases the letter or proves the address; no destroys the letter or
removes the address. A member whose answer is neither is asked once more; after that only a person decides. An unproven
letter is given up when its request expires. A letter from a registered address that is not proven yet waits without
time limit: for the answer, for the proof of the address (addresses.py), or for a coordinator.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from relay.model import Side
from relay.store.engine.database import Database
from relay.store.engine.keyed_hashes import address_hashes, network_hash, places, question_hashes
from relay.store.engine.reader import Reader
from relay.store.engine.times import from_stored_or_none, to_stored
from relay.store.engine.writer import Writer
from relay.store.errors import StoreChanged
from relay.store.hold_records import Decided, Decider, HoldDecision
from relay.store.holds import decide
from relay.store.people.address_moves import expire_moves, move_about, new_agrees
from relay.store.people.addresses import parts_of, prove, withdraw
from relay.store.people.identities import identity, owner_of, proven_addresses, registered_hash
from relay.store.people.pairs import PAIR_COLUMNS, read_pair
from relay.store.queue.acceptance import NEVER, accept
from relay.store.queue.holding import AUTHOR_DECIDES, UNPROVEN, WORD_ALONE, leave_to_person
from relay.store.records import Acceptance, Answer, Decision, OpenConfirmation, Waiting
from relay.store.signing_again import SignAgain
from relay.vault import Vault

ANSWER_WITHIN = timedelta(days=7)
ASKED_AT_MOST = 2

_OPEN = """
SELECT count(*) FROM delivery JOIN journal ON journal.id = delivery.journal_id
WHERE delivery.state = 'held' AND delivery.last_status = ? AND journal.pair_id = ? AND journal.side = ?
"""
_WAITING = """
SELECT delivery.id, journal.id, question.network FROM delivery
    JOIN journal ON journal.id = delivery.journal_id JOIN question ON question.delivery_id = delivery.id
WHERE delivery.state = 'held' AND delivery.last_status = ? AND journal.pair_id = ? AND journal.side = ?
ORDER BY delivery.number
"""
_ABOUT_LETTER = """
SELECT journal.id, journal.pair_id, journal.side, question.asked, question.mailbox, question.address,
    delivery.last_status FROM question
    JOIN delivery ON delivery.id = question.delivery_id JOIN journal ON journal.id = delivery.journal_id
WHERE question.hash IN {} AND question.expires_at > ? AND delivery.state = 'held' AND journal.side IS NOT NULL
"""
_ABOUT_ADDRESS = """
SELECT address_question.address, address_question.asked FROM address_question
    JOIN address ON address.hash = address_question.address
WHERE address_question.hash IN {} AND address_question.expires_at > ? AND address.proven = 0
"""
_PAIR = f"SELECT {PAIR_COLUMNS}, mentor, mentee FROM pair WHERE id = ?"  # noqa: S608
_LATE = """
SELECT delivery.id, delivery.journal_id FROM question JOIN delivery ON delivery.id = question.delivery_id
WHERE delivery.state = 'held' AND delivery.last_status IN (?, ?) AND question.expires_at <= ?
ORDER BY delivery.number
"""
_NEXT_EXPIRY = """
SELECT min(expires_at) FROM (
    SELECT expires_at FROM question UNION ALL SELECT expires_at FROM address_question
    UNION ALL SELECT expires_at FROM desk_question UNION ALL SELECT expires_at FROM address_move
) AS asked WHERE expires_at < ?
"""
# Requests about letters that a coordinator has released or refused.
_MOOT = "DELETE FROM question WHERE NOT EXISTS (SELECT 1 FROM delivery WHERE id = question.delivery_id)"


class ConfirmationRequests:
    """Confirmation requests that are not answered yet."""

    def __init__(self, reader: Reader, writer: Writer, vault: Vault, sign: SignAgain) -> None:
        self._reader, self._writer, self._vault, self._sign = reader, writer, vault, sign

    async def open_in(self, pair_id: str, side: Side, why: str) -> int:
        """How many letters by the member on ``side`` of a pair are held for the reason ``why``."""
        row = await self._reader.run(lambda db: db.execute(_OPEN, (why, pair_id, side.value)).fetchone())
        return int(row[0])

    async def waiting(self, pair_id: str, side: Side) -> list[Waiting]:
        """The unproven letters that wait for an answer of the member on ``side``, oldest first."""
        rows = await self._reader.run(lambda db: db.execute(_WAITING, (UNPROVEN, pair_id, side.value)).fetchall())
        return [Waiting(delivery, journal, bytes(network or b"").hex()) for delivery, journal, network in rows]

    def network(self, network: str) -> str:
        """The opaque key of ``network``, as in ``Waiting.network``."""
        return network_hash(self._vault, network).hex()

    async def hold(self, letters: Sequence[Acceptance], displaced: Sequence[Waiting], now: datetime) -> None:
        """Accept ``letters``, one of them held with its confirmation request, and destroy the ``displaced`` ones.
        Raises StoreError."""

        def job(db: Database) -> None:
            for one in displaced:
                db.execute("DELETE FROM question WHERE delivery_id = ?", (one.delivery_id,))
                decide(
                    db, self._vault, Decided(one.delivery_id, HoldDecision.DISPLACED, Decider.CLOCK, now), self._sign
                )
            accept(db, self._vault, letters)

        await self._writer.run(job)

    async def find(self, token: str, now: datetime) -> OpenConfirmation | None:
        """The open confirmation request with ``token``; None when there is none, or it was answered, decided or has
        expired."""
        return await self._reader.run(lambda db: _found(db, self._vault, token, now))

    async def expire(self, now: datetime) -> int:
        """Give up the letters whose confirmation request has expired, and note it in the journal. Returns how many."""

        def job(db: Database) -> int:
            late = db.execute("DELETE FROM question WHERE expires_at <= ? RETURNING delivery_id", (to_stored(now),))
            ids = [str(id) for (id,) in late.fetchall()]
            expire_moves(db, self._vault, now)
            for table in ("address_question", "desk_question"):
                db.execute(f"DELETE FROM {table} WHERE expires_at <= ?", (to_stored(now),))  # noqa: S608 -- our tables
            db.execute(_MOOT)
            over = [Decided(id, HoldDecision.UNCONFIRMED, Decider.CLOCK, now) for id in ids]
            return sum(decide(db, self._vault, one, self._sign) is not None for one in over)

        return await self._writer.run(job)

    async def late(self, now: datetime) -> list[Waiting]:
        """Held letters whose authors did not decide in time, which ``expire`` has not given up yet."""
        rows = await self._reader.run(
            lambda db: db.execute(_LATE, (AUTHOR_DECIDES, WORD_ALONE, to_stored(now))).fetchall()
        )
        return [Waiting(delivery, journal, "") for delivery, journal in rows]

    async def next_expiry(self) -> datetime | None:
        """When the next confirmation request expires; None when none does."""
        row = await self._reader.run(lambda db: db.execute(_NEXT_EXPIRY, (NEVER,)).fetchone())
        return from_stored_or_none(row[0])


def answer(db: Database, vault: Vault, given: Answer, sign: SignAgain) -> None:
    """Apply the decision of an answer. Raises StoreChanged when its confirmation request has changed meanwhile, or
    a released letter cannot be signed anew."""
    question = given.question
    if _found(db, vault, question.token, given.at) != question:
        raise StoreChanged("the question has changed meanwhile")
    about_letter = bool(question.journal_id)
    if given.decision in (Decision.ASK_AGAIN, Decision.LEAVE):
        _asked(db, vault, question, leave=given.decision is Decision.LEAVE)
    elif about_letter:
        _decide_letter(db, vault, given, sign)
    elif given.decision is Decision.YES:
        hash = registered_hash(db, vault, question.address)
        if not new_agrees(db, vault, hash, given.at, sign):
            prove(db, vault, question.token, given.at, sign)
    else:
        withdraw(db, vault, question.address, given.at)
    accept(db, vault, given.letters)


def _asked(db: Database, vault: Vault, question: OpenConfirmation, *, leave: bool) -> None:
    """Note that the member was asked once more, or (``leave``) that only a person decides, without time limit."""
    table = "question" if question.journal_id else "address_question"
    hashes = question_hashes(vault, question.token)
    this = f"hash IN {places(hashes)}"
    db.execute(f"UPDATE {table} SET asked = asked + 1 WHERE {this}", hashes)  # noqa: S608 -- one of two names
    if leave and question.journal_id:
        left = f"UPDATE question SET expires_at = ? WHERE {this} RETURNING delivery_id"  # noqa: S608 -- question marks
        leave_to_person(db, db.execute(left, (NEVER, *hashes)).fetchone()[0])


def _decide_letter(db: Database, vault: Vault, given: Answer, sign: SignAgain) -> None:
    hashes = question_hashes(vault, given.question.token)
    sql = f"DELETE FROM question WHERE hash IN {places(hashes)} RETURNING delivery_id"  # noqa: S608 -- question marks
    asked = db.execute(sql, hashes).fetchone()
    decision = HoldDecision.RELEASED if given.decision is Decision.YES else HoldDecision.DENIED
    decide(db, vault, Decided(asked[0], decision, Decider.AUTHOR, given.at), sign)


def _found(db: Database, vault: Vault, token: str, now: datetime) -> OpenConfirmation | None:
    hashes = question_hashes(vault, token)
    these, values = places(hashes), (*hashes, to_stored(now))
    letter = db.execute(_ABOUT_LETTER.format(these), values).fetchone()
    if letter is not None:
        return _about_letter(db, vault, token, letter)
    address = db.execute(_ABOUT_ADDRESS.format(these), values).fetchone()
    return None if address is None else _about_address(db, vault, token, bytes(address[0]), address[1])


def _about_letter(db: Database, vault: Vault, token: str, row: Sequence[object]) -> OpenConfirmation:
    journal_id, pair_id, said, asked, asked_at, address, why = row
    side = Side(str(said))
    pair = db.execute(_PAIR, (pair_id,)).fetchone()
    known, proven = _addresses(db, vault, pair[-2] if side is Side.MENTOR else pair[-1])
    # Requests of earlier versions have no mailbox: they went to the first address.
    mailbox = next((one for one in known if asked_at in address_hashes(vault, one)), next(iter(known), ""))
    about = {
        "journal_id": str(journal_id),
        "elsewhere": address is not None,
        "decides": why in (AUTHOR_DECIDES, WORD_ALONE),
    }
    about["word_alone"] = why == WORD_ALONE
    return OpenConfirmation(token, read_pair(pair), side, mailbox, proven, int(str(asked)), **about)  # type: ignore[arg-type]


def _about_address(db: Database, vault: Vault, token: str, hash: bytes, asked: int) -> OpenConfirmation | None:
    owner = owner_of(db, (hash,))
    parts = parts_of(db, owner.number) if owner is not None else ()
    if owner is None or not parts:
        return None
    known, proven = _addresses(db, vault, owner.number)
    address = next((one for one in known if hash in address_hashes(vault, one)), "")
    waiting = db.execute(
        "SELECT count(*) FROM question JOIN delivery ON delivery.id = question.delivery_id "
        "WHERE question.address = ? AND delivery.state = 'held'",
        (hash,),
    ).fetchone()[0]
    part, agreed = parts[0], move_about(db, hash, owner.number)
    about = {"address": address, "waiting": waiting, "moves": {None: "", False: "waits", True: "now"}[agreed]}
    return OpenConfirmation(token, part.pair, part.side, address, proven, asked, **about, primary=known[0])


def _addresses(db: Database, vault: Vault, member: int) -> tuple[tuple[str, ...], frozenset[str]]:
    """A member's addresses, and those of them that are proven, in lower case."""
    return identity(db, vault, member).addresses, proven_addresses(db, vault, member)
