"""Who wrote a letter: SPF, DKIM, ARC, DMARC, Authentication-Results, and one verdict per recipient."""
