"""Decisions: pure functions that say what should happen, and do nothing."""
