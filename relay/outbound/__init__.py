"""Outgoing mail: claims, tries and settles deliveries."""
