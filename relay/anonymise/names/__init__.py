"""Names of people in text: folding, spellings per language, and finding."""
