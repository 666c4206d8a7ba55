"""Cleans documents by format."""
