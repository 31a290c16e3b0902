"""What is pulled in the benchmark: a campaign with approved copy and a fallback, and servers."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from copydesk.access import Actor, Role
from copydesk.audiences import Audience
from copydesk.bootstrap import bootstrap
from copydesk.brand_voice import Brand
from copydesk.briefs import Brief
from copydesk.documents import load
from copydesk.publishing import (
    ANYONE,
    FALLBACK_ID,
    ApprovedCopy,
    Campaign,
    Shelf,
    approval_hash,
    fallback_hash,
)
from copydesk.settings import Settings
from copydesk.variants import Copy

EXAMPLES = Path(__file__).parent.parent / "examples" / "outdoor"
SECRET = "benchmark benchmark benchmark"
OPERATOR = Actor("operator:local", frozenset({Role.ADMIN}))
CAMPAIGN, RECALLED_TO = "boots", 15
BODY = (
    'Hi {{ first_name | fallback: "there" }}, the Kestrel is 20% off with code MUD20. '
    "See the boots: https://larkfell.example/kestrel"
)
FALLBACK = Copy.model_validate(
    {
        "subject": "The Kestrel walking boot",
        "preheader": "640 g per boot in a US 9",
        "body": "See the boots: https://larkfell.example/kestrel",
    }
)


class Furnished(NamedTuple):
    """A database with a campaign in it, and who may do what with it."""

    url: str
    shelf: Shelf
    """What may be pulled before the recall."""
    keys: dict[str, str]


def furnished(url: str) -> Furnished:
    """Fill the database; return what is in it."""
    desk = bootstrap(Settings(database_url=url, secret=SECRET))
    now = desk.clock()
    campaign = with_fallback(a_campaign(now), desk.policy.sha256)
    copies = [signed(campaign, name, desk.policy.sha256) for name in ("var_a", "var_b", "var_c")]
    with desk.store.transaction() as tx:
        tx.campaigns.add(campaign)
        for copy in copies:
            tx.library.add(copy)
    shelf = Shelf.of(campaign, copies, desk.policy.sha256, desk.serving.recipient_key)
    keys = {}
    for name, role in (("tool", Role.PULLER), ("ada", Role.REQUESTER)):
        desk.access.add_user(name, (role,), None, OPERATOR)
        keys[name] = desk.access.add_key(name, (role,), "", OPERATOR).secret
    desk.store.close()
    return Furnished(url, shelf, keys)


def a_campaign(now: datetime) -> Campaign:
    brief = load(EXAMPLES / "briefs" / "spring-boots.yaml", Brief)
    audience = load(EXAMPLES / "audiences" / "lapsed-walkers.yaml", Audience)
    return Campaign(
        id=CAMPAIGN,
        owner="ada",
        brief=brief.moved_to(now + timedelta(days=1)),
        brand=load(EXAMPLES / "brand.yaml", Brand),
        audiences={audience.id: audience},
        updated_at=now,
    )


def with_fallback(campaign: Campaign, policy: str) -> Campaign:
    fallback = ApprovedCopy(
        id=FALLBACK_ID,
        campaign=CAMPAIGN,
        audience_id=ANYONE.id,
        copy_=FALLBACK,
        approval_hash=fallback_hash(FALLBACK, campaign, policy, leans_on_offer=False),
        approved_by="jonas",
        approved_at=campaign.updated_at,
    )
    return campaign.model_copy(update={"fallback": fallback})


def signed(campaign: Campaign, name: str, policy: str) -> ApprovedCopy:
    (audience,) = campaign.audiences.values()
    text = {"subject": f"{name}: 20% off the Kestrel", "preheader": "Code MUD20", "body": BODY}
    copy = Copy.model_validate(text)
    return ApprovedCopy(
        id=name,
        campaign=CAMPAIGN,
        audience_id=audience.id,
        copy_=copy,
        approval_hash=approval_hash(copy, campaign.brief, campaign.brand, audience, policy),
        approved_by="jonas",
        approved_at=campaign.updated_at,
    )


@contextmanager
def serving(furnished: Furnished, *options: str) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    """Run `copydesk serve`; yield its port and process when it answers."""
    environment = {
        **os.environ,
        "COPYDESK_DATABASE_URL": furnished.url,
        "COPYDESK_SECRET": SECRET,
    }
    command = [sys.executable, "-m", "copydesk", "serve", "--port", "0", *options]
    with started(command, environment) as (port, process):
        yield port, process


@contextmanager
def started(
    command: list[str], environment: dict[str, str] | None = None
) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    """Run a server that prints its address first; stop it at the end."""
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield _port(process), process
        finally:
            process.terminate()
            process.communicate(timeout=60)


def _port(process: subprocess.Popen[str]) -> int:
    assert process.stderr is not None
    heard = []
    for line in process.stderr:
        heard.append(line)
        if found := re.search(r"http://127\.0\.0\.1:(\d+)", line):
            port = int(found[1])
            _drain(process)
            _until_up(port)
            return port
    raise AssertionError("".join(heard))


def _drain(process: subprocess.Popen[str]) -> None:
    """Read on, so that the server never waits for its own words to be read."""
    import threading

    def read() -> None:
        assert process.stderr is not None
        try:
            for _ in process.stderr:
                pass
        except ValueError:
            return  # closed

    threading.Thread(target=read, daemon=True).start()


def _until_up(port: int) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz").close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"nothing answers on port {port}")


def recall(port: int, key: str) -> None:
    """Change the offer by the API: what leans on it is void when this returns."""
    address = f"http://127.0.0.1:{port}/v1/campaigns/{CAMPAIGN}"
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(address, headers=headers)) as answer:
        campaign, version = json.load(answer), answer.headers["ETag"]
    brief = campaign["brief"]
    brief["offer"]["value"] = RECALLED_TO
    sent = json.dumps(brief).encode()
    headers["If-Match"] = version
    asked = urllib.request.Request(f"{address}/brief", sent, headers, method="PUT")
    urllib.request.urlopen(asked).close()


def now() -> datetime:
    return datetime.now(UTC)
