"""Anonymises letters: finds identities, removes them (scrub.py), and checks the result (leak_check/)."""
