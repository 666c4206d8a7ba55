"""Strict readers: each proves that a finished letter, or a file in it, consists of listed parts, and of no more.

They are the counterpart of the cleaners and import none of them. A cleaner keeps what is needed; a reader here accepts
only what it knows, octet by octet, so that a cleaner that is wrong, or is not run, is noticed. proof.py begins at the
letter, kinds.py has the table of all kinds of files.
"""
