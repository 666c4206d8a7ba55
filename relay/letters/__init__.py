"""Every letter relay writes itself, and every word it says to a member."""
