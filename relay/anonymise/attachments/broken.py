"""What the cleaners of pictures and recordings raise among themselves."""

from __future__ import annotations


class BrokenPicture(Exception):  # noqa: N818 -- a finding about a picture, not a fault of ours
    """The octets are not the picture they claim to be."""


class BrokenRecording(Exception):  # noqa: N818 -- a finding about a recording, not a fault of ours
    """The octets are not the sound or film they claim to be."""
