"""Detoxify, the optional engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from copydesk.guardrails import Severity, Submission, Verdict
from copydesk.guardrails.build import build_checker
from copydesk.guardrails.toxicity import Checkpoint, DetoxifyGuard
from copydesk.guardrails.unavailable import EngineUnavailable
from tests.factories import a_copy

CLASSES = ["toxic", "severe_toxic", "obscene", "threat", "insult", "identity_hate"]
WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "hello", "table", "oak", "spring", "."]


def tiny_checkpoint(folder: Path) -> Path:
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizer

    home = folder / "bert"
    home.mkdir()
    (home / "vocab.txt").write_text("\n".join(WORDS), encoding="utf-8")
    BertTokenizer(str(home / "vocab.txt"), model_max_length=32).save_pretrained(home)
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(WORDS), hidden_size=8, num_hidden_layers=1, num_attention_heads=1,
        intermediate_size=8, max_position_embeddings=32, num_labels=len(CLASSES),
    )  # fmt: skip
    model = BertForSequenceClassification(config)
    config.save_pretrained(home)
    arch = {
        "model_type": str(home), "model_name": "BertForSequenceClassification",
        "tokenizer_name": "BertTokenizer", "num_classes": len(CLASSES),
    }  # fmt: skip
    settings = {"arch": {"args": arch}, "dataset": {"args": {"classes": CLASSES}}}
    torch.save({"state_dict": model.state_dict(), "config": settings}, folder / "tiny.ckpt")
    return folder / "tiny.ckpt"


def scoring(score: float) -> DetoxifyGuard:
    return DetoxifyGuard(lambda text: dict.fromkeys(CLASSES, score if "vile" in text else 0.0))


@pytest.mark.parametrize(
    ("score", "severities"),
    [(0.95, [Severity.BLOCK]), (0.6, [Severity.REVIEW]), (0.3, [])],
)
def test_a_score_becomes_a_finding(score: float, severities: list[Severity]) -> None:
    """A high score blocks, a middling one asks a person, a low one is silent."""
    found = list(scoring(score).check(Submission(a_copy(body="Such a vile table."))))

    assert severities == [finding.severity for finding in found]


def test_without_a_checkpoint_the_engine_says_so() -> None:
    """An engine that is asked for without a checkpoint is missing, and copy goes to a person."""
    checker = build_checker(guards=["rules", "detoxify"])

    assert checker.engines["toxicity.detoxify"] == "no checkpoint configured"
    assert checker.check(Submission(a_copy())).verdict == Verdict.REVIEW


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """The state names the checkpoint that is not there."""
    with pytest.raises(EngineUnavailable, match="no checkpoint at"):
        DetoxifyGuard.load(tmp_path / "none.ckpt", None)


@pytest.mark.ml
def test_a_checkpoint_that_cannot_be_loaded_is_named(tmp_path: Path) -> None:
    """A file that is no checkpoint makes the engine missing, with the reason."""
    broken = tmp_path / "broken.ckpt"
    broken.write_bytes(b"no checkpoint")
    with pytest.raises(EngineUnavailable, match="cannot be loaded"):
        DetoxifyGuard.load(broken, None)


@pytest.mark.ml
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_real_checkpoint_takes_part(tmp_path: Path) -> None:
    """A checkpoint that the operator names is loaded, and scores every slot."""
    checkpoint = tiny_checkpoint(tmp_path)
    checker = build_checker(guards=["detoxify"], detoxify=Checkpoint(checkpoint, tmp_path / "bert"))
    checked = checker.check(Submission(a_copy(body="hello oak table. " * 400)))

    assert checker.engines["toxicity.detoxify"] == "ready"
    assert all(finding.category == "safety.toxicity" for finding in checked.findings)
