"""The delivery queue: accepting, claiming, settling, holding."""
