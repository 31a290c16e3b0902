"""The training sentences: read as the engine reads them, with the category that each is about."""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import yaml

from copydesk.guardrails.meaning import sentences
from copydesk.guardrails.meaning.sentences import LONGEST, symbol
from copydesk.guardrails.normalise import STOP, read
from copydesk.variants import Text
from training.guardrails import mailed, written

CORPUS = Path(__file__).parent / "corpus"
MAILS = Path(__file__).parent / "mails.yaml"
INNOCENT = Path(__file__).parent / "innocent.yaml"
FILLED = 6
"""How often each sentence of ordinary mail is filled in."""
NOBODY = -1
"""Category of a sentence that is about none of them: it makes no claim of any."""


@dataclass(frozen=True)
class Examples:
    """Sentences with the category that their author judged them for, and the judgement."""

    categories: tuple[str, ...]
    means: dict[str, str]
    texts: list[str]
    words: list[list[str]]
    about: np.ndarray
    claims: np.ndarray
    """1 where the sentence makes the claim, 0 where it only has the same words."""
    sha256: str

    def __len__(self) -> int:
        return len(self.texts)

    def folds(self, n: int) -> list[tuple[np.ndarray, np.ndarray]]:
        """Return n divisions into what is learned from and what is tested on.

        A sentence stays in its part when others are added: its own words decide.
        """
        parts = np.array([_number_of(words) % n for words in self.words])
        return [(np.flatnonzero(parts != part), np.flatnonzero(parts == part)) for part in range(n)]

    def only(self, rows: np.ndarray) -> Examples:
        """Return the sentences of these rows."""
        return replace(
            self,
            texts=[self.texts[row] for row in rows],
            words=[self.words[row] for row in rows],
            about=self.about[rows],
            claims=self.claims[rows],
        )


def load() -> Examples:
    """Return the corpus, with ordinary sentences of mail and those of the pairs of mails."""
    files = sorted(CORPUS.glob("*.yaml"))
    parts = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in files]
    categories = tuple(sorted(part["category"] for part in parts if part.get("positive")))
    rows: dict[str, tuple[int, int]] = {}
    for part in parts:
        about = categories.index(part["category"]) if part["category"] in categories else NOBODY
        rows |= dict.fromkeys(part.get("negative", []), (about, 0))
        rows |= dict.fromkeys(part.get("positive", []), (about, 1))
    rows |= dict.fromkeys([*ordinary(), *written.sentences_of_ours()], (NOBODY, 0))
    for text, category, claims in mailed.judged():
        column = categories.index(category) if category in categories else NOBODY
        if column != NOBODY or not claims:
            rows[text] = (column, int(claims)) if claims else rows.get(text, (column, 0))
    texts = [text for text in rows if words_of(text)]
    return Examples(
        categories=categories,
        means={part["category"]: part.get("means", "") for part in parts},
        texts=texts,
        words=[words_of(text) for text in texts],
        about=np.array([rows[text][0] for text in texts]),
        claims=np.array([rows[text][1] for text in texts]),
        sha256=hashlib.sha256("\n".join(sorted(texts)).encode()).hexdigest(),
    )


def ordinary() -> list[str]:
    """Return ordinary sentences of marketing mail, which make no claim."""
    mails = yaml.safe_load(MAILS.read_text(encoding="utf-8"))
    made = []
    for sentence in mails["sentences"]:
        rng = random.Random(sentence)
        made += [_filled(sentence, mails["lists"], rng) for _ in range(FILLED)]
    made += yaml.safe_load(INNOCENT.read_text(encoding="utf-8"))["sentences"]
    return list(dict.fromkeys(made))


def _filled(sentence: str, lists: dict[str, list[str]], rng: random.Random) -> str:
    return re.sub(r"(?<!\{)\{(\w+)\}", lambda found: rng.choice(lists[found[1]]), sentence)


def lines(file: Path) -> list[list[str]]:
    """Return the words of every line of a file that has any."""
    rows = [words_of(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return [words for words in rows if words]


def _number_of(words: Sequence[str]) -> int:
    """Return a number that fillings of one sentence mostly share: its first words decide."""
    return int.from_bytes(hashlib.sha256(" ".join(words[:3]).encode()).digest()[:4])


def words_of(text: str) -> list[str]:
    """Return the words of a text as the model takes them; several sentences become one row."""
    reading = read(Text(text))
    if not sentences(reading):
        return []
    words = [symbol(word.text) for word in reading.words]
    return words[: -1 if words[-1] == STOP else None][:LONGEST]
