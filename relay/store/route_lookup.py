"""All that the store knows of a letter before it is opened, in one look: may its author write there, was it taken
before, and which letters does it answer."""

from __future__ import annotations

from collections.abc import Sequence

from relay.store.duplicates import known
from relay.store.engine.database import Database
from relay.store.engine.keyed_hashes import written_hashes
from relay.store.records import Foreign, LetterKey, NoSuchAlias, RouteLookup
from relay.store.route_finding import find
from relay.store.threads import known_ids
from relay.vault import Vault


def ways(
    db: Database, vault: Vault, author: str, aliases: Sequence[str], letter: LetterKey
) -> dict[str, RouteLookup | NoSuchAlias | Foreign]:
    """What each of ``aliases`` is to ``author``, and to this letter. The same work for every answer. Raises VaultError
    when a member does not open."""
    answers: dict[str, RouteLookup | NoSuchAlias | Foreign] = {}
    for alias, (found, behind) in find(db, vault, author, aliases, letter.mailbox).items():
        before, ids = None, {}
        if behind is not None:
            each = [written_hashes(vault, behind.pair_id, behind.side, written) for written in letter.written]
            hashes = [hash for hashes in each for hash in hashes]
            before = known(db, hashes, letter.now)
            ids = known_ids(db, vault, behind.pair_id, behind.side, letter.cited)
        answers[alias] = found if isinstance(found, NoSuchAlias | Foreign) else RouteLookup(found, before, ids)
    return answers
