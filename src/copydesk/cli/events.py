"""`copydesk events`: what recipients did, from a stream."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import TextIO

import click

from copydesk.bootstrap import triggering_of, utc_now
from copydesk.cli.example import example
from copydesk.cli.local import the_settings
from copydesk.cli.output import note
from copydesk.desk.streaming import Refused, Streaming
from copydesk.feedback.streams.kafka import KafkaStream
from copydesk.storage.build import open_store

STOPS = (signal.SIGINT, signal.SIGTERM)


@click.group()
def events() -> None:
    """Take events of recipients from a stream."""


@example(
    "copydesk events consume --topic shop-events",
    "copydesk events consume --topic shop-events --group copydesk-eu --refused refused.jsonl",
)
@events.command()
@click.option("--topic", required=True, help="Topic to read: one event a message, as JSON.")
@click.option("--group", default="copydesk", show_default=True, help="Consumer group.")
@click.option(
    "--refused",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File to which messages are added that are no events: where each lies, and why.",
)
@click.option("--to-the-end", is_flag=True, help="Stop when everything was read.")
@click.pass_context
def consume(
    ctx: click.Context, topic: str, group: str, refused: Path | None, *, to_the_end: bool
) -> None:
    """Read events from Kafka, and store them, until it is stopped with Ctrl-C or SIGTERM.

    An offset is committed after its event is stored: killed at any moment, it goes on where it was,
    and no event counts twice. Needs the extra `kafka`, and the setting COPYDESK_KAFKA.
    """
    settings = the_settings(ctx.obj)
    properties = {name: value.get_secret_value() for name, value in settings.kafka.items()}
    store = open_store(settings.database_url)
    try:
        stream = KafkaStream(topic, group, properties)
        triggering = triggering_of(settings, store)
        run = Streaming(stream, triggering, utc_now, lambda one: _set_aside(refused, one))
        for number in STOPS:
            signal.signal(number, lambda *_: run.stop())
        try:
            total = run.run(to_the_end=to_the_end)
        finally:
            stream.close()
    finally:
        store.close()
    note(f"{total.read} read, {total.new} new, {total.refused} refused")


def _set_aside(file: Path | None, refused: Refused) -> None:
    if file is not None:
        with file.open("a", encoding="utf-8") as handle:
            _write(handle, refused)


def _write(handle: TextIO, refused: Refused) -> None:
    """Write where the message lies, not what it holds: it may name people."""
    line = {"message": refused.message.place, "why": refused.why}
    handle.write(json.dumps(line, ensure_ascii=False) + "\n")
