"""One list of findings and one verdict, whatever the copy holds."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk.errors import SettingsError
from copydesk.guardrails import Finding, Severity, Submission, Verdict
from copydesk.guardrails.build import build_checker
from copydesk.guardrails.checker import Checker
from copydesk.guardrails.unavailable import UNAVAILABLE
from copydesk.variants import Copy, Slot
from tests.factories import a_brand, a_brief, a_copy, an_audience
from tests.timing import seconds_of

CHECKER = build_checker()
WORDS = st.sampled_from(
    [
        "free",
        "last",
        "chance!",
        "$98",
        "20%",
        "{{",
        "first_name",
        "}}",
        "TRAIL20",
        "RE:",
        "sh1t",
        "\u200b",
        "🌷",
        "March",
        "8",
        "guaranteed",
        "https://x.example/y",
        "*|FNAME|*",
        "4111",
        "1111",
        "1111",
        "1111",
        "�",
        "you've",
        "won\n",
    ]
)
TEXTS = st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=12).map(" ".join))


def submission(copy: Copy) -> Submission:
    return Submission(copy, a_brief(), a_brand(), an_audience())


class Raising:
    name = "raising"

    def check(self, _: Submission) -> Iterable[Finding]:
        raise TimeoutError("no answer in 5 s")


class Finds:
    name = "finds"

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings

    def check(self, _: Submission) -> Iterable[Finding]:
        return self.findings


def finding(start: int, end: int, severity: Severity, rule: str = "a.b") -> Finding:
    text = str(a_copy().body)[start:end]
    return Finding(
        rule=rule, category="legal.x", severity=severity, slot=Slot.BODY, start=start, end=end,
        match=text, message="m", why="w",
    )  # fmt: skip


def test_lawful_copy_passes() -> None:
    """Copy that says what its brief says has no finding."""
    assert (
        (checked := CHECKER.check(submission(a_copy()))).verdict,
        checked.findings,
    ) == (Verdict.PASS, ())


@given(TEXTS, TEXTS, TEXTS)
@settings(deadline=None, max_examples=150)
def test_spans_lie_inside_the_copy(subject: str, preheader: str, body: str) -> None:
    """No text makes the check raise, and every finding quotes the very words that it points to."""
    copy = Copy.model_construct(
        **{
            name: Copy.model_fields[name].annotation(text)  # type: ignore[misc]  # Text, by the field
            for name, text in (("subject", subject), ("preheader", preheader), ("body", body))
        }
    )
    for found in CHECKER.check(submission(copy)).findings:
        assert found.match == str(copy[found.slot])[found.start : found.end]


@given(TEXTS, st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=50)
def test_findings_have_one_order(body: str, chance: random.Random) -> None:
    """The order of findings does not depend on the order in which guards report them."""
    found = list(
        CHECKER.check(
            submission(a_copy(body="RE: " + body.encode("utf-8", "replace").decode()))
        ).findings
    )
    shuffled = found.copy()
    chance.shuffle(shuffled)

    again = Checker([Finds(shuffled)]).check(submission(a_copy()))
    assert tuple(found) == again.findings


def test_a_slot_too_long_to_be_read_goes_to_a_person() -> None:
    """What rules did not read is never passed in silence, and what they quote is there."""
    body = "Mud is back. " * 1000 + "{{ first_name }}"
    checked = CHECKER.check(submission(a_copy(body=body)))

    assert "format.length" in {found.category for found in checked.findings}
    assert all(found.match == body[found.start : found.end] for found in checked.findings)


def test_a_guard_that_fails_sends_copy_to_a_person() -> None:
    """A guard that raises becomes a finding of severity review, in words."""
    checked = Checker([Raising()]).check(submission(a_copy()))

    assert checked.verdict == Verdict.REVIEW
    assert checked.findings[0].category == UNAVAILABLE
    assert "no answer in 5 s" in checked.findings[0].message


def test_a_guard_that_is_missing_sends_copy_to_a_person() -> None:
    """A guard that the settings name and that cannot load becomes a finding, too."""
    checked = Checker([], {"toxicity.detoxify": "not installed"}).check(submission(a_copy()))

    assert (
        checked.verdict,
        checked.engines["toxicity.detoxify"],
    ) == (Verdict.REVIEW, "not installed")


def test_of_overlapping_findings_the_worst_stays() -> None:
    """Two findings of one category over the same words are one matter."""
    worst = finding(5, 9, Severity.BLOCK)
    found = Checker([Finds([finding(0, 12, Severity.REVIEW), worst])]).check(submission(a_copy()))

    assert (worst,) == found.findings


def test_engines_are_named_with_their_state() -> None:
    """Whoever reads a verdict sees which engines took part, and which did not."""
    engines = CHECKER.check(Submission(a_copy())).engines

    assert re.match(r"\d+ packs, \d+ rules, meaning: \d+ categories", engines["rules"])
    assert engines["toxicity.detoxify"] == "no checkpoint configured"
    assert "no brief" in engines["grounding"]


def test_an_unknown_guard_is_refused() -> None:
    """A guard that does not exist is an error that names those that do."""
    with pytest.raises(SettingsError, match="known: rules, detoxify"):
        build_checker(guards=["rule"])


@pytest.mark.parametrize(
    "text",
    [
        "a" * 65_536,
        "a " * 32_768,
        "1 " * 32_768,
        "{{ " * 21_845,
        '{{ first_name | fallback: "' * 2_400,
        "free last chance " * 3_855,
        "a.b@" * 16_384,
        "*|" * 32_768,
        "4-1 1" * 13_107,
        "shiiit f*ck " * 5_461,
        "\u0456\u200b" * 32_768,
        "<" * 65_536,
        "not " * 16_384,
        "@ at dot " * 7_281,
        "12 mill " * 8_192,
    ],
    ids=lambda text: repr(text[:12]),
)  # fmt: skip
def test_hostile_text_is_checked_in_a_second(text: str) -> None:
    """64 kB of anything is judged within a second of processor time."""
    assert seconds_of(lambda: CHECKER.check(submission(a_copy(body=text)))) < 1
