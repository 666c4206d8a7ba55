-- Large letters in SQLite are in files beside the database (relay/store/engine/letter_files.py). file: its name; sealed is then
-- the key of that file alone, for "letter/JOURNAL NUMBER/PART/file". NULL: the letter itself is in sealed, as always on PostgreSQL.
ALTER TABLE letter ADD COLUMN file TEXT;
CREATE UNIQUE INDEX letter_file ON letter (file) WHERE file IS NOT NULL;
