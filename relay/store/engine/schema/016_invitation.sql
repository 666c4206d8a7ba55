-- Invitations of both members of a pair, and their answers. sealed, for "invitation/PAIR/SIDE": the token in the reply
-- address, the address that was asked, and the text shown. hash: of the token. version: the first digits of the SHA-256
-- of the text without what is personal in it. asked: how often, 3 when only a person decides. remind_at: NULL when no
-- reminder is due any more. reply: the SHA-256 of the answer.
CREATE TABLE invitation (
    number INTEGER PRIMARY KEY,
    pair_id TEXT NOT NULL REFERENCES pair (id),
    side TEXT NOT NULL CHECK (side IN ('mentor', 'mentee')),
    hash BLOB NOT NULL,
    asked INTEGER NOT NULL DEFAULT 1,
    sent_at INTEGER NOT NULL,
    remind_at INTEGER,
    expires_at INTEGER NOT NULL,
    answer TEXT NOT NULL DEFAULT '' CHECK (answer IN ('', 'yes', 'no')),
    answered_at INTEGER,
    reply BLOB,
    version TEXT NOT NULL,
    sealed BLOB NOT NULL
) STRICT;

CREATE UNIQUE INDEX invitation_hash ON invitation (hash);
CREATE UNIQUE INDEX invitation_pair ON invitation (pair_id, side);
