-- What a member was written by the other one and may quote: names of their own, subjects and files (relay/store/echoes.py).
CREATE TABLE echo (
    number INTEGER PRIMARY KEY,
    pair_id TEXT NOT NULL REFERENCES pair (id),
    side TEXT NOT NULL CHECK (side IN ('mentor', 'mentee')),
    created_at INTEGER NOT NULL,
    sealed BLOB NOT NULL
) STRICT;
CREATE INDEX echo_of_reader ON echo (pair_id, side);
CREATE INDEX echo_time ON echo (created_at);
