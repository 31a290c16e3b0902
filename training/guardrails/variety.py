"""More sentences, for the teacher to judge and the student to learn from.

None of them has a label of its own. They are made of the corpus: words exchanged for words of
near meaning, the beginning of one sentence with the end of another, and parts of sentences.
"""

from __future__ import annotations

import hashlib
from collections import Counter

import numpy as np

from training.guardrails.examples import Examples
from training.guardrails.teacher import Vocabulary

EXCHANGED, SPLICED, CUT = 1, 1, 0
"""How many of each sort are made from every sentence."""
_NEAR = 0.5
_COMMONEST = 90
"""Words that are never exchanged."""


class Variety:
    """Makes sentences out of those of one division of the corpus, and of no other."""

    def __init__(self, examples: Examples, vocabulary: Vocabulary) -> None:
        self.examples = examples
        self.near = _near_words(examples, vocabulary)

    def of(self, part: np.ndarray) -> list[list[str]]:
        """Return new sentences, each made of sentences of `part`."""
        made = []
        for index in part:
            words = self.examples.words[index]
            seed = hashlib.sha256(" ".join(words).encode()).digest()[:8]
            self.rng = np.random.default_rng(int.from_bytes(seed))
            made += [self._exchanged(words, 0.2 + 0.15 * k) for k in range(EXCHANGED)]
            made += [self._spliced(words, part) for _ in range(SPLICED)]
            made += [self._cut(words) for _ in range(CUT)]
        return [words for words in made if words]

    def _exchanged(self, words: list[str], share: float, dropped: float = 0.06) -> list[str]:
        rng, made = self.rng, []
        for word in words:
            if rng.random() < dropped:
                continue
            others = self.near.get(word)
            exchange = others and rng.random() < share
            made.append(others[rng.integers(len(others))] if others and exchange else word)
        return made

    def _spliced(self, words: list[str], part: np.ndarray) -> list[str]:
        rng = self.rng
        others = self.examples.words[int(rng.choice(part))]
        head = words[: max(2, int(len(words) * rng.uniform(0.35, 0.8)))]
        return self._exchanged(head + others[int(len(others) * rng.uniform(0.2, 0.65)) :], 0.1)

    def _cut(self, words: list[str]) -> list[str]:
        cut = int(len(words) * self.rng.uniform(0.2, 0.6))
        return words[cut:] if self.rng.integers(2) else words[: max(2, len(words) - cut)]


def _near_words(examples: Examples, vocabulary: Vocabulary) -> dict[str, list[str]]:
    counts = Counter(word for words in examples.words for word in set(words))
    commonest = {word for word, _ in counts.most_common(_COMMONEST)}
    rows = {word: row for row, word in enumerate(vocabulary.words)}
    known = [word for word, n in counts.items() if n > 1 and word in rows and word.isalpha()]
    directions = vocabulary.centred
    candidates = directions[[rows[word] for word in known]]
    near = {}
    for word in counts:
        if word in rows and word.isalpha() and word not in commonest:
            alike = candidates @ directions[rows[word]]
            best = np.argsort(-alike)[:9]
            near[word] = [known[i] for i in best if alike[i] > _NEAR and known[i] != word]
    return near
