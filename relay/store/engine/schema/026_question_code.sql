-- The codes of questions to members, and where their answers go: an answer may come to another address than that. code:
-- its hash. sealed, for "code/ID": the code, and the local part of the reply address.
CREATE TABLE question_code (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    code BLOB NOT NULL,
    asked_at INTEGER NOT NULL,
    sealed BLOB NOT NULL
) STRICT;

CREATE INDEX question_code_code ON question_code (code);
CREATE INDEX question_code_asked ON question_code (asked_at);
