"""Cleans text files; charset, line ends and syntax stay."""
