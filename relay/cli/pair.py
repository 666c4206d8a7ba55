"""relay pair: makes, imports, lists, pauses, resumes and ends pairs. Shows no real address."""

from __future__ import annotations

import click

from relay.cli.verbs import VerbGroup


@click.group(
    cls=VerbGroup,
    elsewhere={
        "create": "relay.cli.pair_made:create",
        "end": "relay.cli.pair_moved:end",
        "export": "relay.cli.pair_looked_up:export",
        "hold-legal": "relay.cli.pair_legal:hold_legal",
        "import": "relay.cli.pair_made:import_",
        "invite": "relay.cli.pair_moved:invite",
        "list": "relay.cli.pair_list:list_",
        "pause": "relay.cli.pair_moved:pause",
        "replace": "relay.cli.pair_replace:replace",
        "resume": "relay.cli.pair_moved:resume",
        "set-cohort": "relay.cli.pair_changed:set_cohort",
        "show": "relay.cli.pair_looked_up:show",
        "welcome": "relay.cli.pair_changed:welcome",
    },
)
def pair() -> None:
    """Make, list, pause, resume and end pairs."""
