"""relay quickstart: takes relay into production on one machine, step by step, and says each."""
