-- What is forgotten after a time is found by it.
CREATE INDEX return_path_time ON return_path (created_at);
