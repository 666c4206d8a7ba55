"""The relay command."""

from __future__ import annotations

import sys

from relay.cli.command_line import run


def main() -> None:
    """Entry point of the ``relay`` command."""
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
