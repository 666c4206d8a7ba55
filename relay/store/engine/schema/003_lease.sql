-- Until when nobody else may take a delivery that is being tried: its process may have died.
ALTER TABLE delivery ADD COLUMN lease_until INTEGER NOT NULL DEFAULT 0;
