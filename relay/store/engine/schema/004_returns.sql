-- Delivery reports. journal_id: the letter of a return path (empty for those made before this migration).
ALTER TABLE return_path ADD COLUMN journal_id TEXT NOT NULL DEFAULT '';

-- Letters accepted lately, by keyed hash of pair, side and fingerprint: a duplicate is accepted, but not sent.
CREATE TABLE seen (
    hash BLOB PRIMARY KEY,
    journal_id TEXT NOT NULL,
    seen_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX seen_time ON seen (seen_at);

-- Suspended addresses of members, by keyed hash: their mailbox is gone, and letters to them are held. pair_id, side: the
-- member, by which a list can name them without their address.
CREATE TABLE suspended (
    hash BLOB PRIMARY KEY,
    pair_id TEXT NOT NULL,
    side TEXT NOT NULL,
    reason TEXT NOT NULL,
    since INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
