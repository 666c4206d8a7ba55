"""One lookup for a letter before it is parsed: whether its author may write to an alias, whether it is a duplicate,
which letters it answers, and what its author was written."""

from __future__ import annotations

from collections.abc import Sequence

from relay.store.duplicates import ask_known, known_of
from relay.store.echoes import ask_few, few_of
from relay.store.engine.database import Database
from relay.store.engine.keyed_hashes import written_hashes
from relay.store.records import Foreign, LetterKey, NoSuchAlias, RouteLookup
from relay.store.route_finding import find
from relay.store.threads import ask_ids, ids_of
from relay.vault import Vault


def look_up(
    db: Database, vault: Vault, author: str, aliases: Sequence[str], letter: LetterKey
) -> dict[str, RouteLookup | NoSuchAlias | Foreign]:
    """Look up the route from ``author`` to each of ``aliases``, for this letter. The work is the same for every result.
    Raises VaultError when a member cannot be decrypted."""
    answers: dict[str, RouteLookup | NoSuchAlias | Foreign] = {}
    for alias, (found, examined) in find(db, vault, author, aliases, letter.mailbox).items():
        before, ids, echoes = None, {}, None
        if examined is not None:
            each = [written_hashes(vault, examined.pair_id, examined.side, written) for written in letter.written]
            hashes = [hash for hashes in each for hash in hashes]
            seen = ask_known(db, hashes, letter.now)
            cited = ask_ids(db, vault, examined.pair_id, examined.side, letter.cited)
            written_to = ask_few(db, examined.pair_id, examined.side)
            before, ids, echoes = known_of(seen), ids_of(cited, vault), few_of(written_to)
        answers[alias] = found if isinstance(found, NoSuchAlias | Foreign) else RouteLookup(found, before, ids, echoes)
    return answers
