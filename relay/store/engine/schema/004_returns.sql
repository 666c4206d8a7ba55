-- What comes back. journal_id: the letter a return path was made for (empty for those made before this step).
ALTER TABLE return_path ADD COLUMN journal_id TEXT NOT NULL DEFAULT '';

-- Letters taken lately, by keyed hash of pair, side and what was written: the same one again is taken, not sent again.
CREATE TABLE seen (
    hash BLOB PRIMARY KEY,
    journal_id TEXT NOT NULL,
    seen_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX seen_time ON seen (seen_at);

-- Members' addresses that no longer exist, by keyed hash: what is written to them is held. pair_id, side: where it was
-- noticed, so that a list can name them without naming them.
CREATE TABLE suspended (
    hash BLOB PRIMARY KEY,
    pair_id TEXT NOT NULL,
    side TEXT NOT NULL,
    reason TEXT NOT NULL,
    since INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
