-- How relay writes to a member. time_zone: an IANA name; empty: the programme's. discreet: 'on' or 'off'; empty: as the
-- programme says.
ALTER TABLE member ADD COLUMN time_zone TEXT NOT NULL DEFAULT '';
ALTER TABLE member ADD COLUMN discreet TEXT NOT NULL DEFAULT '' CHECK (discreet IN ('', 'on', 'off'));
