-- Questions to members about a command that they wrote to the desk. sealed, for "desk/ID": the token in the reply
-- address, the mailbox that was asked, and the command. hash: of the token. asked: how often.
CREATE TABLE desk_question (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    hash BLOB NOT NULL,
    member INTEGER NOT NULL REFERENCES member (number),
    asked INTEGER NOT NULL DEFAULT 1,
    expires_at INTEGER NOT NULL,
    sealed BLOB NOT NULL
) STRICT;

CREATE UNIQUE INDEX desk_question_hash ON desk_question (hash);
CREATE INDEX desk_question_member ON desk_question (member);
CREATE INDEX desk_question_expires ON desk_question (expires_at);

-- Message-IDs of letters that relay itself wrote to members, and which pair they were about: a command in an answer to
-- one of them is about that pair.
CREATE TABLE programme_letter (
    message_id TEXT PRIMARY KEY,
    pair_id TEXT NOT NULL REFERENCES pair (id),
    sent_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX programme_letter_sent ON programme_letter (sent_at);
CREATE INDEX programme_letter_pair ON programme_letter (pair_id);

-- Which members have paused the pair: "mentor", "mentee", "both"; empty: an operator.
ALTER TABLE pair ADD COLUMN paused_by TEXT NOT NULL DEFAULT '';
