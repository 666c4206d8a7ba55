-- Several addresses of a member. proven: a request was answered from there, or it was registered with a pair.
ALTER TABLE address ADD COLUMN proven INTEGER NOT NULL DEFAULT 1 CHECK (proven IN (0, 1));

-- Confirmation requests about addresses. hash: of the token in the address that the answer goes to; address: the hash of
-- the address.
CREATE TABLE address_question (
    hash BLOB PRIMARY KEY,
    address BLOB NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX address_question_address ON address_question (address);

-- The hash of the unproven address that a held letter came from. The letter is released when the address is proven.
ALTER TABLE question ADD COLUMN address BLOB;
