-- Mailboxes of people with a role (coordinators, safeguarding), who are asked whether they are that. hash: of the address;
-- question: of the token in the address that the answer goes to. asked: how often, 3 when only a person decides. sealed,
-- for "role_mailbox/NUMBER": token and address.
CREATE TABLE role_mailbox (
    number INTEGER PRIMARY KEY,
    hash BLOB NOT NULL,
    question BLOB NOT NULL,
    asked INTEGER NOT NULL DEFAULT 1,
    asked_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    answer TEXT NOT NULL DEFAULT '' CHECK (answer IN ('', 'yes', 'no')),
    answered_at INTEGER,
    sealed BLOB NOT NULL
) STRICT;

CREATE UNIQUE INDEX role_mailbox_hash ON role_mailbox (hash);
CREATE INDEX role_mailbox_question ON role_mailbox (question);

-- Who is asked: '' the member on that side, 'guardian' the guardian of that member.
ALTER TABLE invitation ADD COLUMN asks TEXT NOT NULL DEFAULT '' CHECK (asks IN ('', 'guardian'));
DROP INDEX invitation_pair;
CREATE UNIQUE INDEX invitation_pair ON invitation (pair_id, side, asks);
