"""Packs archives anew."""
