"""Deletes what is older than [retention] says: letters, journal, events, requests, return paths, fingerprints."""

from __future__ import annotations

import logging
from dataclasses import asdict
from datetime import datetime, timedelta

from relay.operations.findings import Finding, fine, warn
from relay.settings import RetentionSettings, Settings
from relay.store import REMEMBERED, Cutoffs, OldRows, Store

log = logging.getLogger(__name__)

_LATE = timedelta(days=1)
"""relay check warns about what should have been deleted this long ago."""
_NAMES = {
    "letters": "kept letters",
    "echoes": "memories of what may be quoted",
    "journal": "journal entries",
    "events": "events",
    "holds": "decisions about held letters",
    "invitations": "consent to pairs that are over",
    "questions": "confirmation requests",
    "conversations": "conversations with the operator",
    "return_paths": "return paths",
    "fingerprints": "fingerprints of letters",
    "relayed_words": "hashes of letters' words",
}


async def forget_old(store: Store, settings: Settings, now: datetime) -> OldRows:
    """Delete what is too old at ``now``, in small transactions. Returns the number of rows of each kind.

    After an interruption the next call goes on. Raises StoreError.
    """
    deleted = await store.retention.delete(cutoffs(settings.retention, now))
    if listed := _listed(deleted):
        log.info("deleted what is older than [retention] says: %s", listed)
    return deleted


async def check_retention(store: Store, settings: Settings, now: datetime) -> list[Finding]:
    """Whether anything should have been deleted more than a day ago. Raises StoreError."""
    old = await store.retention.overdue(cutoffs(settings.retention, now - _LATE))
    findings = []
    if listed := _listed(old):
        findings.append(
            warn(f"older than [retention] says: {listed}", "start relay serve: it deletes them within the hour")
        )
    if old.long_held:
        findings.append(
            warn(
                f"{old.long_held} held letters are older than retention.letters, and are kept as long as they are held",
                "see relay held list; then release or refuse them",
            )
        )
    if held := await store.legal_holds.all():
        waiting = len(await store.legal_holds.wishes())
        told = f", and {waiting} members wait for that to be forgotten" if waiting else ""
        findings.append(fine(f"pairs on legal hold, of which nothing is deleted: {', '.join(held)}{told}"))
    return findings or [fine("nothing is older than [retention] says")]


def cutoffs(retention: RetentionSettings, now: datetime) -> Cutoffs:
    """For each kind of data, the time before which it is too old at ``now``.

    Fingerprints are kept as long as return paths, but no longer than they are compared (REMEMBERED); hashes of words as
    long as letters.
    """
    return_paths = timedelta(seconds=retention.return_paths)
    events = now - timedelta(seconds=retention.events)
    return Cutoffs(
        letters=now - timedelta(seconds=retention.letters),
        echoes=now - timedelta(seconds=retention.letters),
        journal=events,
        events=events,
        holds=events,
        invitations=events,
        questions=now - timedelta(seconds=retention.questions),
        conversations=now - timedelta(seconds=retention.conversations),
        return_paths=now - return_paths,
        fingerprints=now - min(return_paths, REMEMBERED),
        relayed_words=now - timedelta(seconds=retention.letters),
    )


def _listed(rows: OldRows) -> str:
    counts = asdict(rows)
    return ", ".join(f"{counts[kind]} {name}" for kind, name in _NAMES.items() if counts[kind])
