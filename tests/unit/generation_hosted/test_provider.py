"""One provider as several callers share it, against a real server."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from copydesk.errors import InvalidDraft, ModelUnavailable, OverBudget
from copydesk.generation import Drafts
from copydesk.generation.build import ModelChoice, build_answerer, build_model, build_provider
from copydesk.generation.hosted import Provider
from copydesk.generation.hosted.ledger import today
from copydesk.generation.openai_compatible import OpenAIModel
from copydesk.generation.questions import Answerer, Form
from copydesk.prompts import Prompt
from tests.servers import Call, FaultServer, completion, refuses, replies, says, waits
from tests.unit.generation.samples import a_draft, a_request, an_answer

GOOD = an_answer(a_draft(), a_draft(angle="question"))
PRICES = "currency: EUR\nmodels: {'*': {input: 1, cached_input: 0.1, output: 10}}\n"


def a_provider(**changes: Any) -> Provider:
    return build_provider(ModelChoice(**changes))


def a_model(server: FaultServer, provider: Provider, **changes: Any) -> OpenAIModel:
    given = {"model": "tiny", "base_url": server.url, "timeout_s": 5.0, "retries": 0}
    return OpenAIModel(**{**given, **changes}, provider=provider)


async def drafted(model: OpenAIModel, *seeds: int) -> list[Drafts | BaseException]:
    asked = [a_request(product={"name": "Ridgeline"}, goal=f"Goal {seed}") for seed in seeds]
    try:
        calls = (model.draft(request) for request in asked)
        return await asyncio.gather(*calls, return_exceptions=True)
    finally:
        await model.aclose()


async def judged(judge: Answerer) -> None:
    await judge.answer(Prompt("p", "system", "user"), Form("f", {}))
    await judge.aclose()


def test_the_same_request_is_not_paid_for_twice() -> None:
    """Equal requests, at once and later, get one answer from one call, and are told so."""
    with FaultServer(waits(0.05, says(GOOD))) as server:
        provider = a_provider()
        at_once = asyncio.run(drafted(a_model(server, provider), 1, 1, 1))
        later = asyncio.run(drafted(a_model(server, provider), 1))

    answers = [answer for answer in (*at_once, *later) if isinstance(answer, Drafts)]
    assert len(server.requests) == 1
    assert [answer.usage.reused for answer in answers] == [False, True, True, True]
    assert all(answer.drafts == answers[0].drafts for answer in answers)
    assert answers[3].parameters == answers[0].parameters


@pytest.mark.parametrize("changes", [{"temperature": 0.1}, {"model": "other"}])
def test_another_question_is_another_call(changes: dict[str, Any]) -> None:
    """An answer is used again only where all that decides it is the same."""
    with FaultServer(says(GOOD)) as server:
        provider = a_provider()
        asyncio.run(drafted(a_model(server, provider), 1, 2))
        asyncio.run(drafted(a_model(server, provider, **changes), 1))

    assert len(server.requests) == 3


def test_an_answer_of_no_use_is_paid_for_and_not_kept() -> None:
    """What is not copy counts as spent, and the next request asks again."""
    with FaultServer(says("no JSON"), says(GOOD)) as server:
        provider = a_provider(budget_day_tokens=100_000)
        first = asyncio.run(drafted(a_model(server, provider), 1))
        second = asyncio.run(drafted(a_model(server, provider), 1))

    assert isinstance(first[0], InvalidDraft)
    assert isinstance(second[0], Drafts)
    assert provider.budget.left() == (100_000 - 2 * 1_440, None)


def test_an_answer_that_may_have_been_written_is_counted_as_spent() -> None:
    """A time-out counts with all that was set aside; a refusal gives it back."""
    with FaultServer(refuses("Busy.", 503), waits(5, says(GOOD))) as server:
        provider = a_provider(budget_day_tokens=100_000)
        model = a_model(server, provider, timeout_s=0.2)
        asyncio.run(drafted(model, 1))
        assert provider.budget.left() == (100_000, None)
        failed = asyncio.run(drafted(model, 1))

    assert isinstance(failed[0], ModelUnavailable)
    left, _ = provider.budget.left()
    assert left is not None
    assert left < 100_000 - 8_000


def test_costs_are_in_the_provenance(tmp_path: Path) -> None:
    """Usage says what was cached and, by the operator's table, what the answer cost."""
    file = tmp_path / "prices.yaml"
    file.write_text(PRICES)
    usage = {"prompt_tokens": 1200, "completion_tokens": 240}
    body = {
        **completion(GOOD),
        "usage": {**usage, "prompt_tokens_details": {"cached_tokens": 1000}},
    }
    with FaultServer(replies(200, body)) as server:
        answers = asyncio.run(drafted(a_model(server, a_provider(prices=file)), 1))

    assert isinstance(answers[0], Drafts)
    took = answers[0].usage
    assert (took.cached_tokens, took.cost, took.currency) == (1000, 0.0027, "EUR")


