"""`copydesk audit`: the record of who did what, whether it holds, and what it says of a line."""

from __future__ import annotations

import re
from pathlib import Path

import click

from copydesk.access import Actor, Role
from copydesk.cli.desk import opened
from copydesk.cli.example import example
from copydesk.cli.local import at_the_keyboard, the_settings
from copydesk.cli.main import FAILED
from copydesk.cli.output import json_option, note, print_data, print_json
from copydesk.cli.show.audit import chain_data, print_chain, print_entries, print_entry
from copydesk.desk.evidence import EvidencePack
from copydesk.review_queue import AuditQuery, Noted

HASH = r"[0-9a-f]{64}"


@click.group()
def audit() -> None:
    """Read the record of who did what, and prove that it was not tampered with.

    Each event is hashed with the one before, so a change of any of them is found. Keep the hash and
    the count that `copydesk audit verify` prints elsewhere: with them it is found, too, when the
    newest events were cut off, or all of them made anew.
    """


def _a_hash(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    if value is not None and not re.fullmatch(HASH, value):
        raise click.BadParameter("give the 64 hexadecimal digits that this command printed.")
    return value


@example(
    "copydesk audit verify",
    f"copydesk audit verify --count 1289 --expect {'9f86d081' * 8}",
)
@audit.command()
@click.option(
    "--expect", metavar="HASH", callback=_a_hash, help="A hash noted before: it must be in there."
)
@click.option(
    "--count", type=click.IntRange(min=0), metavar="N", help="So many events there were at least."
)
@json_option
@click.pass_context
def verify(ctx: click.Context, expect: str | None, count: int | None, *, as_json: bool) -> None:
    """Walk the whole record; exit 1 and print the first bad event if it does not hold.

    With --count N and --expect HASH, event number N must have that hash; a record that has grown
    since still fits. Without them, a record that lost its newest events holds in itself.
    """
    with opened(the_settings(ctx.obj)) as desk:
        chain = desk.recording.verify(_reader(), Noted(expect, count))
    if as_json:
        print_data(chain_data(chain))
    else:
        print_chain(chain)
    if chain.fault is not None:
        ctx.exit(FAILED)


@example("copydesk audit list", "copydesk audit list --about rev_0123456789abcdef0123 --json")
@audit.command("list")
@click.option("--about", multiple=True, metavar="ID", help="Only about this; may be repeated.")
@click.option("--act", help="Only this act, as review.approved.")
@click.option("--actor", help="Only what this user did.")
@click.option("--before", type=click.IntRange(min=1), metavar="N", help="Only before this number.")
@click.option(
    "--limit", type=click.IntRange(min=1), default=50, show_default=True, help="At most so many."
)
@json_option
@click.pass_context
def listing(
    ctx: click.Context,
    about: tuple[str, ...],
    act: str | None,
    actor: str | None,
    before: int | None,
    limit: int,
    *,
    as_json: bool,
) -> None:
    """List events, newest first; --before the last number printed lists the next page."""
    query = AuditQuery(about, act, actor, before, limit)
    with opened(the_settings(ctx.obj)) as desk:
        entries = desk.recording.entries(_reader(), query)
    if as_json:
        for entry in entries:
            print_json(entry)
    else:
        print_entries(entries)


@example("copydesk audit show 42", "copydesk audit show 42 --json")
@audit.command()
@click.argument("number", type=click.IntRange(min=1))
@json_option
@click.pass_context
def show(ctx: click.Context, number: int, *, as_json: bool) -> None:
    """Show one event with its details, its hash and the hash it follows."""
    with opened(the_settings(ctx.obj)) as desk:
        entry = desk.recording.entry(number, _reader())
    if as_json:
        print_json(entry)
    else:
        print_entry(entry)


@example(
    "copydesk audit evidence var_0123456789abcdef0123 --html --out evidence.html",
    "copydesk audit evidence rev_0123456789abcdef0123 > evidence.json",
)
@audit.command()
@click.argument("variant_id", metavar="VARIANT_ID")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="Write it to this file."
)
@click.option("--html", is_flag=True, help="As a page to read and print; JSON without it.")
@click.option("--whole", is_flag=True, help="Walk the whole record, as `copydesk audit verify`.")
@click.pass_context
def evidence(
    ctx: click.Context, variant_id: str, out: Path | None, *, html: bool, whole: bool
) -> None:
    """Gather all that is known of a variant: who wrote, checked, changed and signed it, and why.

    VARIANT_ID is the variant_id of a pull, of any variant of a generation, or the id of a review
    item. Of the record the hundred events are walked that each event of the copy stands among, and
    the last ones. Exits 1 when they do not hold; the pack is written all the same, and says so.
    """
    with opened(the_settings(ctx.obj)) as desk:
        pack = desk.explaining.evidence(variant_id, _reader(), whole=whole)
    text = _page(pack) if html else pack.model_dump_json(indent=2)
    if out is None:
        click.echo(text)
    else:
        out.write_text(text, encoding="utf-8")
        note(f"Wrote {out}.")
    if pack.chain.fault is not None:
        note(f"The record does not hold: {pack.chain.fault}.")
        ctx.exit(FAILED)


def _page(pack: EvidencePack) -> str:
    from copydesk.api.pages.evidence import html  # with all of the API: it takes time

    return html(pack)


def _reader() -> Actor:
    return at_the_keyboard(None, Role.ADMIN)
