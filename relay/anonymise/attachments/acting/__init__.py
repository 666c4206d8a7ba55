"""Recognises files that open, run or fetch something by themselves, and gives source code names that open as text."""
