"""Code shared by the scripts and tests: running relay and other servers, load, sample letters, measurements."""
