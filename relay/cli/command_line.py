"""Runs one command line, and turns every fault into one line and an exit code."""

from __future__ import annotations

import os
import sys

import click

from relay.cli import relay

FAILED, USAGE, INTERRUPTED = 1, 2, 130


def run(arguments: list[str]) -> int:
    """Run one command line. Returns the exit code; faults are said on standard error."""
    try:
        answer = relay.main(arguments, prog_name="relay", standalone_mode=False)
        sys.stdout.flush()
    except click.UsageError as error:
        context = f" {error.ctx.command_path} --help" if error.ctx else " relay --help"
        return _fault(f"{error.format_message()} See:{context}", USAGE)
    except click.ClickException as error:
        return _fault(error.format_message(), FAILED)
    except (click.Abort, KeyboardInterrupt):
        return _fault("stopped", INTERRUPTED)
    except BrokenPipeError:
        # Whoever read our output has had enough. Nothing more may be written, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # this is a door: an operator gets one line and a remedy
        from relay.cli.errors import explained

        lines, code = explained(error)
        for line in lines:
            _fault(line, code)
        return code
    return answer if isinstance(answer, int) else 0


def _fault(words: str, code: int) -> int:
    click.echo(f"relay: {words}", err=True)
    return code
