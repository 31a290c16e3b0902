"""Ranking the lines of a file: in this process, or a long file in several."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, partial
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple

from copydesk.cli.lines import Lines, Raw, Unfit
from copydesk.cli.processes import in_order
from copydesk.ranking import Ranker, RankRequest
from copydesk.ranking.build import ModelFiles, RankerName, build_ranker

TOGETHER = 50
"""Lines that a process is given at once. A file of no more is ranked by this process."""

Answer = str | Unfit
"""A ranking as JSON, or why a line does not fit."""


class Job(NamedTuple):
    """What each process has to know."""

    file: str
    lenient: bool
    ranker: RankerName
    model: Path | None


def answers(job: Job, workers: int) -> Iterator[Answer]:
    """Yield the answer to each line, in order. Few lines are held in memory at any time.

    Raises:
        InputError: the file cannot be read.
        SettingsError: the model cannot be used.
    """
    ranker_of(job)  # what is wrong with its files is told by this process
    pieces = _pieces(_lines(job).raw(), TOGETHER if workers > 1 else 1)
    first = next(pieces, ())
    second = next(pieces, ()) if workers > 1 else ()
    if second:
        given = chain((first, second), pieces)
        done = in_order(partial(_answers, job), given, workers)
    else:
        done = (_answers(job, piece) for piece in chain((first,), pieces))
    yield from chain.from_iterable(done)


def _pieces(lines: Iterator[Raw], together: int) -> Iterator[tuple[Raw, ...]]:
    while piece := tuple(islice(lines, together)):
        yield piece


def _answers(job: Job, piece: tuple[Raw, ...]) -> list[Answer]:
    read = (_lines(job).read(line) for line in piece)
    return [one if isinstance(one, Unfit) else _json(job, one.noun) for one in read if one]


def _json(job: Job, request: RankRequest) -> str:
    return ranker_of(job).rank(request).model_dump_json(by_alias=True)


@cache
def _lines(job: Job) -> Lines[RankRequest]:
    return Lines(job.file, RankRequest, lenient=job.lenient)


@cache
def ranker_of(job: Job) -> Ranker:
    """Return the ranker to be used, which is built once in each process."""
    return build_ranker(job.ranker, ModelFiles(job.model))
