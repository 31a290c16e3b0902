"""The ranker that the settings name; its model is read at the first use."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from copydesk.errors import SettingsError
from copydesk.ranking.ranker import Ranker, Ranking, RankRequest
from copydesk.ranking.transparent import TransparentRanker

if TYPE_CHECKING:
    from copydesk.ranking.learned import LearnedRanker, OwnOf
    from copydesk.ranking.trained import TrainedModel

RankerName = Literal["learned", "transparent"]
TRAINED, READER = "trained.npz", "reader.onnx"
"""The two files of a model: its tables with its card, and the reader of lines."""
_SHOWN = 12


class Loaded(NamedTuple):
    """A model of lines, and the SHA-256 of its two files."""

    model: TrainedModel
    sha256: str


class ModelFiles:
    """The model that ships, or the one in a directory, read once and at the first use.

    Raises:
        SettingsError: the directory lacks one of the two files.
    """

    def __init__(self, directory: Path | None = None) -> None:
        self.directory = directory
        for name in (TRAINED, READER) if directory else ():
            if directory and not (directory / name).is_file():
                raise SettingsError(
                    f"COPYDESK_RANKER_MODEL: {directory} has no {name}: name a directory that"
                    " `copydesk ranker train` wrote"
                )

    @cached_property
    def loaded(self) -> Loaded:
        """The model. Raises SettingsError when the files of a directory are not one."""
        from copydesk.ranking.reader import LineReader
        from copydesk.ranking.trained import TrainedModel

        tables, reader = (self._read(name) for name in (TRAINED, READER))
        sha256 = hashlib.sha256(tables + reader).hexdigest()
        if self.directory is None:
            return Loaded(TrainedModel.load(), sha256)
        try:
            return Loaded(TrainedModel.of(tables, LineReader.of(reader)), sha256)
        except Exception as wrong:  # whatever numpy, zipfile or onnxruntime say to a strange file
            told = " ".join(str(wrong).split())[:200]
            raise SettingsError(
                f"COPYDESK_RANKER_MODEL: {self.directory} holds no model that this version reads:"
                f" {told}"
            ) from wrong

    def _read(self, name: str) -> bytes:
        folder = self.directory or resources.files("copydesk.ranking")
        return folder.joinpath(name).read_bytes()


class LazyRanker:
    """A ranker that is made when it is first asked, even for its name."""

    def __init__(self, make: Callable[[], LearnedRanker]) -> None:
        self._make = make

    @cached_property
    def _ranker(self) -> LearnedRanker:
        return self._make()

    @property
    def name(self) -> str:
        """Name and version for provenance."""
        return self._ranker.name

    def rank(self, request: RankRequest) -> Ranking:
        """Return every candidate once, best first."""
        return self._ranker.rank(request)

    def rank_all(self, requests: Sequence[RankRequest]) -> list[Ranking]:
        """Return the ranking of each request, the very same as `rank` returns."""
        return self._ranker.rank_all(requests)

    def ahead(self, score: float) -> float:
        """Return the log-odds of a click, above an average line's, that a score stands for."""
        return self._ranker.ahead(score)


def build_ranker(name: RankerName, files: ModelFiles, own: OwnOf | None = None) -> Ranker:
    """Return the ranker of this name; `own` tells it what a brand's own sends say.

    The model of a directory is read at once: what is wrong with it is told before anything starts.

    Raises:
        SettingsError: the directory holds no model that can be used.
    """
    if name == "transparent":
        return TransparentRanker()
    if files.directory is not None:
        return _learned(files, own)
    return LazyRanker(lambda: _learned(files, own))


def _learned(files: ModelFiles, own: OwnOf | None) -> LearnedRanker:
    from copydesk.ranking.learned import LearnedRanker

    model, sha256 = files.loaded
    return LearnedRanker(model, own, name=f"{LearnedRanker.name}:{sha256[:_SHOWN]}")
