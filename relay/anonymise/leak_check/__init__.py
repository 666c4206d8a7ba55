"""Searches the finished letter for its author's identity, independently of the finder, and refuses it on a match."""
