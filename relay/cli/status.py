"""relay status: how it is doing at this moment."""

from __future__ import annotations

import click

from relay.cli.output import print_facts, print_json
from relay.cli.session import Session, in_session, now
from relay.operations.status import Status
from relay.operations.status import status as looked


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One object.")
@click.pass_context
def status(ctx: click.Context, as_json: bool) -> int:
    """Show whether relay answers, what waits, what went wrong last, and how much room there is.

    Ends with 1 when relay does not answer.
    """

    async def work(session: Session) -> Status:
        return await looked(session.home, session.settings, session.store, now())

    seen = in_session(ctx, work)
    if as_json:
        print_json(seen)
    else:
        print_facts(_facts(seen))
    return 0 if all(seen.listening.values()) else 1


def _facts(seen: Status) -> list[tuple[str, object]]:
    facts: list[tuple[str, object]] = [
        (place, "answers" if answers else "does not answer") for place, answers in seen.listening.items()
    ]
    for state, (count, seconds) in sorted(seen.queue.items()):
        facts.append((state, f"{count}, the oldest for {_time(seconds)}"))
    if not seen.queue:
        facts.append(("queue", "nothing waits"))
    facts += [(f"{outcome} in 24 h", count) for outcome, count in sorted(seen.last_day.items())]
    if seen.last_trouble is not None:
        trouble = seen.last_trouble
        facts.append(("last failed", f"{trouble.id} ({trouble.reason})"))
    facts.append(("free", f"{seen.free_octets // 2**20} MiB"))
    facts += list(seen.versions.items())
    return facts


def _time(seconds: float) -> str:
    for size, word in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.1f} {word}"
    return f"{max(0, round(seconds))} s"
