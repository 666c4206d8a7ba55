-- Pairs on legal hold: nothing of them is deleted by age, and their members are not forgotten, until it is lifted. Who set
-- it, when and why is in the events.
CREATE TABLE legal_hold (
    pair_id TEXT PRIMARY KEY REFERENCES pair (id),
    since_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Members who asked to be forgotten while a pair of theirs was on legal hold. They are forgotten when it is lifted.
CREATE TABLE forget_wish (
    number INTEGER PRIMARY KEY,
    member INTEGER NOT NULL UNIQUE REFERENCES member (number),
    asked_at INTEGER NOT NULL
) STRICT;

-- Whether the subject of a kept letter is its reader's own, changed back on the way (relay/anonymise/way_back.py): then it
-- is not shown to the author. NULL: not known.
ALTER TABLE letter ADD COLUMN subject_returned INTEGER CHECK (subject_returned IN (0, 1));
