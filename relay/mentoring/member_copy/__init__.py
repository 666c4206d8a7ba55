"""A member's copy of all that relay has of them, without who the other member is."""
