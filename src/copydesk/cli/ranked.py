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
from copydesk.ranking.ranker import rank_all

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
    pieces = _pieces(_lines(job).raw(), _together(job, workers))
    first = next(pieces, ())
    second = next(pieces, ()) if workers > 1 else ()
    if second:
        given = chain((first, second), pieces)
        done = in_order(partial(_answers, job), given, workers)
    else:
        done = (_answers(job, piece) for piece in chain((first,), pieces))
    yield from chain.from_iterable(done)


def _together(job: Job, workers: int) -> int:
    """A pipe may be waiting for each answer before it gives the next line."""
    return 1 if job.file == "-" and workers == 1 else TOGETHER


def _pieces(lines: Iterator[Raw], together: int) -> Iterator[tuple[Raw, ...]]:
    while piece := tuple(islice(lines, together)):
        yield piece


def _answers(job: Job, piece: tuple[Raw, ...]) -> list[Answer]:
    read = [one for line in piece if (one := _lines(job).read(line))]
    requests = [one.noun for one in read if not isinstance(one, Unfit)]
    rankings = iter(rank_all(ranker_of(job), requests))
    return [
        one if isinstance(one, Unfit) else next(rankings).model_dump_json(by_alias=True)
        for one in read
    ]


@cache
def _lines(job: Job) -> Lines[RankRequest]:
    return Lines(job.file, RankRequest, lenient=job.lenient)


@cache
def ranker_of(job: Job) -> Ranker:
    """Return the ranker to be used, which is built once in each process."""
    return build_ranker(job.ranker, ModelFiles(job.model))