def test_a_day_that_is_spent_asks_nobody() -> None:
    """Beyond the day's budget no call is made; what the ledger knows from before counts."""
    with FaultServer(says(GOOD)) as server:
        provider = a_provider(budget_day_tokens=12_000)
        first = asyncio.run(drafted(a_model(server, provider), 1))
        restarted = a_provider(budget_day_tokens=12_000)
        restarted.ledger = provider.ledger
        second = asyncio.run(drafted(a_model(server, restarted, max_output_tokens=10_000), 2))

    assert isinstance(first[0], Drafts)
    assert isinstance(second[0], OverBudget)
    assert len(server.requests) == 1


def test_a_server_without_usage_is_counted_by_length() -> None:
    """Where no usage is reported none is shown, and the budget counts an estimate."""
    silent = {name: part for name, part in completion(GOOD).items() if name != "usage"}
    with FaultServer(replies(200, silent)) as server:
        provider = a_provider(budget_day_tokens=100_000)
        answers = asyncio.run(drafted(a_model(server, provider), 1))

    assert isinstance(answers[0], Drafts)
    assert answers[0].usage.input_tokens is None
    left, _ = provider.budget.left()
    assert left is not None
    assert 90_000 < left < 99_000


def test_a_server_that_fails_is_left_alone() -> None:
    """After the failures that it may have, calls are refused without asking it."""
    with FaultServer(refuses("Oops.", 500)) as server:
        model = a_model(server, a_provider(openai_failures=2))
        answers = [asyncio.run(drafted(model, seed))[0] for seed in range(4)]

    assert len(server.requests) == 2
    assert all(isinstance(answer, ModelUnavailable) for answer in answers)
    assert "left alone" in str(answers[3])


def test_one_callers_retry_after_holds_the_others_back() -> None:
    """When the server asks one caller to wait, no other caller asks it meanwhile."""
    with FaultServer(replies(429, {}, {"retry-after": "1"}), says(GOOD)) as server:
        provider = a_provider()
        first = a_model(server, provider, retries=1)
        second = a_model(server, provider, retries=1)

        async def both() -> float:
            loop = asyncio.get_running_loop()
            began = loop.time()
            waiting = asyncio.create_task(drafted(first, 1))
            await asyncio.sleep(0.4)
            await drafted(second, 2)
            held = loop.time() - began
            await waiting
            return held

        assert asyncio.run(both()) >= 0.99


def test_a_retry_carries_the_same_key() -> None:
    """A server that knows Idempotency-Key can tell a retry from a second order."""
    keys: list[str | None] = []

    def remember(call: Call) -> None:
        keys.append(call.headers.get("idempotency-key"))
        (refuses("Oops.", 500) if len(keys) == 1 else says(GOOD))(call)

    with FaultServer(remember) as server:
        asyncio.run(drafted(a_model(server, a_provider(), retries=1), 1, 2))

    assert len(keys) == 3
    assert None not in keys
    assert len(set(keys)) == 2


def test_writer_and_judge_share_the_limits() -> None:
    """Whoever asks the same server counts against the same budget."""
    with FaultServer(says(GOOD)) as server:
        choice = ModelChoice(openai_base_url=server.url, budget_day_tokens=100_000)
        provider = build_provider(choice)
        judge = build_answerer(choice, "tiny", provider)
        asyncio.run(judged(judge))
        asyncio.run(drafted(a_model(server, provider), 1))

    assert provider.budget.left() == (100_000 - 2 * 1_440, None)
    assert asyncio.run(provider.ledger.spent(today())).tokens == 2 * 1_440


def test_what_happened_is_counted() -> None:
    """Calls by how they ended, tokens, retries and waits are there for whoever watches."""
    with FaultServer(refuses("Oops.", 500), says(GOOD), says("garbage")) as server:
        provider = a_provider()
        model = a_model(server, provider, retries=1)
        for seed in (1, 2, 1):
            asyncio.run(drafted(model, seed))
    counted = provider.meter.counted()

    ended = {how: count for (_, how), count in counted.calls.items()}
    assert ended == {"answered": 1, "invalid-draft": 1, "kept": 1}
    assert counted.tokens["tiny", "output"] == 480
    assert counted.retries == {"tiny": 1}
    assert (counted.waited, counted.breaker) == (2, "closed")


def test_beyond_the_budget_the_next_model_writes() -> None:
    """A chain takes a spent budget as it takes any failure: the next writes, on record."""
    with FaultServer(says(GOOD)) as server:
        choice = ModelChoice(openai_base_url=server.url, budget_day_tokens=100)
        drafts = asyncio.run(build_model(choice).model.draft(a_request()))

    assert drafts.model == "phrasebook"
    assert "the day's budget of 100 tokens is spent" in drafts.attempts[0].detail
    assert server.requests == []
