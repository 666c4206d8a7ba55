-- Events: what happened to whom, when, by whom and why. place: the event's position in the chain, from 1; hash: a keyed
-- hash of the event and of the hash before it. Both are set at the end of the transaction that writes the event. facts: a
-- JSON object of states and names of ours. digest: empty, or 32 octets each for "who" and "why": salted hashes, so that
-- these words can be erased without breaking the chain.
CREATE TABLE event (
    number INTEGER PRIMARY KEY,
    place INTEGER UNIQUE,
    happened_at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    pair_id TEXT,
    side TEXT CHECK (side IN ('mentor', 'mentee')),
    member INTEGER,
    journal_id TEXT,
    facts TEXT NOT NULL,
    digest BLOB NOT NULL,
    hash BLOB
) STRICT;

CREATE INDEX event_unchained ON event (number) WHERE hash IS NULL;
CREATE INDEX event_pair ON event (pair_id);

-- An operator's words about an event. sealed, for "event/EVENT/PART": a salt of 16 octets and the words.
CREATE TABLE event_word (
    number INTEGER PRIMARY KEY,
    event INTEGER NOT NULL REFERENCES event (number),
    part TEXT NOT NULL CHECK (part IN ('who', 'why')),
    sealed BLOB NOT NULL
) STRICT;

CREATE UNIQUE INDEX event_word_part ON event_word (event, part);

-- The key of the chain (sealed, for "event_chain/1"), its length, its last hash, and a keyed hash of both (mac), which
-- shows that events at the end are missing. base: place of the last event that retention deleted, 0 when there is none;
-- base_hash: its hash, from which the chain is verified; base_mac: a keyed hash of both.
CREATE TABLE event_chain (
    number INTEGER PRIMARY KEY CHECK (number = 1),
    sealed BLOB NOT NULL,
    length INTEGER NOT NULL,
    head BLOB NOT NULL,
    mac BLOB NOT NULL,
    base INTEGER NOT NULL DEFAULT 0,
    base_hash BLOB,
    base_mac BLOB
) STRICT;

-- All states. (SQLite cannot change a CHECK constraint, so a new column with one replaces the old column.)
ALTER TABLE pair ADD COLUMN stands TEXT NOT NULL DEFAULT 'active' CHECK (stands IN
    ('invited', 'active', 'paused', 'closing', 'ended', 'declined', 'expired', 'reported'));
UPDATE pair SET stands = state;
ALTER TABLE pair DROP COLUMN state;
ALTER TABLE pair RENAME COLUMN stands TO state;

ALTER TABLE member ADD COLUMN state TEXT NOT NULL DEFAULT 'active' CHECK (state IN
    ('invited', 'active', 'away', 'suspended', 'left', 'forgotten'));
UPDATE member SET state = 'forgotten' WHERE NOT EXISTS (SELECT 1 FROM address WHERE address.member = member.number);

-- Holds of letters. decider: who decides. until_at: when the clock decides, NULL for never. decision: '' while it is
-- open; decided_by: author, person or clock.
CREATE TABLE hold (
    number INTEGER PRIMARY KEY,
    delivery_id TEXT NOT NULL,
    journal_id TEXT NOT NULL,
    why TEXT NOT NULL,
    since_at INTEGER NOT NULL,
    until_at INTEGER,
    decider TEXT NOT NULL CHECK (decider IN ('author', 'person', 'clock')),
    decision TEXT NOT NULL DEFAULT '',
    decided_at INTEGER,
    decided_by TEXT CHECK (decided_by IN ('author', 'person', 'clock'))
) STRICT;

CREATE UNIQUE INDEX hold_open ON hold (delivery_id) WHERE decision = '';
CREATE INDEX hold_journal ON hold (journal_id);

INSERT INTO hold (delivery_id, journal_id, why, since_at, until_at, decider)
SELECT delivery.id, delivery.journal_id, delivery.last_status, delivery.created_at,
    (SELECT min(question.expires_at) FROM question
        WHERE question.delivery_id = delivery.id AND question.expires_at < 4611686018427387904),
    CASE delivery.last_status WHEN 'unproven' THEN 'author' WHEN 'unproven-address' THEN 'author'
        WHEN 'too much' THEN 'clock' ELSE 'person' END
FROM delivery WHERE delivery.state = 'held' ORDER BY delivery.number;

-- Scheduled jobs. key: what the job is about, '' for a job without keys. lease_until: the end of the claim of the node
-- that runs it. tries: runs since the last success; fault: the type of the last error.
CREATE TABLE job (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    key TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    lease_until INTEGER NOT NULL DEFAULT 0,
    tries INTEGER NOT NULL DEFAULT 0,
    fault TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE UNIQUE INDEX job_name ON job (name, key);
CREATE INDEX job_due ON job (due_at);

INSERT INTO job (name, key, due_at)
SELECT 'expire questions', '', soonest FROM (
    SELECT min(expires_at) AS soonest FROM (
        SELECT expires_at FROM question UNION ALL SELECT expires_at FROM address_question
    ) AS asked WHERE expires_at < 4611686018427387904
) AS found WHERE soonest IS NOT NULL;
INSERT INTO job (name, key, due_at)
SELECT 'release over limit', '', soonest FROM (
    SELECT min(due_at) AS soonest FROM delivery WHERE state = 'held' AND last_status = 'too much'
) AS found WHERE soonest IS NOT NULL;
