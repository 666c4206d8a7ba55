"""Reads a person's answer to a confirmation request: yes, no, or neither, in any language."""
