-- Indexes for deleting old rows.
CREATE INDEX return_path_time ON return_path (created_at);
