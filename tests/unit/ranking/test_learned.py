"""The learned ranker: what it promises about ties and order, what it tells, when it abstains."""

from __future__ import annotations

from importlib import resources
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk.ranking import Ranking, RankRequest
from copydesk.ranking.learned import NO_SUBJECT, LearnedRanker
from copydesk.ranking.ranker import rank_all
from copydesk.ranking.reader import LineReader
from copydesk.ranking.trained import TrainedModel
from copydesk.ranking.transparent import SINGLE
from tests.factories import a_brief, a_copy

TEXTS = st.text(max_size=90)
COPIES = st.builds(a_copy, subject=TEXTS, preheader=TEXTS, body=TEXTS)
STORY = "She Found A Box In The Attic. What Was Inside Made The Whole Family Cry."
NOTICE = "Quarterly report on attic storage regulation: is your box compliant?"


def rank(*copies: tuple[str, object], brief: object = None) -> Ranking:
    candidates = [{"id": name, "copy": copy} for name, copy in copies]
    request = RankRequest.model_validate({"brief": brief, "candidates": candidates})
    return LearnedRanker().rank(request)


def fresh() -> TrainedModel:
    """Return the shipped model, with nothing remembered of what it told before."""
    folder = resources.files("copydesk.ranking")
    reader = LineReader.of(folder.joinpath("reader.onnx").read_bytes())
    return TrainedModel.of(folder.joinpath("trained.npz").read_bytes(), reader)


def alone(subject: str) -> object:
    return a_copy(subject=subject, preheader="", body="")


@settings(max_examples=25, deadline=None)
@given(st.lists(COPIES, min_size=2, max_size=5), st.randoms())
def test_order_of_candidates_never_matters(copies: list[object], random: Random) -> None:
    """However the candidates are shuffled, every score, interval and reason is the same."""
    named = [(f"c{i}", copy) for i, copy in enumerate(copies)]
    shuffled = list(named)
    random.shuffle(shuffled)

    assert rank(*shuffled) == rank(*named)


@settings(max_examples=25, deadline=None)
@given(COPIES)
def test_score_is_the_sum_of_its_parts(copy: object) -> None:
    """A score lies in its interval between 0 and 1, and its breakdown adds up to it."""
    (scored,) = rank(("a", copy)).ranking

    assert 0 <= scored.low <= scored.score <= scored.high <= 1
    assert scored.score == pytest.approx(sum(part.points for part in scored.breakdown), abs=1e-6)


@settings(max_examples=25, deadline=None)
@given(COPIES, st.lists(COPIES, max_size=3))
def test_the_same_copy_twice_ties_in_any_company(copy: object, others: list[object]) -> None:
    """Two candidates with one copy have one score and one interval, whoever else is ranked."""
    company = [(f"other{n}", other) for n, other in enumerate(others)]

    ranking = rank(("b", copy), *company, ("a", copy)).ranking
    first, second = (scored for scored in ranking if scored.id in {"a", "b"})

    assert (first.id, second.id) == ("a", "b")
    assert first.model_copy(update={"id": "b"}) == second


def test_identical_copies_tie_and_it_abstains() -> None:
    """Identical copies get identical scores, and the ranker says that it cannot tell them apart."""
    ranking = rank(("b", alone(STORY)), ("a", alone(STORY)))

    assert [scored.id for scored in ranking.ranking] == ["a", "b"]
    assert ranking.ranking[0].score == ranking.ranking[1].score
    assert ranking.abstained is not None
    assert "50% to 50%" in ranking.abstained


def test_score_does_not_depend_on_company() -> None:
    """A candidate's score is the same alone, and among others."""
    with_others = rank(("a", alone(STORY)), ("b", alone(NOTICE)))
    TrainedModel.load.cache_clear()
    by_itself = rank(("a", alone(STORY)))

    assert by_itself.ranking[0] in with_others.ranking
    assert by_itself.abstained == SINGLE


def test_many_requests_at_once_are_ranked_as_one_by_one() -> None:
    """What is ranked together with other requests is ranked as by a fresh model, one by one."""
    subjects = ((STORY, NOTICE), (NOTICE, "Go", "word " * 60), (STORY, "Only today: 20% off"))
    requests = [
        RankRequest.model_validate(
            {"candidates": [{"id": text[:9], "copy": alone(text)} for text in texts]}
        )
        for texts in subjects
    ]
    together, one_by_one = LearnedRanker(fresh()), LearnedRanker(fresh())

    found = rank_all(together, requests)

    assert found == [one_by_one.rank(request) for request in requests[::-1]][::-1]


def test_telling_a_story_beats_a_notice() -> None:
    """Of a line as experiments liked and a dry one, the first leads, and it does not abstain."""
    ranking = rank(("notice", alone(NOTICE)), ("story", alone(STORY)))

    assert [scored.id for scored in ranking.ranking] == ["story", "notice"]
    assert ranking.abstained is None


def test_parts_are_named_by_slot_and_give_reasons() -> None:
    """Each part names its slot and says why; the question mark is among the question's reasons."""
    (scored,) = rank(("a", alone(NOTICE))).ranking
    parts = {part.name: part for part in scored.breakdown}

    assert {"average", "subject.wording", "subject.meaning", "preheader", "body"} <= set(parts)
    assert "more question marks" in parts["subject.question"].why
    assert all(part.why for part in scored.breakdown)


@pytest.mark.parametrize(
    ("subject", "reason"),
    [
        ("", NO_SUBJECT),
        ("Go", "has 2 characters"),
        ("Kolejna promocja czeka na ciebie w sklepie internetowym", "never met"),
        ("word " * 60, "characters"),
    ],
)
def test_unlike_anything_seen_it_abstains(subject: str, reason: str) -> None:
    """With no subject, one of another length or of unknown words, the order is not relied upon."""
    ranking = rank(("a", alone(subject)), ("b", alone(STORY)))

    assert ranking.abstained is not None
    assert reason in ranking.abstained


def test_brief_in_another_language_makes_it_abstain() -> None:
    """A brief for German is answered, and the answer says that nothing was learned from German."""
    ranking = rank(("a", alone(STORY)), ("b", alone(NOTICE)), brief=a_brief(locale="de-DE"))

    assert ranking.abstained == "the model has learned from no line in de, only in en"


@given(ahead=st.floats(-1.5, 1.5))
def test_a_probability_is_turned_back_into_the_difference_that_it_is_stated_for(
    ahead: float,
) -> None:
    """What a difference of scores is stated as says that very difference again."""
    card = TrainedModel.load().card

    assert card.ahead(card.chance(ahead)) == pytest.approx(ahead, abs=1e-6)
