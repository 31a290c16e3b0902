"""Which words rest on which fact."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.guardrails import Binding, Finding, Submission
from copydesk.guardrails.build import build_checker
from copydesk.guardrails.checker import Checker
from copydesk.guardrails.resolution import merged
from copydesk.variants import Slot
from tests.factories import BRIEF, a_brief, a_copy

CHECKER = build_checker()


def bound(text: str, **changes: Any) -> dict[str, tuple[str, ...]]:
    copy = a_copy(subject="", preheader="", body=text)
    found = CHECKER.bindings(Submission(copy, a_brief(**changes)))
    return {one.match: one.rests_on for one in found or ()}


@pytest.mark.parametrize(
    ("text", "match", "rests_on"),
    [
        ("Take 20% off.", "20% off", ("offer.value",)),
        ("Take 25% off.", "25% off", ()),
        ("Through March 8.", "March 8", ("offer.ends",)),
        ("With code TRAIL20.", "TRAIL20", ("offer.code",)),
        ("By 2,314 buyers.", "2,314", ("facts.reviews",)),
        ("Shop: https://northpeak.example/trail", "https://northpeak.example/trail", ("links[0]",)),
        ("It ends tomorrow.", "ends tomorrow", ("offer.ends",)),
        ("It ends today.", "ends today", ()),
        ("The best shoe ever made.", "best shoe ever", ()),
    ],
)
def test_a_claim_names_what_it_rests_on(text: str, match: str, rests_on: tuple[str, ...]) -> None:
    """Figures, dates, codes, links and claims in words resolve to places in the brief, or none."""
    found = bound(text)

    assert any(match in words and on == rests_on for words, on in found.items()), found


def test_what_states_nothing_is_no_claim() -> None:
    """A manner of speech is bound to nothing, and is not called unsupported either."""
    assert bound("One or two pairs, before nine on a slow morning.") == {}


def test_a_free_claim_rests_on_the_fact_that_gives_it() -> None:
    """Words are bound through the rule that looks for them, to the fact that makes them lawful."""
    facts = [{"id": "post", "text": "Delivery at no charge on all orders"}]

    assert bound("Free delivery.", facts=facts)["Free"] == ("facts.post",)


def test_without_a_brief_nothing_is_bound() -> None:
    """None says that there is nothing to bind to; no tuple could be told from no claims."""
    assert CHECKER.bindings(Submission(a_copy())) is None
    assert CHECKER.check(Submission(a_copy())).bindings is None


def test_a_check_binds_nothing_unless_asked() -> None:
    """The verdict does not wait for the bindings, which are added to it where they are kept."""
    submission = Submission(a_copy(), a_brief())
    checked = CHECKER.check(submission)
    with_them = CHECKER.with_bindings(checked, submission)

    assert checked.bindings is None
    assert with_them.bindings
    assert with_them.model_copy(update={"bindings": None}) == checked


def test_bindings_that_fail_leave_the_verdict_alone() -> None:
    """They are told beside the verdict: a fault in them neither raises nor passes for an answer."""

    class Broken:
        name = "broken"

        def check(self, _: Submission) -> Iterator[Finding]:
            return iter(())

        def bindings(self, _: Submission) -> tuple[Binding, ...]:
            raise RuntimeError("no")

        resolved = bindings

    checker, submission = Checker([Broken()]), Submission(a_copy(), a_brief())
    assert (checker.bindings(submission), checker.resolved(submission)) == (None, None)


@given(st.text(max_size=60), st.text(max_size=120))
def test_any_copy_is_bound_in_its_own_words(subject: str, body: str) -> None:
    """Whatever the copy holds, a binding quotes it, and rests on places that the brief has."""
    copy = a_copy(subject=subject, body=body)
    for one in CHECKER.bindings(Submission(copy, a_brief())) or ():
        assert str(copy[one.slot])[one.start : one.end] == one.match
        assert all(on.split(".")[0].split("[")[0] in BRIEF for on in one.rests_on)


COPY = a_copy(body="Rated it 4.6 out of 5, and 20% off")


def binding(start: int, end: int, *rests_on: str) -> Binding:
    match = str(COPY.body)[start:end]
    return Binding(
        slot=Slot.BODY, start=start, end=end, match=match, kind="number", rests_on=rests_on
    )


def test_a_figure_inside_words_is_told_once() -> None:
    """`20% off` tells of its `20%`; a figure that rests on something else stands beside it."""
    wide = binding(27, 34, "offer.value")

    assert merged([binding(27, 30, "offer.value"), wide], COPY) == (wide,)
    assert len(merged([binding(27, 30, "facts.a"), wide], COPY)) == 2
    assert merged([binding(27, 34), wide], COPY) == (wide,)


def test_neighbours_that_rest_on_the_same_are_one() -> None:
    """`Rated it`, `it 4.6 out of` and `5` on one fact are one claim, in one line of a list."""
    parts = [binding(0, 8, "facts.a"), binding(6, 19, "facts.a"), binding(20, 21, "facts.a")]

    assert merged(parts, COPY) == (binding(0, 21, "facts.a"),)
    assert len(merged([*parts, binding(22, 26, "facts.b")], COPY)) == 2


def test_words_around_a_loose_figure_are_not_told_as_borne() -> None:
    """`Rated 4.9` does not rest on a rating of 4.6, whatever else about it is true."""
    loose = binding(9, 12)

    assert merged([loose, binding(0, 12, "facts.reviews")], COPY) == (loose,)
    assert bound("Rated 4.9 stars by runners.") == {"4.9": ()}
