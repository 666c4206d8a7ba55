-- What recognises the words of a relayed letter when they are quoted (programme.history): keyed hashes, and the key they were
-- made with, sealed. Deleted with the letters of [retention].
CREATE TABLE relayed_words (
    number INTEGER PRIMARY KEY,
    pair_id TEXT NOT NULL REFERENCES pair (id),
    journal_id TEXT NOT NULL,
    relayed_at INTEGER NOT NULL,
    sealed BLOB NOT NULL
) STRICT;
CREATE INDEX relayed_words_pair ON relayed_words (pair_id, number);
CREATE INDEX relayed_words_time ON relayed_words (relayed_at);
