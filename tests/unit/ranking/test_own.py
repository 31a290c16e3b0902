"""What a brand's own sends change of a ranking: nothing at first, wording in time, never alone."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from copydesk.errors import SettingsError
from copydesk.ranking import Ranking, RankRequest
from copydesk.ranking.build import READER, TRAINED, ModelFiles, build_ranker
from copydesk.ranking.learned import LearnedRanker
from copydesk.ranking.learning import Learned, Objective, learn
from copydesk.ranking.own import OwnSends
from copydesk.ranking.sends import PastSend
from copydesk.ranking.trained import TrainedModel
from tests.factories import NOW, a_copy

ASKS = "Which of these shoes would you wear on a muddy morning?"
PLAIN = "A new set of shoes for the muddy mornings of this month"
SPREAD = TrainedModel.load().card.spread


def sends(
    number: int, asks: float, plain: float, left: tuple[int | None, int | None] = (None, None)
) -> list[PastSend]:
    """Return sends of 5,000 in which questions and plain lines are clicked at these rates."""
    pick = Random(1)
    return [
        PastSend(
            subject,
            NOW + timedelta(days=day),
            5_000,
            round(5_000 * share * pick.uniform(0.9, 1.1)),
            segment="runners",
            unsubscribes=gone,
        )
        for day in range(number)
        for subject, share, gone in ((ASKS, asks, left[0]), (PLAIN, plain, left[1]))
    ]


def ranked(learned: Learned, objective: Objective = Objective()) -> Ranking:  # noqa: B008 - a value
    own = OwnSends(learned, "v1", objective, SPREAD)
    candidates = [
        {"id": name, "copy": a_copy(subject=subject, preheader="", body="")}
        for name, subject in (("asks", ASKS), ("plain", PLAIN))
    ]
    request = RankRequest.model_validate({"candidates": candidates})
    return LearnedRanker(own=lambda _: own.of("runners")).rank(request)


def own_points(ranking: Ranking, name: str, part: str = "own_sends.clicks") -> float:
    scored = next(one for one in ranking.ranking if one.id == name)
    return next(one.points for one in scored.breakdown if one.name == part)


def test_no_send_changes_no_score() -> None:
    """Before anything was sent the own part adds nothing, and the interval only grows."""
    ranking, shipped = ranked(learn(())), LearnedRanker().rank
    alone = shipped(RankRequest.model_validate({"candidates": [
        {"id": "asks", "copy": a_copy(subject=ASKS, preheader="", body="")}]}))  # fmt: skip
    mine = next(one for one in ranking.ranking if one.id == "asks")

    assert own_points(ranking, "asks") == 0
    assert mine.score == alone.ranking[0].score
    assert mine.low < alone.ranking[0].low


def test_few_sends_do_not_swing_the_order() -> None:
    """Five sends of each kind, one of them doing twice as well, move a score by a few points."""
    few = ranked(learn(sends(5, asks=0.04, plain=0.02)))

    gained = own_points(few, "asks") - own_points(few, "plain")
    assert 0 < gained < 0.1


def test_many_sends_count() -> None:
    """Sixty sends in which questions do better put the question ahead of where it stood."""
    few = ranked(learn(sends(5, asks=0.04, plain=0.02)))
    many = ranked(learn(sends(60, asks=0.04, plain=0.02)))
    turned = ranked(learn(sends(60, asks=0.02, plain=0.04)))

    def gained(ranking: Ranking) -> float:
        return own_points(ranking, "asks") - own_points(ranking, "plain")

    assert gained(turned) < 0 < gained(few) < gained(many)
    why = next(p.why for p in many.ranking[0].breakdown if p.name == "own_sends.clicks")
    assert "version v1: 120 sends to 600,000 recipients" in why


def test_people_who_leave_cost() -> None:
    """A line that makes more people unsubscribe loses points by what that costs, if it costs."""
    learned = learn(sends(60, 0.03, 0.03, (60, 5)))
    costly = ranked(learned, Objective("clicks", unsubscribe=5))
    free = ranked(learned)
    part = "own_sends.unsubscribes"

    assert own_points(costly, "asks", part) < own_points(costly, "plain", part)
    assert not any(p.name == part for one in free.ranking for p in one.breakdown)


def test_a_score_with_own_sends_is_still_the_sum_of_its_parts() -> None:
    """Whatever was learned, the breakdown adds up, and the score lies in its interval."""
    for scored in ranked(learn(sends(60, asks=0.08, plain=0.01))).ranking:
        assert scored.score == pytest.approx(sum(p.points for p in scored.breakdown), abs=1e-6)
        assert 0 <= scored.low <= scored.score <= scored.high <= 1


def test_the_settings_name_the_ranker() -> None:
    """The shipped model is read when it is first asked, and its name tells its content."""
    ranker = build_ranker("learned", ModelFiles())

    assert ranker.name.startswith("learned.v1:")
    assert len(ranker.name) == len("learned.v1:") + 12
    assert build_ranker("transparent", ModelFiles()).name == "transparent.v1"


def test_a_directory_that_holds_no_model_is_refused(tmp_path: Path) -> None:
    """A missing file is named, and so is one that is no model, before anything starts."""
    with pytest.raises(SettingsError, match=f"has no {TRAINED}"):
        ModelFiles(tmp_path)
    for name in (TRAINED, READER):
        (tmp_path / name).write_bytes(b"no model")
    with pytest.raises(SettingsError, match="holds no model that this version reads"):
        build_ranker("learned", ModelFiles(tmp_path))
