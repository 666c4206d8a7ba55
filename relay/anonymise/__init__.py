"""What must not pass: finds it in a letter, takes it out (scrub.py), and looks once more (leak_check.py)."""
