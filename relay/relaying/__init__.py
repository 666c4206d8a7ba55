"""A letter's way through: accepted, delivered, or come back."""
