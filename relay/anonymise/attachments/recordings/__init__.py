"""Cleans sound and film by format."""
