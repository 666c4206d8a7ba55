"""Octets ⇄ Message: the only room that knows what mail looks like on the wire."""
