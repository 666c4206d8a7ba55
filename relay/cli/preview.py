"""relay preview: what the other side would see of a letter, and what is removed."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path

import click

from relay.cli.output import emphasised, print_json, print_rows, say
from relay.cli.session import Session, in_session, now
from relay.cli.verbs import Verb
from relay.inbound.arrived import Arrived
from relay.inbound.rebuild_order import rebuild_order
from relay.mentoring.pairing import pair_of
from relay.model import Envelope, Identity, RebuildOrder, Side
from relay.operations.preview import Preview, previewed
from relay.operations.preview import preview as preview_of
from relay.policy.routing import check_open
from relay.refusals import Refusal
from relay.store import RouteLookup

_SIDE = click.Choice([side.value for side in Side])


@click.command(cls=Verb)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--known-as", multiple=True, metavar="WORDS", help="A real name of the author; repeatable.")
@click.option("--pair", "pair_id", metavar="PAIR", help="As this pair would relay it now. Needs --side and a home.")
@click.option("--side", type=_SIDE, help="The side of the pair whose letter it is.")
@click.option("--json", "as_json", is_flag=True, help="One object.")
@click.pass_context
def preview(  # noqa: PLR0917 -- one parameter an option
    ctx: click.Context, file: Path, known_as: tuple[str, ...], pair_id: str | None, side: str | None, as_json: bool
) -> int:
    """Show what the other side would see of the letter in FILE (- for standard input), and what would be removed.

    Needs no home and no database, and stores nothing: the pair is made up. With --pair and --side it is what that pair
    would relay: with its pseudonyms, all names that are known of both, the settings, and what was relayed before.
    Exit code 1 when the letter would be refused.
    """
    if (pair_id is None) != (side is None):
        raise click.UsageError("Give --pair and --side together.")
    if pair_id and known_as:
        raise click.UsageError("The names of a pair's members are known: give --known-as or --pair, not both.")
    content = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    if pair_id and side:
        result = _as_relayed(ctx, content, pair_id, Side(side))
    else:
        result = preview_of(content, now(), known_as=known_as)
    if as_json:
        print_json(_object(result))
    elif not result.refused:
        _show(result)
    if result.refused:
        say(f"relay: this letter would be refused: {result.refused}")
        return 1
    return 0


def _as_relayed(ctx: click.Context, content: bytes, pair_id: str, side: Side) -> Preview:
    """The letter as the pair would relay it, if the member on ``side`` wrote it now."""

    async def order(session: Session) -> RebuildOrder:
        pair = await pair_of(pair_id, session.store)
        identities = await session.store.directory.identities(pair.id)
        author = identities[side is Side.MENTEE] if identities else Identity(())
        if not author.addresses:
            raise click.ClickException(f"the {side} of {pair.id} was forgotten, so that no letter of theirs is relayed")
        arrived = Arrived.of(Envelope(author.addresses[0], (), content, ""), "", now(), _nothing)
        alias = pair.persona(side.other).alias
        found = await session.store.look_up(author.addresses[0], (alias,), await arrived.letter_key())
        lookup = found[alias]
        if not isinstance(lookup, RouteLookup):
            raise click.ClickException(f"pair {pair.id} relays no letters; relay pair show {pair.id} shows its state")
        check_open(lookup.route)
        return await rebuild_order(arrived, lookup, session.settings, session.store)

    try:
        return previewed(in_session(ctx, order))
    except Refusal as refusal:
        return Preview(refused=str(refusal.reply))


async def _nothing(content: bytes, null_sender: bool) -> None:
    """Whether it is automatic mail is not asked: the operator says who wrote it."""


def _object(result: Preview) -> dict[str, object]:
    return {
        "subject": result.subject,
        "text": result.text,
        "html": result.html,
        "attachments": [{"name": name, "media_type": kind, "size": size} for name, kind, size in result.attachments],
        "removals": [{"kind": one.kind, "count": one.count, "detail": one.detail} for one in result.removals],
        "asks": [asdict(one) for one in result.doubts],
        "letter": result.letter.decode("utf-8", "replace"),
        "refused": result.refused,
    }


def _show(result: Preview) -> None:
    click.echo(emphasised(f"Subject: {_printable(result.subject)}"))
    click.echo("")
    click.echo(_printable(result.text or result.html).rstrip("\n"))
    if result.text and result.html:
        click.echo(f"\n(and the same as HTML, {len(result.html)} characters; --json shows it)")
    if result.attachments:
        click.echo(emphasised("\nAttachments"))
        print_rows(("NAME", "KIND", "OCTETS"), result.attachments, "")
    click.echo(emphasised("\nRemoved"))
    if result.removals:
        print_rows(("WHAT", "TIMES", "WHY"), [(one.kind, one.count, one.detail) for one in result.removals], "")
    else:
        click.echo("nothing")
    if result.doubts:
        click.echo(emphasised("\nIts author would be asked about"))
        rows = [(one.kind, _printable(one.words), _printable(one.file), one.page or "") for one in result.doubts]
        print_rows(("WHAT", "WORDS", "FILE", "PAGE"), rows, "")


def _printable(text: str) -> str:
    """The text without characters that could move the terminal's cursor."""
    return "".join(char if char.isprintable() or char in "\n\t\u200c\u200d" else "�" for char in text)
