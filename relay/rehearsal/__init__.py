"""Simulates weeks of a programme in seconds on a copy of a home, and writes the letters that would be sent."""
