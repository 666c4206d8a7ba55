"""Rebuilds the formatted letter: well-formed, without identities, in one dialect."""
