"""SMTP out: connections kept open, one delivery, what a reply means."""
