"""Near-duplicates: what counts as the same again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.ranking import Candidate, near_duplicates, without_duplicates
from copydesk.ranking.duplicates import Repeat, similarity
from copydesk.variants import Copy
from tests.factories import a_copy

TEXTS = st.text(max_size=60)
COPIES = st.builds(a_copy, subject=TEXTS, preheader=TEXTS, body=TEXTS)


def candidates(*copies: Copy) -> list[Candidate]:
    return [Candidate(id=f"c{i}", copy_=copy) for i, copy in enumerate(copies)]


@given(COPIES, COPIES)
def test_similarity_is_symmetric_and_bounded(one: Copy, other: Copy) -> None:
    """Similarity is the same from both sides, between 0 and 1, and 1 for a copy with itself."""
    assert similarity(one, other) == pytest.approx(similarity(other, one))
    assert 0 <= similarity(one, other) <= 1
    assert similarity(one, one) == pytest.approx(1.0)


def test_reordered_subject_is_a_duplicate() -> None:
    """The same words in another order, case and punctuation are a near-duplicate."""
    copies = [a_copy(), a_copy(subject="Trail shoes: 20% OFF, through March 8!")]

    assert [(i, j) for i, j, _ in near_duplicates(copies)] == [(0, 1)]


def test_another_subject_is_a_variant() -> None:
    """Another subject over the same body is a variant, not a duplicate."""
    copies = [a_copy(), a_copy(subject="The mud is back. So are we")]

    assert near_duplicates(copies) == []


def test_subjects_alone_are_compared() -> None:
    """Copies that hold a subject alone are compared by their subjects."""
    one, other, third = (Copy.model_validate({"subject": s}) for s in ("Mud!", "mud", "Sun"))

    assert similarity(one, other) == 1.0
    assert similarity(one, third) < 0.9


def test_first_of_a_group_is_kept() -> None:
    """The first of a group of near-duplicates is kept; the others name the one they repeat."""
    found = without_duplicates(candidates(a_copy(), a_copy(subject="Mud, anyone?"), a_copy()))

    assert [candidate.id for candidate in found.kept] == ["c0", "c1"]
    assert found.dropped == (Repeat("c2", "c0", 1.0),)


@given(st.lists(COPIES, max_size=6))
def test_nothing_is_lost(copies: list[Copy]) -> None:
    """Every candidate is either kept, in the order given, or named as a repeat of a kept one."""
    given_ = candidates(*copies)

    found = without_duplicates(given_)

    kept = [candidate.id for candidate in found.kept]
    assert sorted([*kept, *(repeat.id for repeat in found.dropped)]) == [c.id for c in given_]
    assert {repeat.repeats for repeat in found.dropped} <= set(kept)
    assert kept == sorted(kept)
