"""Metrics of a running relay: counts and times, never a name, an address or content of a letter."""
