"""relay status: what relay is doing now."""

from __future__ import annotations

import click

from relay.cli.output import print_facts, print_json
from relay.cli.session import Session, in_session, now
from relay.cli.verbs import Verb
from relay.operations.status import Status
from relay.operations.status import status as current_status


@click.command(cls=Verb)
@click.option("--json", "as_json", is_flag=True, help="One object.")
@click.pass_context
def status(ctx: click.Context, as_json: bool) -> int:
    """Show whether relay answers, what is queued, what failed last, and how much disk space is free.

    Exit code 1 when relay does not answer.
    """

    async def work(session: Session) -> Status:
        return await current_status(session.home, session.settings, session.store, now())

    found = in_session(ctx, work)
    if as_json:
        print_json(found)
    else:
        print_facts(_facts(found))
    return 0 if all(found.listening.values()) else 1


def _facts(found: Status) -> list[tuple[str, object]]:
    facts: list[tuple[str, object]] = [
        (address, "answers" if answers else "does not answer") for address, answers in found.listening.items()
    ]
    for state, waiting in sorted(found.queue.items()):
        facts.append((state, f"{waiting.count}, the oldest for {_age(waiting.oldest_seconds)}"))
    if not found.queue:
        facts.append(("queue", "empty"))
    facts += [(f"{outcome} in 24 h", count) for outcome, count in sorted(found.last_day.items())]
    if found.last_trouble is not None:
        trouble = found.last_trouble
        facts.append(("last failed", f"{trouble.id} ({trouble.reason})"))
    facts.append(("disk free", f"{found.free_octets // 2**20} MiB"))
    facts += list(found.versions.items())
    return facts


def _age(seconds: float) -> str:
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.1f} {unit}"
    return f"{max(0, round(seconds))} s"
