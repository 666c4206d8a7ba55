"""Deliveries that are owed: accepted, claimed, settled, held."""
