"""Runs one command line. An error becomes a line on standard error and an exit code."""

from __future__ import annotations

import os
import sys

import click

from relay.cli import relay

FAILED, USAGE, INTERRUPTED = 1, 2, 130


def run(arguments: list[str]) -> int:
    """Run one command line, without the program's name. Returns the exit code; prints errors on standard error."""
    try:
        result = relay.main(arguments, prog_name="relay", standalone_mode=False)
        sys.stdout.flush()
    except click.UsageError as error:
        return _wrong_usage(error)
    except click.ClickException as error:
        return _failed(error.format_message(), FAILED)
    except (click.Abort, KeyboardInterrupt):
        return _failed("stopped", INTERRUPTED)
    except BrokenPipeError:
        # The reader closed the pipe. Python must not write to it again, not even when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # the outermost handler: the operator gets a line, not a traceback
        from relay.cli.errors import explained

        lines, code = explained(error)
        for line in lines:
            _failed(line, code)
        return code
    return result if isinstance(result, int) else 0


def _wrong_usage(error: click.UsageError) -> int:
    """Print what is wrong with the command line and where the help is; of a group without a verb, its help."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.format_message(), err=True)
        return USAGE
    context = f" {error.ctx.command_path} --help" if error.ctx else " relay --help"
    what = " ".join(error.format_message().split())  # click breaks the list of choices into lines
    return _failed(f"{what if what.endswith(('.', '?')) else f'{what}.'} See:{context}", USAGE)


def _failed(message: str, code: int) -> int:
    from relay.cli.output import say  # --help needs none of it

    say(f"relay: {message}")
    return code
