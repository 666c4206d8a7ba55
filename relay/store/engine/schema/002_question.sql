-- Confirmation requests about held letters. hash: of the token in the address that the answer goes to.
CREATE TABLE question (
    hash BLOB PRIMARY KEY,
    delivery_id TEXT NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX question_expires ON question (expires_at);
CREATE INDEX question_delivery ON question (delivery_id);
