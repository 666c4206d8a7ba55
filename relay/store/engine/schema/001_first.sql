-- Version 1 of the database. Times are microseconds since 1970 UTC. Columns named "sealed" are encrypted by the vault
-- (the row name is the associated data); columns named "hash" are keyed hashes for lookups.

-- One known value, encrypted, so that a wrong vault key is detected before anything else is read or written.
CREATE TABLE proof (
    number INTEGER PRIMARY KEY CHECK (number = 1),
    sealed BLOB NOT NULL
) STRICT;

-- One row per person. sealed, for "member/NUMBER": real addresses and the names the person is known by.
CREATE TABLE member (
    number INTEGER PRIMARY KEY,
    sealed BLOB NOT NULL
) STRICT;

CREATE TABLE address (
    hash BLOB PRIMARY KEY,
    member INTEGER NOT NULL REFERENCES member (number)
) STRICT, WITHOUT ROWID;

CREATE INDEX address_member ON address (member);

CREATE TABLE pair (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL CHECK (state IN ('active', 'paused', 'ended')),
    mentor INTEGER NOT NULL REFERENCES member (number),
    mentee INTEGER NOT NULL REFERENCES member (number),
    mentor_name TEXT NOT NULL,
    mentor_alias TEXT NOT NULL,
    mentee_name TEXT NOT NULL,
    mentee_alias TEXT NOT NULL,
    cohort TEXT NOT NULL,
    language TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT;

CREATE INDEX pair_people ON pair (mentor, mentee);
CREATE INDEX pair_mentee ON pair (mentee);

-- Every alias, in lower case, and the member it stands for. The other member of the pair writes to it.
CREATE TABLE alias (
    alias TEXT PRIMARY KEY,
    pair_id TEXT NOT NULL REFERENCES pair (id),
    side TEXT NOT NULL CHECK (side IN ('mentor', 'mentee'))
) STRICT, WITHOUT ROWID;

CREATE INDEX alias_pair ON alias (pair_id);

-- Letters relayed or refused, in the order of acceptance.
CREATE TABLE journal (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    pair_id TEXT REFERENCES pair (id),
    side TEXT CHECK (side IN ('mentor', 'mentee')),
    kind TEXT NOT NULL,
    accepted_at INTEGER NOT NULL,
    size_in INTEGER NOT NULL,
    size_out INTEGER NOT NULL,
    removed TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('accepted', 'delivered', 'failed', 'refused')),
    reason TEXT NOT NULL,
    settled_at INTEGER
) STRICT;

CREATE INDEX journal_time ON journal (accepted_at);
CREATE INDEX journal_pair ON journal (pair_id, accepted_at);

-- The octets to send. sealed, for "letter/JOURNAL NUMBER/PART". kept = 0: deleted with the letter's last delivery.
CREATE TABLE letter (
    number INTEGER PRIMARY KEY,
    journal INTEGER NOT NULL REFERENCES journal (number),
    part INTEGER NOT NULL,
    kept INTEGER NOT NULL CHECK (kept IN (0, 1)),
    sealed BLOB NOT NULL
) STRICT;

CREATE UNIQUE INDEX letter_part ON letter (journal, part);

-- The queue. A finished delivery is deleted. sealed, for "delivery/ID": recipient and return path. destination: keyed
-- hash of the recipient's domain. again: tried before. (A column of its own with a full index, because SQLite does not
-- use an index on an expression, or a partial one, as a covering index.)
CREATE TABLE delivery (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    journal_id TEXT NOT NULL REFERENCES journal (id),
    letter INTEGER NOT NULL REFERENCES letter (number),
    state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'held')),
    attempts INTEGER NOT NULL,
    again INTEGER NOT NULL CHECK (again IN (0, 1)),
    due_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    last_status TEXT NOT NULL,
    notice INTEGER NOT NULL CHECK (notice IN (0, 1)),
    destination BLOB NOT NULL,
    sealed BLOB NOT NULL
) STRICT;

CREATE INDEX delivery_due ON delivery (state, again, due_at, number, destination);
CREATE INDEX delivery_journal ON delivery (journal_id);
CREATE INDEX delivery_letter ON delivery (letter);

-- All return paths, so that a late report about a finished delivery is recognised.
CREATE TABLE return_path (
    hash BLOB PRIMARY KEY,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The two Message-IDs of a letter. side: its author. relay_id: made by relay. sealed, for "thread/RELAY ID": made by the
-- author's mail program.
CREATE TABLE thread (
    number INTEGER PRIMARY KEY,
    pair_id TEXT NOT NULL REFERENCES pair (id),
    side TEXT NOT NULL CHECK (side IN ('mentor', 'mentee')),
    relay_id TEXT NOT NULL UNIQUE,
    hash BLOB,
    sealed BLOB
) STRICT;

CREATE INDEX thread_hash ON thread (hash) WHERE hash IS NOT NULL;
CREATE INDEX thread_pair ON thread (pair_id);
