"""Checks that run somebody else's code are waited for, and not for ever."""

from __future__ import annotations

import asyncio
import threading
import types
from collections.abc import Callable, Iterable, Iterator
from time import monotonic

import pytest

from copydesk.guardrails import Checked, Finding, Guard, Severity, Submission, Verdict
from copydesk.guardrails.checker import Checker
from copydesk.guardrails.guardrails_ai import ValidatorGuard
from copydesk.guardrails.judge import JudgeGuard
from copydesk.guardrails.limits import AT_ONCE, TimedGuard
from copydesk.guardrails.toxicity import DetoxifyGuard
from copydesk.guardrails.unavailable import UNAVAILABLE
from copydesk.guardrails.validators import ValidatorSettings
from tests.factories import a_copy
from tests.unit.guardrails.judgements import submitted

SUBMISSION = Submission(a_copy())


class Gate:
    """Work that waits until it is let through, and counts who came."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.came = 0

    def pass_through(self) -> None:
        self.came += 1
        self.open.wait(30)


@pytest.fixture
def gate() -> Iterator[Gate]:
    made = Gate()
    yield made
    made.open.set()


class SlowValidator:
    """What `ValidatorGuard` asks of a validator of guardrails-ai, and late."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate

    def validate(self, _: str, __: dict[str, object]) -> types.SimpleNamespace:
        self.gate.pass_through()
        return types.SimpleNamespace(outcome="pass")


def slow_validator(gate: Gate) -> ValidatorGuard:
    return ValidatorGuard("slow", SlowValidator(gate), ValidatorSettings())


def slow_detoxify(gate: Gate) -> DetoxifyGuard:
    def predict(_: str) -> dict[str, float]:
        gate.pass_through()
        return {"toxicity": 0.0}

    return DetoxifyGuard(predict)


@pytest.mark.parametrize("slow", [slow_validator, slow_detoxify])
def test_a_guard_that_overruns_sends_copy_to_a_person(
    slow: Callable[[Gate], Guard], gate: Gate
) -> None:
    """A validator or a model that does not answer is one finding of severity review, in words."""
    guard = slow(gate)
    started = monotonic()
    checked = Checker([TimedGuard(guard, 0.05)]).check(SUBMISSION)

    (found,) = checked.findings
    assert (found.severity, found.category) == (Severity.REVIEW, UNAVAILABLE)
    said = "did not take part: it did not answer within 0.05 s"
    assert found.message == f"The check `{guard.name}` {said}"
    assert checked.verdict is Verdict.REVIEW
    assert monotonic() - started < 5


def test_stuck_checks_are_not_joined_by_ever_more(gate: Gate) -> None:
    """So many stuck checks are let live; from then on the guard is out, and still says so."""
    checker = Checker([TimedGuard(slow_detoxify(gate), 0.02)])
    verdicts = [checker.check(SUBMISSION) for _ in range(AT_ONCE + 3)]

    assert gate.came == AT_ONCE
    assert all(checked.verdict is Verdict.REVIEW for checked in verdicts)
    assert "4 checks are stuck" in verdicts[-1].findings[0].message


def test_a_guard_in_time_is_as_it_is() -> None:
    """Findings, errors, name and state are those of the guard itself."""

    class Quick:
        name, state = "quick", "ready, and quick"

        def check(self, _: Submission) -> Iterable[Finding]:
            raise ValueError("the tokenizer is missing")

    timed = TimedGuard(Quick(), 5)
    (found,) = Checker([timed]).check(SUBMISSION).findings

    assert (timed.name, timed.state) == ("quick", "ready, and quick")
    assert "ValueError: the tokenizer is missing" in found.message


def test_a_judge_that_overruns_sends_copy_to_a_person() -> None:
    """The question is taken back when the time is over, and the copy goes to a person."""

    class SlowAnswerer:
        name = "slow"

        async def answer(self, *_: object) -> str:
            await asyncio.sleep(30)
            return ""

        async def aclose(self) -> None:
            """Nothing is open."""

    checker = Checker([JudgeGuard(SlowAnswerer(), timeout_s=0.05)])
    (found,) = checker.check_now(submitted()).findings

    assert found.severity is Severity.REVIEW
    assert "it did not answer within 0.05 s" in found.message


def test_a_slow_guard_does_not_hold_up_the_event_loop(gate: Gate) -> None:
    """While variants are checked by a guard that is late, other work of the loop goes on."""

    async def checked_beside_other_work() -> tuple[list[Checked], int]:
        ticks = 0
        checking = asyncio.create_task(checker.check_all([SUBMISSION, SUBMISSION]))
        while not checking.done():
            await asyncio.sleep(0.01)
            ticks += 1
        return await checking, ticks

    checker = Checker([TimedGuard(slow_detoxify(gate), 0.1)])
    checks, ticks = asyncio.run(checked_beside_other_work())

    assert [checked.verdict for checked in checks] == [Verdict.REVIEW] * 2
    assert ticks > 3


def test_no_thread_keeps_the_process(gate: Gate) -> None:
    """A check that is stuck for good does not hold up the end of the process."""
    Checker([TimedGuard(slow_detoxify(gate), 0.02)]).check(SUBMISSION)
    stuck = [one for one in threading.enumerate() if one.name == "check by toxicity.detoxify"]

    assert stuck
    assert all(one.daemon for one in stuck)
