"""What a running relay shows of itself: counts and times, never a name, an address or a word of a letter."""
