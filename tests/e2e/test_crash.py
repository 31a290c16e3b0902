"""kill -9 in the middle of a job, and what the next start makes of it."""

from __future__ import annotations

import json
import os
import signal
import time
from typing import Any

from copydesk.generation import Draft
from tests.e2e.processes import Desk, call, killable, ready
from tests.factories import AUDIENCE, BRAND, BRIEF, COPY
from tests.servers import FaultServer, says, waits

DRAFT = Draft.model_validate({"angle": "deadline", "facts": [], **COPY})
ANSWER = says(json.dumps({"variants": [DRAFT.model_dump()]}))
REQUEST = {
    "brief": BRIEF,
    "brand": BRAND,
    "audience": {**AUDIENCE, "sensitive": True},
    "n": 1,
    "campaign": "spring",
}


def until_asked(model: FaultServer) -> None:
    for _ in range(200):
        if model.requests:
            return
        time.sleep(0.05)
    raise AssertionError("the model was never asked")


def ended(address: str, key: str, path: str) -> dict[str, Any]:
    for _ in range(200):
        body: dict[str, Any] = call("GET", f"{address}{path}", key).body
        if body["state"] in {"done", "failed"}:
            return body
        time.sleep(0.1)
    raise AssertionError(f"still {body['state']}")


def test_a_job_whose_process_is_killed_ends_once_after_a_restart(desk: Desk) -> None:
    """Killed while the model writes, started again: one result, one review item, one record."""
    key = desk.key("maria", "requester", "reviewer")
    with FaultServer(waits(60, ANSWER), ANSWER) as model:
        desk.environment |= {"COPYDESK_OPENAI_BASE_URL": model.url, "COPYDESK_MODEL": "openai"}
        with killable(desk) as (address, process):
            ready(address)
            accepted = call("POST", f"{address}/v1/generations", key, REQUEST)
            assert accepted.status == 202
            until_asked(model)
            os.kill(process.pid, signal.SIGKILL)
        with killable(desk) as (address, process):
            done = ended(address, key, f"/v1/generations/{accepted.body['id']}")
            queue = call("GET", f"{address}/v1/reviews?limit=50", key).body["items"]
            os.kill(process.pid, signal.SIGKILL)
        with killable(desk) as (address, _):
            again = ended(address, key, f"/v1/generations/{accepted.body['id']}")

    assert (done["state"], again) == ("done", done)
    assert [item["id"] for item in queue] == [v["review_id"] for v in done["variants"]]
    assert len(model.requests) == 2
