"""Parses and anonymises letters in disposable processes, with a deadline and a memory limit.

Hostile mail can make any parser slow, deeply recursive or memory-hungry. So no letter is parsed in the server's own
process: a worker that misses its deadline or dies is replaced, its letter is refused, and all other letters go on.

The server uses pool.py; a worker runs process.py. Neither loads what only the other needs.
"""
