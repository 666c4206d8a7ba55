"""Scheduled jobs: their definitions and the runner."""
