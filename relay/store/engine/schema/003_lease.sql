-- The end of the lease of a delivery that is being tried. After it another process may claim it.
ALTER TABLE delivery ADD COLUMN lease_until INTEGER NOT NULL DEFAULT 0;
