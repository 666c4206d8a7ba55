"""relay member: shows and changes members, their addresses and names. Shows addresses only with --reveal."""

from __future__ import annotations

import click

from relay.cli.verbs import VerbGroup


@click.group(
    cls=VerbGroup,
    elsewhere={
        "add-address": "relay.cli.member_addresses:add_address",
        "away": "relay.cli.member_away:set_away",
        "discreet": "relay.cli.member_manner:set_discreet",
        "export": "relay.cli.member_export:export",
        "forget": "relay.cli.member_forgotten:forget",
        "guardian": "relay.cli.member_corrections:set_guardian",
        "known-as": "relay.cli.member_names:known_as",
        "list": "relay.cli.member_list:list_",
        "rename": "relay.cli.member_corrections:rename",
        "resume": "relay.cli.member_addresses:resume",
        "set-language": "relay.cli.member_manner:set_language",
        "set-primary": "relay.cli.member_addresses:set_primary",
        "show": "relay.cli.member_show:show",
        "time-zone": "relay.cli.member_manner:set_time_zone",
        "vacation": "relay.cli.member_away:set_vacation",
    },
)
def member() -> None:
    """Show and change members, their addresses and names.

    Name a member by pair and side, as in “relay member show k7f3q2xw mentor”, or by a real address.
    """
