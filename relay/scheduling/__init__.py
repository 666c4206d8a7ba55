"""What falls due by the clock: all jobs with their rhythm, and what runs them."""
