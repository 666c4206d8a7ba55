"""What the picture cleaners raise among themselves."""

from __future__ import annotations


class BrokenPicture(Exception):  # noqa: N818 -- a finding about a picture, not a fault of ours
    """The octets are not the picture they claim to be."""
