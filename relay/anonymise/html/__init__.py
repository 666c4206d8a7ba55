"""Rebuilds the HTML of a letter: well-formed, without identities, in canonical form."""
