-- Changes of the vault key, the newest last; no row: never changed. While one is "rotating", forward is the new secret
-- sealed under the old one, and back the old one sealed under the new one, so that either of them opens everything. lookup
-- is the old look-up key, sealed under the newest secret: what cannot be hashed anew (nobody knows the token of a return
-- path that was sent) is found by it until the last such row is gone; then the change is "done". progress: how far the
-- rows are sealed anew.
CREATE TABLE vault_key (
    number INTEGER PRIMARY KEY,
    state TEXT NOT NULL CHECK (state IN ('rotating', 'retired', 'done')),
    forward BLOB,
    back BLOB,
    lookup BLOB,
    progress TEXT NOT NULL,
    switched_at INTEGER NOT NULL
) STRICT;
