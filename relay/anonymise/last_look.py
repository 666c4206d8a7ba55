"""The check of finished letters, under its former name: see leak_check.py."""

from __future__ import annotations

from relay.anonymise.leak_check import leak_check as last_look
from relay.anonymise.visible import _as_shown, visible

__all__ = ["_as_shown", "last_look", "visible"]
