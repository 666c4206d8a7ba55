"""Runs the pure middle in disposable processes, with a deadline and a memory limit.

Hostile mail can make any parser slow, deep or hungry. So no letter is opened in the server's own process: a worker that
misses its deadline or dies is replaced, its letter is refused, and every other letter goes on.

The server uses pool.py; a worker is process.py. Neither loads what only the other one needs.
"""
