"""One handler per recipient class; each decides and returns effects."""
