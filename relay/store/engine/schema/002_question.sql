-- Questions to a member whether a held letter is theirs. hash: of the token that their answer goes to.
CREATE TABLE question (
    hash BLOB PRIMARY KEY,
    delivery_id TEXT NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX question_expires ON question (expires_at);
CREATE INDEX question_delivery ON question (delivery_id);
