-- What the operator writes to somebody through relay, and they to the operator. hash: of the token in the address that both
-- write to. pair_id, side: the member; NULL for anybody else. changed_at: when the newest letter was accepted. sealed, as
-- "conversation/NUMBER": the token, the other's mailbox, and the subjects that each side knows.
CREATE TABLE conversation (
    number INTEGER PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    pair_id TEXT REFERENCES pair (id),
    side TEXT CHECK (side IN ('mentor', 'mentee')),
    changed_at INTEGER NOT NULL,
    sealed BLOB NOT NULL
) STRICT;

CREATE INDEX conversation_time ON conversation (changed_at);
CREATE INDEX conversation_pair ON conversation (pair_id, side);

-- A letter's two Message-IDs. relay_id: ours. sealed, as "conversation_letter/RELAY ID": its author's own, NULL when it had
-- none.
CREATE TABLE conversation_letter (
    number INTEGER PRIMARY KEY,
    conversation INTEGER NOT NULL REFERENCES conversation (number),
    by_operator INTEGER NOT NULL CHECK (by_operator IN (0, 1)),
    relay_id TEXT NOT NULL UNIQUE,
    sealed BLOB
) STRICT;

CREATE INDEX conversation_letter_of ON conversation_letter (conversation);
