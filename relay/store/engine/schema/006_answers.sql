-- How often a question was asked: 1, then 2; 3 when only a person decides. mailbox: the hash of the address it went to.
ALTER TABLE question ADD COLUMN asked INTEGER NOT NULL DEFAULT 1;
ALTER TABLE question ADD COLUMN mailbox BLOB;
-- The keyed hash of the network that a letter nobody could prove came from: each may have a few of them waiting.
ALTER TABLE question ADD COLUMN network BLOB;
ALTER TABLE address_question ADD COLUMN asked INTEGER NOT NULL DEFAULT 1;
