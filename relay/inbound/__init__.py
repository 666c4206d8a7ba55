"""Incoming mail: classifies the recipients of one envelope, handles each, and gives one SMTP reply."""
