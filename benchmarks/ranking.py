"""How well rankers tell which line did better: `python benchmarks/ranking.py FILE [--train FILE]`.

FILE holds randomised experiments with the columns of the Upworthy Research Archive, as CSV or
Parquet. Rankers that ship judge it as they are: they must not have been trained on it. Baselines
are trained on the other stories of FILE, and on those of the files given with `--train`. Needs the
extra `train`.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from training.ranking import frozen  # noqa: E402

from copydesk.cli.processes import processors  # noqa: E402
from copydesk.ranking import Candidate, RankRequest, TransparentRanker  # noqa: E402
from copydesk.ranking.learned import LearnedRanker  # noqa: E402
from copydesk.ranking.measures import visible_length  # noqa: E402
from copydesk.ranking.trained import TrainedModel  # noqa: E402
from copydesk.ranking.training import calibrate, experiments, features, pairs  # noqa: E402
from copydesk.ranking.training.experiments import Experiments  # noqa: E402
from copydesk.ranking.training.linear import ridge  # noqa: E402
from copydesk.variants import Copy  # noqa: E402

FOLDS = 5
CANDIDATES = 5
"""Candidates of a request whose ranking is timed."""
EMBEDDING_PENALTY = 100.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--train", type=Path, nargs="*", default=[])
    parser.add_argument(
        "--speed", type=int, metavar="REQUESTS",
        help="only tell how fast so many requests of five candidates are ranked, and the memory",
    )  # fmt: skip
    asked = parser.parse_args()
    if asked.speed:
        (alone,) = experiments.read([asked.file])
        tell_speed([arm.text for arm in alone], asked.speed)
        return
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
    tell_abstained(test)


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
    slope = calibrate.Slope(model.card.slope, model.card.steeper)
    stated = slope.chances(found.ahead(scores))
    error = pairs.calibration_error(stated, found.z > 0)
    print(f"as stated by the shipped model: ECE {error:.4f}")


def tell_abstained(arms: Experiments) -> None:
    """Print how often the learned ranker relies on its order of two lines, and is right then."""
    ranker, found = LearnedRanker(), pairs.pairs(arms)
    told = np.array([
        ranker.rank(_request([arms.texts[one], arms.texts[other]])).abstained is None
        for one, other in zip(found.first, found.second, strict=True)
    ])  # fmt: skip
    scores = np.array([_score(ranker, text) for text in arms.texts])
    agree = pairs.right(found.ahead(scores), found.z)
    print(
        f"relied upon: {told.mean():.1%} of pairs, {agree[told].mean():.4f} right, clear ones"
        f" {agree[told & found.clear].mean():.4f}; abstained: {agree[~told].mean():.4f} right"
    )


def tell_speed(texts: Sequence[str], count: int) -> None:
    """Print how many candidates a second `copydesk rank` ranks, none seen before, and its memory.

    Starting Python and reading the model count in; the file and its shapes are as on the wire.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "requests.jsonl"
        with file.open("w", encoding="utf-8") as lines:
            lines.writelines(_line(texts, number) for number in range(count))
        for workers in sorted({1, processors()}):
            _tell_run(file, count, workers)


def _line(texts: Sequence[str], number: int) -> str:
    """Return a request whose subjects no other has: what was ranked before is remembered."""
    first = number * CANDIDATES
    chosen = (f"{texts[n % len(texts)]} {number}" for n in range(first, first + CANDIDATES))
    candidates = [{"id": f"c{n}", "copy": {"subject": text}} for n, text in enumerate(chosen)]
    return json.dumps({"id": str(number), "candidates": candidates}) + "\n"


def _tell_run(file: Path, count: int, workers: int) -> None:
    command = [sys.executable, "-m", "copydesk", "rank", str(file), "--workers", str(workers)]
    began, spent = time.perf_counter(), _processor_time()
    early = late = answered = 0
    with subprocess.Popen(command, stdout=subprocess.PIPE) as running:
        for answered, _ in enumerate(running.stdout or (), start=1):
            if answered == count // 5:
                early = _resident(running.pid)
            if answered == count - count // 100:
                late = _resident(running.pid)
    wall, spent = time.perf_counter() - began, _processor_time() - spent
    ranked = CANDIDATES * answered
    print(
        f"{ranked:,} candidates, {workers} processes: {ranked / wall:,.0f} a second,"
        f" {ranked / spent:,.0f} a second of processor time; {early:,} MB held after a fifth,"
        f" {late:,} MB at the end"
    )


def _processor_time() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _resident(pid: int) -> int:
    """Return the megabytes that a process and its children hold in memory."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() // 2**20 + sum(_resident(int(one)) for one in children)


if __name__ == "__main__":
    main()
