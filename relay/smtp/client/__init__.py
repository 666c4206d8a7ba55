"""SMTP out: connections opened and kept, letters sent over them, what a reply means."""
