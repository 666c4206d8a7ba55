-- Mail to the desk that was refused because it is not proven to be its author's, until what follows the refusal is done: a
-- report acts, a member is asked. id: its journal id. member: whose address it came from, NULL for a stranger's, which is kept
-- in the same way so that the refusal takes the same time. failed: its checks failed. sealed, for "unproven/ID": the address
-- that it was for, and the first MiB of the mail.
CREATE TABLE unproven_mail (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    member INTEGER REFERENCES member (number),
    failed INTEGER NOT NULL,
    arrived_at INTEGER NOT NULL,
    sealed BLOB NOT NULL
) STRICT;

CREATE INDEX unproven_mail_member ON unproven_mail (member);
