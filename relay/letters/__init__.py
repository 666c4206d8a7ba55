"""The letters relay writes itself."""
