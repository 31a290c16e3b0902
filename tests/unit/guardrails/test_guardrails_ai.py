"""guardrails-ai, both ways: its validators as checks here, and the checks as its validator.

The tests with the mark need the extra, which pins an older `openai`: `make test-guardrails-ai`
runs them in an environment of their own.
"""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from copydesk.errors import SettingsError
from copydesk.guardrails import Checked, Severity, Submission, Verdict
from copydesk.guardrails.as_validator import SlotCheck, copydesk_check
from copydesk.guardrails.build import build_checker
from copydesk.guardrails.checker import Checker
from copydesk.guardrails.guardrails_ai import ValidatorGuard, suggestions
from copydesk.guardrails.unavailable import UNAVAILABLE, EngineUnavailable
from copydesk.guardrails.validators import ValidatorSettings
from copydesk.settings import Settings
from copydesk.variants import Slot
from tests.factories import a_brief, a_copy

INSTALLED = find_spec("guardrails") is not None
with_extra = [
    pytest.mark.guardrails_ai,
    pytest.mark.skipif(not INSTALLED, reason="guardrails-ai is not installed: see CONTRIBUTING.md"),
    pytest.mark.filterwarnings("ignore"),  # its own, on import
]
SILENCE = Path(__file__).with_name("silent_guardrails_ai.py")
TEXT = "A cheap shoe"


class Objects:
    """A validator that objects to `cheap`, as guardrails-ai calls one."""

    def __init__(self, *spans: tuple[int, int], fix: object = None) -> None:
        self.spans, self.fix = spans, fix

    def validate(self, value: str, _: dict[str, Any]) -> SimpleNamespace:
        if "cheap" not in value:
            return SimpleNamespace(outcome="pass")
        spans = [SimpleNamespace(start=s, end=e, reason=f"no {value[s:e]}") for s, e in self.spans]
        said = {"error_message": "not our words", "error_spans": spans, "fix_value": self.fix}
        return SimpleNamespace(outcome="fail", **said)


def checked(validator: object, **settings: Any) -> Checked:
    guard = ValidatorGuard("ban-list", validator, ValidatorSettings(**settings))
    return Checker([guard]).check(Submission(a_copy(subject=TEXT)))


def test_its_spans_become_findings_and_its_fix_a_suggestion() -> None:
    """A finding has the span, the reason, and what the fixed text has in its place."""
    (finding,) = checked(Objects((2, 7), fix="A thrifty shoe")).findings

    assert (finding.slot, finding.match, finding.suggestion) == (Slot.SUBJECT, "cheap", "thrifty")
    assert (finding.rule, finding.message) == ("guardrails_ai.ban_list", "no cheap")
    assert finding.severity is Severity.REVIEW


def test_without_a_span_the_whole_slot_is_found_and_nothing_suggested() -> None:
    """Several validators answer with another text altogether: that is never put in unread."""
    (finding,) = checked(Objects(fix="zqxw")).findings

    assert (finding.match, finding.message, finding.suggestion) == (TEXT, "not our words", None)


def test_a_span_past_the_end_is_cut() -> None:
    """Whatever a validator counts, a span is within the text."""
    (finding,) = checked(Objects((2, 70), (5, 5), (90, 99))).findings

    assert finding.match == "cheap shoe"


def test_severity_and_category_are_the_operators() -> None:
    """What a validator's finding means for the copy is set, not guessed."""
    (finding,) = checked(Objects((2, 7)), severity="block", category="brand.banned_term").findings

    assert (finding.severity, finding.category) == (Severity.BLOCK, "brand.banned_term")


@pytest.mark.parametrize(
    ("spans", "fixed", "found"),
    [
        ([(2, 7)], "A fine shoe", ["fine"]),
        ([(2, 8)], "A shoe", [""]),
        ([(0, 1), (2, 7)], "The fine shoe", ["The", "fine"]),
        ([(2, 7)], "My fine shoe", [None]),
        ([(2, 7), (5, 9)], "A fine shoe", [None, None]),
        ([(2, 7)], None, [None]),
        ([(2, 7)], ["A shoe"], [None]),
        ([], "A fine shoe", [None]),
    ],
)
def test_a_fix_is_taken_only_where_the_spans_are(
    spans: list[tuple[int, int]], fixed: object, found: list[str | None]
) -> None:
    """A fix that changes anything outside the spans, or is no text, gives no suggestion."""
    assert list(suggestions(TEXT, spans, fixed)) == found


