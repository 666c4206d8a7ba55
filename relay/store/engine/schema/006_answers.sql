-- asked: how often, 1 or 2; 3 when only a person decides. mailbox: the hash of the address that the request went to.
ALTER TABLE question ADD COLUMN asked INTEGER NOT NULL DEFAULT 1;
ALTER TABLE question ADD COLUMN mailbox BLOB;
-- The keyed hash of the network that an unproven letter came from. The number of waiting letters per network is limited.
ALTER TABLE question ADD COLUMN network BLOB;
ALTER TABLE address_question ADD COLUMN asked INTEGER NOT NULL DEFAULT 1;
