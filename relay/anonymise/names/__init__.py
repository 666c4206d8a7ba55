"""Names of people in text: how they are folded, written in each language, and found."""
