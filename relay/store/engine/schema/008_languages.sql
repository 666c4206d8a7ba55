-- The language of letters to a member, a BCP 47 tag; empty: that of the pair.
ALTER TABLE member ADD COLUMN language TEXT NOT NULL DEFAULT '';
