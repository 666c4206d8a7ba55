-- Rotations of the vault key, newest last. While one is "rotating", forward is the new secret encrypted with the old one,
-- and back the old secret encrypted with the new one, so that either of them decrypts everything. lookup is the old lookup
-- key, encrypted with the newest secret: rows that cannot be hashed anew (the token of a return path is not stored) are
-- found by it until the last of them is deleted; then the rotation is "done". progress: how far rows are re-encrypted.
CREATE TABLE vault_key (
    number INTEGER PRIMARY KEY,
    state TEXT NOT NULL CHECK (state IN ('rotating', 'retired', 'done')),
    forward BLOB,
    back BLOB,
    lookup BLOB,
    progress TEXT NOT NULL,
    switched_at INTEGER NOT NULL
) STRICT;
