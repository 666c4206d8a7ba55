"""Finds the files shipped with relay: beside the package in a checkout, inside it when installed."""

from __future__ import annotations

from pathlib import Path


def shipped(name: str) -> Path:
    """The folder of shipped files called ``name``: "templates", "config" or "docs/help"."""
    package = Path(__file__).resolve().parent
    installed = package / "_shipped" / name
    return installed if installed.is_dir() else package.parent / name
