"""Many requests by the batch API, against a server of the documented shape."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from copydesk.errors import ModelMisconfigured, ModelUnavailable, OverBudget
from copydesk.generation import DraftRequest, Drafts
from copydesk.generation.build import ModelChoice, build_batch, build_provider
from copydesk.generation.hosted import Provider
from copydesk.generation.openai_batch import Fetched
from copydesk.generation.openai_compatible import OpenAIModel
from tests.batch_server import BatchServer
from tests.servers import completion
from tests.unit.generation.samples import a_draft, a_request, an_answer

GOOD = an_answer(a_draft(), a_draft(angle="question"))


def answers(line: dict[str, Any], said: str = GOOD, status: int = 200) -> dict[str, Any]:
    response = {"status_code": status, "request_id": "r", "body": completion(said)}
    return {"id": "b", "custom_id": line["custom_id"], "response": response, "error": None}


def some_requests(count: int) -> list[DraftRequest]:
    return [a_request(goal=f"Goal {number}") for number in range(count)]


def a_provider(server: BatchServer, **changes: Any) -> Provider:
    return build_provider(ModelChoice(openai_base_url=server.url, **changes))


def fetch(
    server: BatchServer, provider: Provider, requests: Sequence[DraftRequest]
) -> tuple[Fetched, list[str]]:
    told: list[str] = []

    async def run() -> Fetched:
        batch = build_batch(ModelChoice(openai_base_url=server.url), provider)
        try:
            return await batch.fetch(requests, told.append)
        finally:
            await batch.aclose()

    return asyncio.run(run()), told


def draft(server: BatchServer, provider: Provider, request: DraftRequest) -> Drafts:
    async def run() -> Drafts:
        model = OpenAIModel(model="gpt-5-mini", base_url=server.url, provider=provider)
        try:
            return await model.draft(request)
        finally:
            await model.aclose()

    return asyncio.run(run())


def test_answers_of_a_batch_are_found_by_the_model() -> None:
    """Ten requests are one file and one batch; each draft is then there without a call."""
    requests = some_requests(10)
    with BatchServer(answers) as server:
        provider = a_provider(server)
        fetched, told = fetch(server, provider, requests)
        drafts = [draft(server, provider, request) for request in requests]

    assert fetched == Fetched(10, 0, 10, 0, 0)
    assert [batch["completion_window"] for batch in server.batches] == ["24h"]
    assert all(each.usage.reused for each in drafts)
    assert server.single_calls == []
    assert told[-1] == "batch batch-0: validating, 0 answered"


def test_a_line_asks_what_a_call_would_ask() -> None:
    """Each line holds model, messages, schema and limit, under an id that decides the answer."""
    with BatchServer(answers) as server:
        fetch(server, a_provider(server), some_requests(1))
    line = server.asked[0]

    assert (line["method"], line["url"]) == ("POST", "/v1/chat/completions")
    assert len(line["custom_id"]) == 64
    assert line["body"]["messages"][0]["role"] == "system"
    assert line["body"]["response_format"]["type"] == "json_schema"
    assert line["body"]["max_tokens"] == 8_000


def test_equal_requests_are_asked_once() -> None:
    """A batch holds each question once, however many requests ask it."""
    with BatchServer(answers) as server:
        fetched, _ = fetch(server, a_provider(server), [*some_requests(2), *some_requests(2)])

    assert fetched.asked == len(server.asked) == 2


def test_a_batch_that_was_begun_is_found_again() -> None:
    """After a stop in between, the same requests go on with the batch that is there."""
    requests = some_requests(3)
    with BatchServer(answers, looks=10**9) as server:
        stopped = a_provider(server)
        with pytest.raises(TimeoutError):
            asyncio.run(_fetch_for(server, stopped, requests, seconds=1.0))
        server.looks = 1
        fetched, _ = fetch(server, a_provider(server), requests)

    assert fetched.fetched == 3
    assert len(server.batches) == 1


async def _fetch_for(
    server: BatchServer, provider: Provider, requests: Sequence[DraftRequest], seconds: float
) -> None:
    batch = build_batch(ModelChoice(openai_base_url=server.url), provider)
    try:
        async with asyncio.timeout(seconds):
            await batch.fetch(requests, lambda _: None)
    finally:
        await batch.aclose()


def test_what_was_answered_before_is_not_asked_again() -> None:
    """Only what no answer is kept for goes into a further batch."""
    with BatchServer(answers) as server:
        provider = a_provider(server)
        fetch(server, provider, some_requests(2))
        fetched, _ = fetch(server, provider, some_requests(5))
        again, _ = fetch(server, provider, some_requests(5))

    assert fetched == Fetched(5, 2, 3, 0, 0)
    assert again == Fetched(5, 5, 0, 0, 0)
    assert [len(server.files[b["input_file_id"]].splitlines()) for b in server.batches] == [2, 3]


def test_what_a_batch_leaves_open_is_told_and_not_kept() -> None:
    """Lines that failed, are missing, or are not copy are counted, and the rest is used."""

    def mixed(line: dict[str, Any]) -> dict[str, Any] | None:
        number = int(line["body"]["messages"][1]["content"].partition("Goal ")[2][0])
        return [answers(line), None, answers(line, status=500), answers(line, "prose")][number]

    with BatchServer(mixed, ends="expired") as server:
        fetched, _ = fetch(server, a_provider(server), some_requests(4))

    assert fetched == Fetched(asked=4, kept_before=0, fetched=1, refused=1, unanswered=2)


def test_a_batch_that_fails_is_an_error_with_its_reason() -> None:
    """A batch that the provider gave up on says why, and its budget is free again."""
    with BatchServer(answers, ends="failed") as server:
        provider = a_provider(server, budget_day_tokens=30_000)
        with pytest.raises(ModelUnavailable, match=r"batch-0 is failed: line 1 is too long"):
            fetch(server, provider, some_requests(1))

    assert provider.budget.left() == (30_000, None)


def test_a_batch_beyond_the_budget_is_not_sent() -> None:
    """The whole batch is set aside first: where the day does not reach, nothing is uploaded."""
    with BatchServer(answers) as server:
        provider = a_provider(server, budget_day_tokens=30_000)
        with pytest.raises(OverBudget):
            fetch(server, provider, some_requests(5))

    assert server.files == {}
    assert provider.budget.left() == (30_000, None)


def test_a_batch_costs_what_the_table_says_of_batches(tmp_path: Path) -> None:
    """The provenance of an answer from a batch has the lower price, and names the batch."""
    file = tmp_path / "prices.yaml"
    file.write_text("currency: USD\nmodels: {'*': {input: 1, output: 10, batch: 0.5}}\n")
    with BatchServer(answers) as server:
        provider = a_provider(server, prices=file)
        fetch(server, provider, some_requests(1))
        drafts = draft(server, provider, some_requests(1)[0])

    assert drafts.usage.cost == pytest.approx((1200 * 1 + 240 * 10) / 2 / 1_000_000)
    assert drafts.parameters["batch"] == "batch-0"


def test_a_batch_needs_a_hosted_model_that_keeps_answers() -> None:
    """Without a server, or where no answer is kept, the message says what to set."""
    with pytest.raises(ModelMisconfigured, match="a batch needs a hosted model"):
        build_batch(ModelChoice(), build_provider(ModelChoice()))
    with BatchServer(answers) as server, pytest.raises(ModelMisconfigured, match="KEPT_DAYS"):
        fetch(server, a_provider(server, answers_kept_days=0), some_requests(1))


def test_lines_are_json_whatever_they_say() -> None:
    """Line breaks and other scripts in a brief do not break the file of lines."""
    with BatchServer(answers) as server:
        fetch(server, a_provider(server), [a_request(goal="Früh\u2028und spät \U0001f956")])

    assert json.loads(json.dumps(server.asked[0]))["custom_id"]
