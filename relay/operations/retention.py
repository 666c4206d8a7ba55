"""Forgets what is older than [retention] says: kept letters, the log, questions, return paths, fingerprints."""

from __future__ import annotations

import logging
from dataclasses import asdict
from datetime import datetime, timedelta

from relay.operations.findings import Finding, fine, warn
from relay.settings import RetentionSettings, Settings
from relay.store import REMEMBERED, Cutoffs, OldRows, Store

log = logging.getLogger(__name__)

EVERY = timedelta(hours=1)
"""How often it is done while relay serves."""
_LATE = timedelta(days=1)
"""What is older by this much was not forgotten in time."""
_WORDS = {
    "letters": "kept letters",
    "journal": "entries of the log",
    "events": "events",
    "holds": "decisions about held letters",
    "questions": "confirmation requests",
    "conversations": "conversations with the operator",
    "return_paths": "return paths",
    "fingerprints": "fingerprints of letters",
}


async def forget_old(store: Store, settings: Settings, now: datetime) -> OldRows:
    """Delete what is too old at ``now``, in small transactions; returns how many rows of each kind. Stopped in the
    middle, the next call goes on. Raises StoreError."""
    deleted = await store.retention.delete(cutoffs(settings.retention, now))
    words = _listed(deleted)
    if words:
        log.info("deleted because they are older than [retention] says: %s", words)
    return deleted


async def check_retention(store: Store, settings: Settings, now: datetime) -> list[Finding]:
    """Whether anything is a day older than it should be. Raises StoreError."""
    old = await store.retention.overdue(cutoffs(settings.retention, now - _LATE))
    findings = []
    if words := _listed(old):
        findings.append(
            warn(f"older than [retention] says: {words}", "let relay serve run: it deletes them within the hour")
        )
    if old.long_held:
        findings.append(
            warn(
                f"{old.long_held} held letters are older than retention.letters, and stay as long as they are held",
                "see relay held list; then release or refuse them",
            )
        )
    return findings or [fine("nothing is older than [retention] says")]


def cutoffs(retention: RetentionSettings, now: datetime) -> Cutoffs:
    """The moments before which things are too old at ``now``. Fingerprints live as long as return paths, but no longer
    than they are looked at."""
    return_paths = timedelta(seconds=retention.return_paths)
    events = now - timedelta(seconds=retention.events)
    return Cutoffs(
        letters=now - timedelta(seconds=retention.letters),
        journal=events,
        events=events,
        holds=events,
        questions=now - timedelta(seconds=retention.questions),
        conversations=now - timedelta(seconds=retention.conversations),
        return_paths=now - return_paths,
        fingerprints=now - min(return_paths, REMEMBERED),
    )


def _listed(rows: OldRows) -> str:
    counts = asdict(rows)
    return ", ".join(f"{counts[kind]} {words}" for kind, words in _WORDS.items() if counts[kind])
