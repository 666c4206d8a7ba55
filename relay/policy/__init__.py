"""Decisions as pure functions: they compute what should happen, and do nothing else."""
