-- Members who are away until a day (ISO 8601), the last of their absence in their own time zone. back_at: when it is over.
CREATE TABLE absence (
    number INTEGER PRIMARY KEY,
    member INTEGER NOT NULL UNIQUE REFERENCES member (number),
    until TEXT NOT NULL,
    back_at INTEGER NOT NULL
) STRICT;

CREATE INDEX absence_back ON absence (back_at);

-- Whether automatic absence messages of this member's mailbox are mentioned to their partners: 'told', or '' for not.
ALTER TABLE member ADD COLUMN vacation TEXT NOT NULL DEFAULT '' CHECK (vacation IN ('', 'told'));

-- When the other member of a pair was last told of such a message by the member on this side.
CREATE TABLE vacation_told (
    pair_id TEXT NOT NULL REFERENCES pair (id),
    side TEXT NOT NULL CHECK (side IN ('mentor', 'mentee')),
    told_at INTEGER NOT NULL,
    PRIMARY KEY (pair_id, side)
) STRICT, WITHOUT ROWID;

-- Members who asked by mail that their letters go to another address. address: the hash of that address, NULL when it is
-- another member's, which nobody is to learn; added: it was registered for this. old_agreed, new_agreed: whether a yes came from the
-- mailbox that letters go to until then, and from the new one. Both are needed.
CREATE TABLE address_move (
    number INTEGER PRIMARY KEY,
    member INTEGER NOT NULL UNIQUE REFERENCES member (number),
    address BLOB,
    added INTEGER NOT NULL DEFAULT 0,
    old_agreed INTEGER NOT NULL DEFAULT 0,
    new_agreed INTEGER NOT NULL DEFAULT 0,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE INDEX address_move_expires ON address_move (expires_at);
CREATE INDEX address_move_address ON address_move (address) WHERE address IS NOT NULL;
