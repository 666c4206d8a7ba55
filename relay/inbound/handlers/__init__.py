"""One handler a class of recipient; each decides and returns effects."""
