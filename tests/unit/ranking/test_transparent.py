"""The transparent ranker: what it rewards, and what it promises about ties and order."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.ranking import Candidate, Ranking, RankRequest, TransparentRanker
from copydesk.ranking.transparent import ALIKE, PARTS, SINGLE
from tests.factories import a_brand, a_brief, a_copy
from tests.unit.brand_voice.test_tone import own

LEGALESE = "Notwithstanding considerable organisational heterogeneity."
ONE_LINK, OTHER_LINK = "See https://a.example/1", "https://a.example/2"
TEXTS = st.text(max_size=120)
COPIES = st.builds(a_copy, subject=TEXTS, preheader=TEXTS, body=TEXTS)


def rank(*copies: tuple[str, object], brief: object = None) -> Ranking:
    candidates = [{"id": name, "copy": copy} for name, copy in copies]
    request = RankRequest.model_validate({"brief": brief, "candidates": candidates})
    return TransparentRanker().rank(request)


def points(ranking: Ranking, candidate: str) -> dict[str, float]:
    found = next(scored for scored in ranking.ranking if scored.id == candidate)
    return {part.name: part.points for part in found.breakdown}


def test_weights_add_up_to_one() -> None:
    """The weights of all parts add up to one, so that a score is a share of full marks."""
    assert sum(part.weight for part in PARTS) == pytest.approx(1.0)


@given(st.lists(COPIES, min_size=1, max_size=5))
def test_score_is_the_sum_of_its_parts(copies: list[object]) -> None:
    """A score lies between 0 and 1, inside its interval, and is the sum of its parts."""
    ranking = rank(*((f"c{i}", copy) for i, copy in enumerate(copies)), brief=a_brief())

    for scored in ranking.ranking:
        assert 0 <= scored.low <= scored.score <= scored.high <= 1
        assert scored.score == pytest.approx(sum(part.points for part in scored.breakdown))
        assert [part.name for part in scored.breakdown] == [part.name for part in PARTS]


@given(st.lists(COPIES, min_size=2, max_size=6), st.randoms())
def test_order_of_candidates_never_matters(copies: list[object], random: Random) -> None:
    """However the candidates are shuffled, the answer is the same, best first."""
    named = [(f"c{i}", copy) for i, copy in enumerate(copies)]
    shuffled = list(named)
    random.shuffle(shuffled)

    ranking = rank(*named)

    assert rank(*shuffled) == ranking
    assert all(one.score >= other.score for one, other in pairwise(ranking.ranking))


@given(COPIES)
def test_identical_copies_get_equal_scores(copy: object) -> None:
    """Identical copies get identical scores, stand in the order of their ids, and it abstains."""
    ranking = rank(("b", copy), ("a", copy))

    assert [scored.id for scored in ranking.ranking] == ["a", "b"]
    assert ranking.ranking[0].score == ranking.ranking[1].score
    assert ranking.abstained == ALIKE


def test_single_candidate_abstains() -> None:
    """One candidate is scored, and the reason for abstaining is that there is no other."""
    ranking = rank(("only", a_copy()))

    assert len(ranking.ranking) == 1
    assert ranking.abstained == SINGLE


def test_clear_lead_does_not_abstain() -> None:
    """A subject that is clearly better made than the next leads without abstaining."""
    ranking = rank(
        ("good", {"subject": "20% off trail shoes through March 8"}),
        ("poor", {"subject": "NEWS FROM US!!!"}),
        brief=a_brief(),
    )

    assert [scored.id for scored in ranking.ranking] == ["good", "poor"]
    assert ranking.abstained is None


def test_subject_alone_is_ranked() -> None:
    """A subject without preheader and body is ranked, and earns nothing for what it lacks."""
    earned = points(rank(("a", {"subject": "Trail shoes, 20% off"}), brief=a_brief()), "a")

    assert earned["preheader_adds"] == earned["body_length"] == earned["one_action"] == 0
    assert earned["concreteness"] > 0


@pytest.mark.parametrize(
    ("part", "better", "worse"),
    [
        ("subject_length", {"subject": "A fresh start for spring"}, {"subject": "Hi"}),
        ("early_meaning", {"subject": "20% off trail shoes"}, {"subject": "A note for everyone"}),
        ("concreteness", {"subject": "Rated 4.6 by runners"}, {"subject": "Rated 4.9 by runners"}),
        ("statement", {"subject": "Ready for mud"}, {"subject": "Ready for mud?"}),
        ("calm", {"subject": "Spring sale"}, {"subject": "SPRING SALE"}),
        ("calm", {"subject": "Spring sale!"}, {"subject": "Spring sale!!!"}),
        ("personal_tag", {"body": 'Hi {{ first_name | fallback: "you" }}'}, {"body": "Hi you"}),
        ("preheader_adds", {"preheader": "Code TRAIL20, one per order"}, {"preheader": "20% off"}),
        ("preheader_length", {"preheader": "With TRAIL20, one per order"}, {"preheader": ""}),
        ("body_length", {"body": "Run further today. " * 15}, {"body": "Run further today."}),
        ("reading_ease", {"body": "Run far. Rest well."}, {"body": LEGALESE}),
        ("one_action", {"body": ONE_LINK}, {"body": f"{ONE_LINK} {OTHER_LINK}"}),
        ("one_action", {"body": "It is spring. Shop trail shoes."}, {"body": "It is spring."}),
    ],
)  # fmt: skip
def test_part_rewards_what_it_names(
    part: str, better: dict[str, str], worse: dict[str, str]
) -> None:
    """Each part gives more to the copy that has what the part is named for."""
    ranking = rank(("better", a_copy(**better)), ("worse", a_copy(**worse)), brief=a_brief())

    assert points(ranking, "better")[part] > points(ranking, "worse")[part]


def test_codes_of_the_brief_are_not_shouting() -> None:
    """A word in capitals that the brief itself holds costs nothing."""
    copy = a_copy(subject="Ask for MUDRUN at the till")
    offer = {"kind": "free_gift", "code": "MUDRUN"}

    assert points(rank(("a", copy), brief=a_brief(offer=offer)), "a")["calm"] == 0.12
    assert points(rank(("a", copy), brief=a_brief()), "a")["calm"] < 0.12


def test_other_languages_are_not_measured_by_english_ease() -> None:
    """A German body gets half of the part for reading ease, and the reason names the language."""
    ranking = rank(("a", a_copy(body="Der Matsch ist wieder da.")), brief=a_brief(locale="de-DE"))
    ease = next(part for part in ranking.ranking[0].breakdown if part.name == "reading_ease")

    assert (ease.points, ease.why) == (0.04, "not measured for de")


def test_many_candidates_are_ranked() -> None:
    """The ranker takes any number of candidates and returns every one once."""
    candidates = tuple(Candidate(id=f"c{i}", copy_=a_copy(subject=f"Pair {i}")) for i in range(200))
    ranking = TransparentRanker().rank(RankRequest(candidates=candidates))

    assert {scored.id for scored in ranking.ranking} == {candidate.id for candidate in candidates}


def test_how_near_copy_is_to_the_brand_is_told_and_changes_no_score() -> None:
    """With enough samples the breakdown has the tone, at no points; with few it says nothing."""
    request = RankRequest(candidates=(Candidate(id="a", copy_=a_copy()),))
    heard = request.model_copy(update={"brand": a_brand(samples=own(1, 100))})
    unheard = request.model_copy(update={"brand": a_brand()})

    plain, told, untold = (TransparentRanker().rank(one) for one in (request, heard, unheard))

    assert told.ranking[0].breakdown[-1].name == "brand_tone"
    assert told.ranking[0].score == plain.ranking[0].score
    assert untold == plain
