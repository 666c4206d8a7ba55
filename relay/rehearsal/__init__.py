"""Runs a copy of a home through weeks in seconds: what everybody would get, before anybody gets it."""
