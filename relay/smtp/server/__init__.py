"""SMTP in: connections, commands, the letter after DATA."""
