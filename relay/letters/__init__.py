"""The letters that relay itself writes, and the sentences in them."""
