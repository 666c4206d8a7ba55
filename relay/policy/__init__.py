"""Decisions as pure functions: they return what should happen, without side effects."""
