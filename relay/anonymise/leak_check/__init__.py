"""Reads the finished letter once more, by other means than the finder, and refuses it when its author is named."""
