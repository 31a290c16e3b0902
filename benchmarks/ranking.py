"""How well rankers tell which line did better: `python benchmarks/ranking.py FILE [--train FILE]`.

FILE holds randomised experiments with the columns of the Upworthy Research Archive, as CSV or
Parquet. Rankers that ship judge it as they are: they must not have been trained on it. Baselines
are trained on the other stories of FILE, and on those of the files given with `--train`. Needs the
extra `train`.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from training.ranking import calibrate, experiments, features, frozen, pairs  # noqa: E402
from training.ranking.experiments import Experiments  # noqa: E402
from training.ranking.linear import ridge  # noqa: E402

from copydesk.ranking import Candidate, RankRequest, TransparentRanker  # noqa: E402
from copydesk.ranking.learned import LearnedRanker  # noqa: E402
from copydesk.ranking.measures import visible_length  # noqa: E402
from copydesk.ranking.trained import TrainedModel  # noqa: E402
from copydesk.variants import Copy  # noqa: E402

FOLDS = 5
SPEED_REQUESTS = 400
EMBEDDING_PENALTY = 100.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--train", type=Path, nargs="*", default=[])
    asked = parser.parse_args()
    read = experiments.read([asked.file, *asked.train])
    vectors = frozen.vectors([arm.text for arms in read for arm in arms])
    arms = experiments.joined(read, frozen.alike(vectors))
    own = np.flatnonzero(arms.source == 0)
    columns = baselines(arms, vectors)
    test = arms.only(own)
    print(
        f"{len(test):,} arms of {test.group.max() + 1:,} groups, {len(set(test.story)):,} stories"
    )
    for name, scores in {**{n: c[own] for n, c in columns.items()}, **shipped(test)}.items():
        tell(name, scores, test)
    tell_stated(test)
    tell_speed(test.texts)


def baselines(arms: Experiments, vectors: np.ndarray) -> dict[str, np.ndarray]:
    """Return scores by name, each arm's by models that saw no arm of its story."""
    styles, counted = features.styles(arms.texts), features.Counted.of(arms.texts)
    fold = arms.fold(FOLDS)
    names = ("features", "n-grams", "embeddings")
    found = {name: np.zeros(len(arms)) for name in names}
    for part in range(FOLDS):
        rows, held = np.flatnonzero(fold != part), fold == part
        style = features.Style.fitted(styles[rows], arms.only(rows)).scores(styles)
        wording = features.Wording.fitted(counted, arms, rows).scores(counted)
        meaning = vectors @ ridge(vectors[rows], arms.only(rows), EMBEDDING_PENALTY)
        for name, scores in zip(names, (style, wording, meaning), strict=True):
            found[name][held] = scores[held]
    together = np.stack([found[name] for name in names], axis=1)
    lengths = np.array([float(visible_length(text)) for text in arms.texts])
    return {"longer": lengths, **found, "all three": together @ calibrate.stacked(together, arms)}


def shipped(arms: Experiments) -> dict[str, np.ndarray]:
    """Return the scores of the rankers that ship."""
    transparent, learned = TransparentRanker(), LearnedRanker()
    return {
        ranker.name: np.array([_score(ranker, text) for text in arms.texts])
        for ranker in (transparent, learned)
    }


def _score(ranker: TransparentRanker | LearnedRanker, text: str) -> float:
    return ranker.rank(_request([text])).ranking[0].score


def _request(texts: Sequence[str]) -> RankRequest:
    candidates = [
        Candidate(id=f"c{number}", copy=Copy.model_validate({"subject": text}))
        for number, text in enumerate(texts)
    ]
    return RankRequest(candidates=tuple(candidates))


def tell(name: str, scores: np.ndarray, arms: Experiments) -> None:
    """Print how often pairs are told right, with intervals, and what picks gain."""
    found = pairs.pairs(arms)
    ahead = found.ahead(scores)
    agree = pairs.right(ahead, found.z)
    clear = np.flatnonzero(found.clear)
    error = pairs.calibration_error(calibrate.crossed(scores, found).stated, found.z > 0)
    best, lift = pairs.picks(arms, scores)
    print(
        f"{name:15} all {_with_interval(agree, found.story)}, clear"
        f" {_with_interval(agree[clear], found.story[clear])}, best {best:.3f}, lift {lift:+.1%},"
        f" ECE {error:.4f}"
    )
    curve = pairs.surest(ahead, found.z)
    print(" " * 15, *(f"{s:.0%}: {a:.3f}" for s, a in zip(pairs.SURE, curve, strict=True)))


def _with_interval(agree: np.ndarray, story: np.ndarray) -> str:
    mean: Callable[[np.ndarray], float] = lambda rows: float(agree[rows].mean())  # noqa: E731
    low, high = pairs.interval(story, mean)
    return f"{agree.mean():.4f} [{low:.3f}, {high:.3f}]"


def tell_stated(arms: Experiments) -> None:
    """Print the calibration error of the probabilities that the shipped model states itself."""
    model, found = TrainedModel.load(), pairs.pairs(arms)
    scores = np.array([model.told(text).score for text in arms.texts])
    stated = 1 / (1 + np.exp(-model.card.slope * found.ahead(scores)))
    error = pairs.calibration_error(stated, found.z > 0)
    print(f"as stated by the shipped model: ECE {error:.4f}")


def tell_speed(texts: Sequence[str]) -> None:
    """Print how many candidates a second the learned ranker ranks, none seen before."""
    fresh = [f"{text} {number}" for number, text in enumerate(texts)]
    last = min(len(fresh), 5 * SPEED_REQUESTS)
    requests = [_request(fresh[at : at + 5]) for at in range(0, last - 4, 5)]
    ranker = LearnedRanker()
    ranker.rank(_request(["Warm"]))
    began = time.perf_counter(), time.process_time()
    for request in requests:
        ranker.rank(request)
    wall, spent = time.perf_counter() - began[0], time.process_time() - began[1]
    count = 5 * len(requests)
    print(
        f"{count / wall:,.0f} candidates a second, {count / spent:,.0f} a second of processor time"
    )


if __name__ == "__main__":
    main()
