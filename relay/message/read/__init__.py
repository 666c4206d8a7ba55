"""Octets to Message: MIME entities, charsets, header fields, what routing needs."""
