"""Writes calendar entries anew."""
