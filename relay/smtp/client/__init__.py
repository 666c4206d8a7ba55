"""SMTP client: connects, keeps connections, sends letters, interprets replies."""
