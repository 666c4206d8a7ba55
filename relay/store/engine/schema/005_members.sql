-- Members with several addresses. proven: somebody answered from there, or it was registered with a pair.
ALTER TABLE address ADD COLUMN proven INTEGER NOT NULL DEFAULT 1 CHECK (proven IN (0, 1));

-- Mailboxes that were asked to answer. hash: of the token their answer goes to; address: the hash they are found by.
CREATE TABLE address_question (
    hash BLOB PRIMARY KEY,
    address BLOB NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX address_question_address ON address_question (address);

-- The unproven address, by its hash, that a held letter came from: it goes out, too, when that is proven.
ALTER TABLE question ADD COLUMN address BLOB;
