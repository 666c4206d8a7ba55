"""Automatic mail: bounces, receipts, auto-replies."""
