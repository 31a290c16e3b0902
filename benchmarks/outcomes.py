"""Takes in events of campaign tools until the process is killed, goes on, and counts what is there.

    python benchmarks/outcomes.py
    python benchmarks/outcomes.py --events 1000000 --way file
    python benchmarks/outcomes.py --database postgresql+psycopg://USER@/NAME?host=FOLDER

A child process takes in deliveries as SendGrid makes them, signed, a thousand events each, and
reads them (`--way webhook`), or imports a file of events a line each (`--way file`). Halfway it is
killed with SIGKILL. Another takes its place, as a restarted server or a repeated command would: the
sender delivers again what was never acknowledged, and some of what was. Then the counts in the
database are held against those that were sent. Memory is the largest resident set of the second.

A tenth of the opens are by Apple's proxy, and a tenth of the clicks come at once after delivery.
Without `--database` it is SQLite in a temporary folder. Prints JSON; the exit status is 1 when a
count differs.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from copydesk.access import Actor, Role
from copydesk.bootstrap import sorting_of, tool_keys_of
from copydesk.desk.importing import Importing
from copydesk.desk.receiving import Receiving
from copydesk.feedback.reading import Defaults
from copydesk.feedback.tools import tool_named
from copydesk.publishing import recipient_key
from copydesk.settings import Settings
from copydesk.storage.build import open_store

SECRET = b"a secret of the benchmark's own"
KEY = ec.derive_private_key(0x5EED, ec.SECP256R1())
BATCH = 1_000
KINDS = ("delivered", "open", "click", "delivered", "open")
VARIANTS = 4
START = int(datetime(2026, 3, 6, tzinfo=UTC).timestamp())
READ_EVERY = 20
"""Deliveries between two readings of what waits, as a server reads beside taking in."""
MACHINES = 10


class Run(NamedTuple):
    """What one child did."""

    events: int
    seconds: float
    rss_mb: float


def event(number: int) -> dict[str, Any]:
    """Return the event of this number: five for each message, told from the number alone."""
    message, place = divmod(number, len(KINDS))
    kind = KINDS[place]
    is_machine = message % MACHINES == 0
    soon = 1 if kind == "click" and is_machine else 600 * place
    told = {
        "email": f"reader{message}@inbox.example",
        "timestamp": START + message % 86_400 + (0 if kind == "delivered" else soon),
        "event": kind,
        "sg_event_id": f"e{number}",
        "sg_message_id": f"m{message}",
        "copydesk_campaign": "spring",
        "copydesk_variant": f"var_{message % VARIANTS}",
    }
    if kind == "open":
        told["useragent"] = "Mozilla/5.0" if is_machine else "Mozilla/5.0 (X11) Firefox/128.0"
        told["ip"] = "203.0.113.7"
    if kind == "click":
        told["url"] = f"https://northpeak.example/trail/{place}"
    return told


def expected(events: int) -> dict[str, int]:
    """Return how many events there are of each variant, kind and verdict."""
    counts: Counter[str] = Counter()
    for number in range(events):
        message, place = divmod(number, len(KINDS))
        is_machine = message % MACHINES == 0 and KINDS[place] in {"open", "click"}
        verdict = "no" if is_machine else "unknown"
        counts[f"var_{message % VARIANTS} {KINDS[place]} {verdict}"] += 1
    return dict(sorted(counts.items()))


def delivery(first: int, events: int) -> tuple[bytes, dict[str, str]]:
    """Return the body and the headers of a delivery, signed."""
    last = min(first + BATCH, events)
    body = json.dumps([event(number) for number in range(first, last)]).encode()
    stamp = str(int(time.time()))
    signature = KEY.sign(stamp.encode() + body, ec.ECDSA(hashes.SHA256()))
    return body, {
        "x-twilio-email-event-webhook-signature": base64.b64encode(signature).decode(),
        "x-twilio-email-event-webhook-timestamp": stamp,
    }


def receive(settings: Settings, events: int, acknowledged: Path) -> int:
    """Take in all deliveries that are not acknowledged, and one that is; return how many events."""
    store = open_store(settings.database_url)
    keys = tool_keys_of(settings, store, SECRET)
    clock = partial(datetime.now, UTC)
    key = partial(recipient_key, SECRET)
    receiving, sorting = Receiving(store, keys, key, SECRET, clock), sorting_of(settings, store)
    known = {int(line) for line in acknowledged.read_text().split()}
    again = {max(known)} if known else set()
    taken = 0
    with acknowledged.open("a", buffering=1) as log:
        for place, first in enumerate(range(0, events, BATCH)):
            if first in known and first not in again:
                continue
            receiving.receive("sendgrid", *delivery(first, events))
            log.write(f"{first}\n")
            taken += BATCH
            if place % READ_EVERY == 0:
                while sorting.some():
                    pass
    sorting.everything()
    store.close()
    return taken


def import_file(settings: Settings, file: Path) -> int:
    """Import the file; return how many events it has."""
    store = open_store(settings.database_url)
    sorting = sorting_of(settings, store)
    run = Importing(store, sorting, partial(recipient_key, SECRET), partial(datetime.now, UTC))
    actor = Actor("benchmark", frozenset({Role.ADMIN}))
    done = run.run(file, tool_named("sendgrid"), Defaults(), actor, print)
    store.close()
    return done.events


def child(args: argparse.Namespace) -> None:
    """Do the work, and print what it took."""
    settings = _settings(args.database)
    started = time.perf_counter()
    if args.way == "webhook":
        events = receive(settings, args.events, args.folder / "acknowledged")
    else:
        events = import_file(settings, args.folder / "events.jsonl")
    seconds = time.perf_counter() - started
    rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"events": events, "seconds": seconds, "rss_mb": rss}))


def _settings(database: str) -> Settings:
    der = KEY.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    keys = {"sendgrid": base64.b64encode(der).decode()}
    return Settings.model_validate({"database_url": database, "webhook_keys": keys})


def stored(database: str) -> dict[str, int]:
    """Return how many events the database holds, by variant, kind and verdict."""
    store = open_store(database)
    with store.transaction() as tx:
        tally = tx.outcomes.tally("spring")
    store.close()
    return {f"{one.variant_id} {one.kind} {one.human}": one.events for one in tally}


def killed_and_finished(args: argparse.Namespace) -> tuple[int, Run]:
    """Kill a child halfway, let another finish; return what was stored at the kill."""
    command = _command(args)
    with subprocess.Popen(command, stdout=subprocess.PIPE) as first:
        while first.poll() is None and _progress(args.database) < args.events // 2:
            time.sleep(0.2)
        first.send_signal(signal.SIGKILL)
    at_kill = _progress(args.database)
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return at_kill, Run(**json.loads(done.stdout.splitlines()[-1]))


def _progress(database: str) -> int:
    return sum(stored(database).values())


def _command(args: argparse.Namespace) -> list[str]:
    given: Sequence[object] = (
        "--child", "--events", args.events, "--way", args.way, "--database", args.database,
        "--folder", args.folder,
    )  # fmt: skip
    return [sys.executable, str(Path(__file__)), *map(str, given)]


def _lines(events: int) -> Iterator[str]:
    return (json.dumps(event(number)) + "\n" for number in range(events))


def measure(args: argparse.Namespace) -> dict[str, Any]:
    """Return what one run measured."""
    (args.folder / "acknowledged").touch()
    if args.way == "file":
        with (args.folder / "events.jsonl").open("w") as handle:
            handle.writelines(_lines(args.events))
    open_store(args.database).close()
    at_kill, run = killed_and_finished(args)
    found, wanted = stored(args.database), expected(args.events)
    return {
        "way": args.way,
        "database": args.database.partition(":")[0],
        "events": args.events,
        "stored_at_kill": at_kill,
        "taken_after_kill": run.events,
        "new_events_a_second_after_kill": round((args.events - at_kill) / run.seconds),
        "rss_mb": round(run.rss_mb),
        "exact": found == wanted,
        "counts": found,
    }


def main() -> None:
    """Run as the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--events", type=int, default=20_000)
    parser.add_argument("--way", choices=("webhook", "file"), default="webhook")
    parser.add_argument("--database", help="SQLAlchemy URL of an empty database")
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child:
        child(args)
        return
    with tempfile.TemporaryDirectory() as folder:
        args.folder = Path(folder)
        args.database = args.database or f"sqlite:///{args.folder / 'outcomes.db'}"
        result = measure(args)
    print(json.dumps(result, indent=2))
    sys.exit(0 if result["exact"] else 1)


if __name__ == "__main__":
    os.environ.setdefault("PYTHONWARNINGS", "ignore")
    main()
