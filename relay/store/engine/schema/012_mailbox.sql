-- Mailboxes of which a registered address is not the plainest spelling: jane.doe@gmail.com is janedoe@gmail.com's. hash: the
-- mailbox, as addresses are found; address: the registered one.
CREATE TABLE mailbox (
    hash BLOB NOT NULL,
    address BLOB NOT NULL REFERENCES address (hash) ON DELETE CASCADE ON UPDATE CASCADE,
    PRIMARY KEY (hash, address)
) STRICT, WITHOUT ROWID;

CREATE INDEX mailbox_address ON mailbox (address);
