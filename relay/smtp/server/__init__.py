"""SMTP server: connections, commands, the letter after DATA."""
