"""Runs programs that convert files (LibreOffice, FFmpeg), each in a sandbox of its own that ends with the file.

``programs.py`` says which program converts what, ``sandbox.py`` what it can see and use, ``convert.py`` when it runs.
"""
