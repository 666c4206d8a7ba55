"""Cleans pictures by format."""
