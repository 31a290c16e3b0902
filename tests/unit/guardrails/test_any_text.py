"""What holds of the checks for any text: spans, order, no exception, speed, grounding."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from copydesk.briefs import Brief, Fact
from copydesk.guardrails import Checked, Submission
from copydesk.guardrails.build import build_checker
from copydesk.guardrails.normalise import Reading, read_plain
from copydesk.guardrails.packs import ReadyRule, load_packs
from copydesk.guardrails.phrases import Phrase
from copydesk.guardrails.rules import RulesGuard
from copydesk.variants import Copy, Slot, Text
from tests.factories import a_brief
from tests.timing import seconds_of

CHECKER = build_checker()
PIECES = (
    "free", "guaranteed", "last chance", "only 3 left", "20% off", "$80", "March 15", "ALDER20",
    "cures anxiety", "{{first_name|there}}", "{{", "}}", "never", "not", "!!!", "\u200b", "e\u0301",
    "\U0001f600", "https://a.example/b", "4111 1111 1111 1111", ".", ",", "\n", "we", "the best",
)  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=200),
    st.lists(st.sampled_from(PIECES), max_size=30).map(" ".join),
    st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=5)), max_size=30).map("".join),
)
OFTEN = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
)
LONG = 65_536
NASTY = {
    "one letter": "a",
    "letters and spaces": "a ",
    "zero-width": "f\u200br\u200be\u200be ",
    "braces": "{{",
    "closed braces": "{{a|{{b}} ",
    "digits": "1",
    "groups of digits": "1 2-3 ",
    "dots": ".",
    "dotted words": "a.b",
    "emoji": "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "combining marks": "e\u0301\u0302\u0303",
    "mail": "a@a.a",
    "capitals": "FREE! ",
    "quotes": "\"'",
    "hyphens": "a-",
    "brackets": "<a (",
    "a claim": "guaranteed free cure of cancer only 3 left by Friday, ",
    "masks": "sh1t f*ck ",
    "lone surrogates": "\ud800",
}


def checked(body: str, brief: Brief | None = None, subject: str = "Good morning") -> Checked:
    fields = {"subject": subject, "preheader": "Hello again", "body": body}
    copy = Copy.model_construct(None, **{name: Text(text) for name, text in fields.items()})
    return CHECKER.check(Submission(copy, brief))


@OFTEN
@given(TEXTS)
def test_spans_lie_inside_and_equal_the_match(text: str) -> None:
    """The span of a finding lies inside its slot, and the match is what stands there."""
    for finding in checked(text, a_brief()).findings:
        sources = {Slot.SUBJECT: "Good morning", Slot.PREHEADER: "Hello again", Slot.BODY: text}
        source = sources[finding.slot]

        assert 0 <= finding.start <= finding.end <= len(source)
        assert source[finding.start : finding.end] == finding.match


@OFTEN
@given(TEXTS)
def test_findings_are_the_same_every_time(text: str) -> None:
    """The same copy has the same findings in the same order."""
    assert checked(text).findings == checked(text).findings


@OFTEN
@given(TEXTS, TEXTS)
def test_no_guard_ever_fails(body: str, subject: str) -> None:
    """No text makes a guard raise: no finding says that a check took no part."""
    found = checked(body, a_brief(), subject or "Hello").findings

    assert [f.message for f in found if f.category == "guard.unavailable"] == []


@OFTEN
@given(TEXTS)
def test_another_fact_never_adds_a_grounding_finding(body: str) -> None:
    """Words that the brief states as a fact raise no grounding finding that was not there."""
    body = f"{body}. Now 40 buyers save 35%."
    before = grounding(checked(body, a_brief()))
    fact = Fact(id="more", text="40 buyers save 35%.")
    brief = a_brief()
    more = brief.model_copy(update={"facts": (*brief.facts, fact)})

    assert grounding(checked(body, more)) <= before


def grounding(found: Checked) -> set[tuple[str, int, int]]:
    return {
        (finding.rule, finding.start, finding.end)
        for finding in found.findings
        if finding.category.startswith("grounding.")
    }


@pytest.mark.parametrize("unit", NASTY.values(), ids=NASTY)
def test_hostile_text_is_checked_within_a_second(unit: str) -> None:
    """64 kB of any one thing, over and over, costs less than a second of processor time."""
    text = (unit * (LONG // len(unit) + 1))[:LONG]
    checked("warm", a_brief())

    assert seconds_of(lambda: checked(text, a_brief())) < 1
    assert checked(text, a_brief()).findings


def test_the_index_finds_what_every_phrase_would() -> None:
    """Signposts leave nothing out: the index finds what trying all phrases everywhere does."""
    book = load_packs()
    dice = random.Random(7)
    texts = [case.text for rule in book for case in rule.must_flag if case.text]
    for text in dice.sample(texts, 60):
        words = text.split()
        dice.shuffle(words)
        for reading in (read_plain(text), read_plain(" ".join(words))):
            found = {(id(key), start, end) for key, start, end in book.phrases.search(reading)}
            assert found == set(everywhere(book.phrases.phrases, reading))


def everywhere(
    phrases: Sequence[tuple[ReadyRule, Phrase]], reading: Reading
) -> Iterator[tuple[int, int, int]]:
    for key, phrase in phrases:
        for first, last in reading.sentences:
            for start, end in phrase.search(reading.line, first, last):
                yield id(key), start, end


def test_rules_guard_is_the_whole_of_the_default_check() -> None:
    """What this file measures is the guard of rules."""
    assert [type(guard) for guard in CHECKER.guards] == [RulesGuard]
