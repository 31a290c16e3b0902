"""What the model learns from: arms, what the linear models look at, and folds by story."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from copydesk.ranking.training import experiments, features
from copydesk.ranking.training.written import FOLDS, Learning
from training.ranking import frozen


@dataclass(frozen=True)
class Material(Learning):
    """The arms with what the linear models look at, and where what takes long is kept."""

    cache: Path

    @classmethod
    def read(cls, files: Sequence[Path], cache: Path) -> Material:
        """Read files of experiments."""
        read = experiments.read(files)
        texts = [arm.text for file in read for arm in file]
        arms = experiments.joined(read, frozen.alike(_vectors(texts, cache)))
        return cls(
            arms, features.styles(texts), features.Counted.of(texts), arms.fold(FOLDS), cache
        )


def _vectors(texts: Sequence[str], cache: Path) -> np.ndarray:
    mark = hashlib.sha256(json.dumps(texts).encode()).hexdigest()[:12]
    file = cache / f"vectors-{mark}.npy"
    if not file.exists():
        np.save(file, frozen.vectors(texts))
    found: np.ndarray = np.load(file)
    return found