@pytest.mark.skipif(INSTALLED, reason="guardrails-ai is installed")
def test_without_the_extra_copy_goes_to_a_person() -> None:
    """Settings that name a validator get a finding of severity review that says what to install."""
    checker = build_checker(guards=["guardrails-ai:ban-list"])
    found = checker.check(Submission(a_copy())).findings

    assert [(one.category, one.severity) for one in found] == [(UNAVAILABLE, Severity.REVIEW)]
    assert "pip install 'copydesk[guardrails-ai]'" in found[0].message
    with pytest.raises(ImportError):
        copydesk_check()


def test_what_is_no_name_of_a_validator_is_said() -> None:
    """Nothing but a package's name is ever imported."""
    with pytest.raises(EngineUnavailable, match="no name"):
        ValidatorGuard.load("../evil")
    with pytest.raises(SettingsError, match="guardrails-ai:NAME"):
        build_checker(guards=["guardrails"])


def test_settings_of_validators_are_read() -> None:
    """Arguments, severity and category come from the settings, by the validator's name."""
    written = {"ban-list": {"arguments": {"banned_words": ["guru"]}, "severity": "block"}}
    settings = Settings.model_validate({"guardrails_ai": written})

    assert settings.guardrails_ai["ban-list"].severity == "block"


def test_a_slot_is_checked_by_itself() -> None:
    """The blank slots beside it are not held against it, and its fix has the suggestions in."""
    check = SlotCheck(slot="subject", checker=Checker([ValidatorGuard("x", *objecting())]))

    assert [one.slot for one in check.findings(TEXT)] == [Slot.SUBJECT]
    assert check.fixed(TEXT, check.findings(TEXT)) == "A thrifty shoe"
    assert check.fixed("A shoe", check.findings("A shoe")) is None


def objecting() -> tuple[Objects, ValidatorSettings]:
    return Objects((2, 7), fix="A thrifty shoe"), ValidatorSettings()


class TestInstalled:
    pytestmark = with_extra

    @pytest.fixture(autouse=True)
    def its_own_loop_goes_here(self) -> Iterator[None]:
        """Let the event loop that a Guard leaves open end while its warning is passed over."""
        yield
        asyncio.set_event_loop(None)
        gc.collect()

    def test_a_real_validator_takes_part(self) -> None:
        """`guardrails-ai-ban-list` is made once, with its arguments, and objects to a near miss."""
        settings = ValidatorSettings(arguments={"banned_words": ["mudd"]}, severity="block")
        checker = build_checker(
            guards=["guardrails-ai:ban-list"], guardrails_ai={"ban-list": settings}
        )
        said = checker.check(Submission(a_copy(body="Hello, the muddd is back")))

        assert checker.engines["guardrails-ai:ban-list"] == "ready"
        assert said.verdict is Verdict.BLOCK
        assert all(one.match in "Hello, the muddd is back" for one in said.findings)

    def test_a_validator_without_spans_takes_part(self) -> None:
        """`guardrails-ai-regex-match` answers with another text: it is a finding, never a fix."""
        settings = ValidatorSettings(arguments={"regex": "trail", "match_type": "search"})
        guard = ValidatorGuard.load("regex-match", settings)
        found = list(guard.check(Submission(a_copy(subject="Shoes"))))

        assert [(one.slot, one.suggestion) for one in found if one.slot is Slot.SUBJECT] == [
            (Slot.SUBJECT, None)
        ]

    @pytest.mark.parametrize(
        ("name", "state"),
        [
            ("gibberish-text", "pip install guardrails-ai-gibberish-text"),
            ("ban-list", "it cannot be made: TypeError"),
            ("types", "one validator was expected"),
        ],
    )
    def test_what_cannot_be_made_says_why(self, name: str, state: str) -> None:
        """A package that is not there, lacks arguments, or is none of a validator is named."""
        with pytest.raises(EngineUnavailable, match=state):
            ValidatorGuard.load(name)

    def test_the_checks_are_a_validator(self) -> None:
        """Within a Guard of theirs, a false percentage fails with its span and its fix."""
        from guardrails import Guard

        made = copydesk_check()(brief=a_brief(), slot="subject", on_fail="noop")
        guard = Guard().use(made)
        outcome = guard.validate("25% off trail shoes through March 8")
        (summary,) = outcome.validation_summaries
        spans = [(span.start, span.end) for span in summary.error_spans]

        assert outcome.validation_passed is False
        assert (0, 3) in spans
        assert guard.validate("20% off trail shoes through March 8").validation_passed is True

    def test_nothing_is_sent_anywhere(self) -> None:
        """In a process of its own, both ways are used and no connection is even attempted."""
        ran = subprocess.run(
            [sys.executable, SILENCE], capture_output=True, text=True, timeout=100, check=False
        )

        assert ran.returncode == 0, ran.stderr
        assert ran.stdout.splitlines()[-1] == "attempts: 0, exporters: 0"
