"""An email-first mentoring relay: two people write to each other and neither learns who the other is."""

__version__ = "0.1.0"
