"""The manual pages of relay (man 7 man-pages), made from its commands: relay(1), and one for each verb."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Sequence

import click

from relay.cli import VERBS, relay
from relay.cli.examples import EXAMPLES

_MADE = '.\\" Made by scripts/docs from the code; changes here are overwritten.\n'


def man_pages() -> dict[str, str]:
    """File name → the page, for relay and each of its verbs."""
    context = relay.make_context("relay", [], resilient_parsing=True)
    pages = {"relay.1": _page("relay", "a mail relay for mentoring", "".join(_whole(context)))}
    for verb, (_, line) in VERBS.items():
        command = relay.get_command(context, verb)
        assert command is not None
        inner = click.Context(command, parent=context, info_name=verb)
        pages[f"relay-{verb}.1"] = _page(f"relay-{verb}", line.rstrip("."), "".join(_verb(inner, verb)))
    return pages


def _page(name: str, line: str, body: str) -> str:
    title = f'{_MADE}.TH {_plain(name.upper())} 1 "" relay "relay manual"\n'
    return f"{title}.SH NAME\n{_plain(name)} \\- {_plain(line)}\n{body}"


def _whole(context: click.Context) -> Iterator[str]:
    yield from _command(context, "", ".SH SYNOPSIS\n", ".SH DESCRIPTION\n", ".SH OPTIONS\n")
    yield ".SH VERBS\n"
    for verb, (_, line) in VERBS.items():
        yield f".TP\n.BR relay\\-{verb} (1)\n{_plain(line)}\n"


def _verb(context: click.Context, verb: str) -> Iterator[str]:
    yield from _command(context, verb, ".SH SYNOPSIS\n", ".SH DESCRIPTION\n", ".SH OPTIONS\n")
    group = context.command
    if isinstance(group, click.Group):
        yield ".SH COMMANDS\n"
        for name in group.list_commands(context):
            one = group.get_command(context, name)
            assert one is not None
            inner = click.Context(one, parent=context, info_name=name)
            yield from _command(inner, f"{verb} {name}", f".SS relay {_plain(verb)} {_plain(name)}\n", ".PP\n", ".PP\n")
    yield ".SH SEE ALSO\n.BR relay (1)\n"


def _command(context: click.Context, path: str, top: str, about: str, options: str) -> Iterator[str]:
    """One command: how it is called, what it does, examples, options."""
    command = context.command
    yield f"{top}.B {_plain(f'relay {path}'.strip())}\n{_plain(' '.join(command.collect_usage_pieces(context)))}\n"
    yield about + _text(command.help or "")
    if lines := EXAMPLES.get(path):
        yield ".PP\nExamples:\n.PP\n.nf\n.RS\n" + "".join(f"{_plain(line)}\n" for line in lines) + ".RE\n.fi\n"
    records = [one.get_help_record(context) for one in command.get_params(context)]
    yield options + "".join(f".TP\n.B {_plain(record[0])}\n{_plain(record[1])}\n" for record in records if record)


def _text(help: str) -> str:
    """The help text in paragraphs; those that click does not wrap keep their lines."""
    return ".PP\n".join(_paragraph(one.split("\n")) for one in inspect.cleandoc(help).split("\n\n"))


def _paragraph(lines: Sequence[str]) -> str:
    if lines[0] == "\b":
        return ".nf\n" + "".join(f"{_plain(line)}\n" for line in lines[1:]) + ".fi\n"
    return _plain(" ".join(lines)) + "\n"


def _plain(text: str) -> str:
    """The text without meaning to roff: no escapes, no requests (groff(7))."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^(?=[.'])", r"\\&", escaped)
