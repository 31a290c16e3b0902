"""The judge as a guard: asked once for all, remembered, and never passed over in silence."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence

import pytest

from copydesk.errors import ModelUnavailable
from copydesk.generation.build import ModelChoice, build_answerer
from copydesk.guardrails import Checked, Severity, Verdict
from copydesk.guardrails.build import build_checker
from copydesk.guardrails.checker import Checker
from copydesk.guardrails.rulings import RememberedRulings, Ruling
from copydesk.guardrails.unavailable import UNAVAILABLE
from copydesk.variants import Copy
from tests.factories import a_copy
from tests.servers import Behaviour, FaultServer, refuses, says, waits
from tests.unit.guardrails.judgements import CHARGE, INVENTED, a_judge, judged, submitted


@pytest.fixture
def a_server() -> Iterator[FaultServer]:
    with FaultServer(says(judged([CHARGE]))) as server:
        yield server


def asking(server: FaultServer, timeout_s: float = 20) -> Checker:
    choice = ModelChoice(
        openai_base_url=server.url, openai_retries=0, openai_timeout_s=timeout_s, openai_model="big"
    )
    return build_checker(guards=["judge"], judge=lambda: build_answerer(choice, "tiny"))


def categories(checked: Checked) -> list[str]:
    return [finding.category for finding in checked.findings]


def test_a_model_behind_a_server_judges(a_server: FaultServer) -> None:
    """What it finds is a finding, and the engines say which model judged by which policy."""
    checked = asking(a_server).check_now(submitted())

    assert categories(checked) == ["legal.origin_claim"]
    assert checked.verdict is Verdict.REVIEW
    assert checked.engines["judge"] == "openai:tiny, policy judge.v1"


def test_the_server_is_asked_for_the_schema_and_for_the_likeliest_answer(
    a_server: FaultServer,
) -> None:
    """The policy is the system message, the form is strict, and the temperature is zero."""
    asking(a_server).check_now(submitted())
    (sent,) = a_server.requests

    assert [message["role"] for message in sent["messages"]] == ["system", "user"]
    assert sent["response_format"]["json_schema"]["name"] == "judgement"
    assert sent["temperature"] == 0


@pytest.mark.parametrize(
    ("behaviour", "why"),
    [
        (says("I find it lovely."), "not JSON"),
        (says(judged([CHARGE | {"category": "legal.rude"}])), "category that is not there"),
        (says(judged([], first=7)), "it judged 7"),
        (says(judged([CHARGE | {"quote": "made in Italy"}])), "made in Italy"),
        (says(None, refusal="I cannot"), "refused"),
        (refuses("Slow down.", 429), "answered 429"),
        (waits(20, says("")), "no answer in time"),
    ],
)
def test_a_judge_that_cannot_be_relied_on_sends_copy_to_a_person(
    behaviour: Behaviour, why: str
) -> None:
    """Garbage, a wrong quote, a refusal, a fault and silence are all one finding that says so."""
    with FaultServer(behaviour) as server:
        checked = asking(server, timeout_s=0.5).check_now(submitted())
    (finding,) = checked.findings

    assert (finding.category, finding.severity) == (UNAVAILABLE, Severity.REVIEW)
    assert why in finding.message


def test_one_call_judges_all_variants() -> None:
    """Five variants of one brief go out in one request, and each gets its own findings."""
    copies = [a_copy(subject=f"20% off trail shoes, number {n}") for n in range(4)]
    with FaultServer(says(judged([], [], [CHARGE], [], []))) as server:
        copies.insert(2, INVENTED)
        checks = asyncio.run(checks_of(asking(server), copies))

    assert len(server.requests) == 1
    assert [checked.verdict for checked in checks].index(Verdict.REVIEW) == 2


async def checks_of(checker: Checker, copies: Sequence[Copy]) -> list[Checked]:
    try:
        return await checker.check_all([submitted(copy) for copy in copies])
    finally:
        await checker.aclose()


def test_the_same_copy_is_not_judged_twice() -> None:
    """A second check asks nobody; other copy, or the same on another brief, is asked about."""
    judge, answerer = a_judge(*[judged([CHARGE])] * 3)
    checker = Checker([judge])
    first, second = checker.check_now(submitted()), checker.check_now(submitted())

    assert first == second
    assert len(answerer.prompts) == 1
    checker.check_now(submitted(goal="Another goal"))
    checker.check_now(submitted(INVENTED.model_copy(update={"subject": a_copy().preheader})))
    assert len(answerer.prompts) == 3


def test_invisible_characters_make_other_copy() -> None:
    """A prompt does not show them, but places in the copy depend on them: both are judged."""
    judge, answerer = a_judge(*[judged([CHARGE])] * 2)
    masked = INVENTED.model_copy(update={"body": type(INVENTED.body)(f"\u200b{INVENTED.body}")})
    plain, hidden = (Checker([judge]).check_now(submitted(c)) for c in (INVENTED, masked))

    assert len(answerer.prompts) == 2
    assert hidden.findings[0].start == plain.findings[0].start + 1


def test_a_failure_is_asked_about_again() -> None:
    """Only good rulings are remembered: the next check after an outage has its verdict."""
    judge, _ = a_judge(ModelUnavailable("down for a minute"), judged([CHARGE]))
    checker = Checker([judge])

    assert "down for a minute" in checker.check_now(submitted()).findings[0].message
    assert categories(checker.check_now(submitted())) == ["legal.origin_claim"]


def test_copy_that_nobody_asked_about_goes_to_a_person() -> None:
    """A check without asking first is never a silent pass."""
    judge, answerer = a_judge()
    checked = Checker([judge]).check(submitted())

    assert categories(checked) == [UNAVAILABLE]
    assert not answerer.prompts


def test_many_variants_and_several_briefs_are_asked_about_in_parts() -> None:
    """At most ten variants share a call, and only those of one brief."""
    judge, answerer = a_judge(judged(*[[]] * 10), judged([], []), judged([]))
    copies = [a_copy(subject=f"Shoes, number {n}") for n in range(12)]
    submissions = [*map(submitted, copies), submitted(goal="Another goal")]
    checks = asyncio.run(Checker([judge]).check_all(submissions))

    assert [prompt.user.count("## Variant") for prompt in answerer.prompts] == [10, 2, 1]
    assert {checked.verdict for checked in checks} == {Verdict.PASS}


def test_a_judge_that_is_named_and_not_configured_is_a_finding() -> None:
    """Without key or address every check has a finding that says what to set."""
    checker = build_checker(guards=["judge"], judge=lambda: build_answerer(ModelChoice()))

    assert checker.check_now(submitted()).verdict is Verdict.REVIEW
    assert "set COPYDESK_OPENAI_API_KEY" in checker.engines["judge"]


def test_a_judge_that_is_not_named_is_off() -> None:
    """It costs money, so it takes part only when the settings say so; the engines name it."""
    assert build_checker().engines["judge"] == "off"


def test_memory_of_rulings_is_bounded() -> None:
    """Of more than fit, the one that was not used for longest is let go."""
    rulings = RememberedRulings(at_most=2)
    rulings.put("a", Ruling())
    rulings.put("b", Ruling())
    rulings.get("a")
    rulings.put("c", Ruling())

    assert [rulings.get(key) is not None for key in "abc"] == [True, False, True]
    assert len(rulings) == 2
