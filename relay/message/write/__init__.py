"""Message to octets: MIME structure, Message-IDs, DKIM signatures."""
