"""Exceptions that the cleaners of pictures and recordings raise internally."""

from __future__ import annotations


class BrokenPicture(Exception):  # noqa: N818 -- an invalid picture is no error of ours
    """The octets are not a valid picture of the expected format."""


class BrokenRecording(Exception):  # noqa: N818 -- an invalid recording is no error of ours
    """The octets are not a valid recording or film of the expected format."""
