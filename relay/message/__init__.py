"""Parses and composes mail; no other package knows the email format."""
