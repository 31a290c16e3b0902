"""Asking for variants from the command line: the files, the person, and the way to the end."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import NamedTuple, TypeVar

from copydesk import documents
from copydesk.access import Actor
from copydesk.audiences import Audience
from copydesk.bootstrap import Copydesk
from copydesk.brand_voice import Brand
from copydesk.briefs import Brief, Noun
from copydesk.errors import InputError, Problem
from copydesk.generations import Generation, GenerationRequest

N = TypeVar("N", bound=Noun)


class Documents(NamedTuple):
    """The three documents that a request is made of."""

    brief: Brief
    brand: Brand
    audience: Audience


def read_documents(brief: Path, brand: Path, audience: Path) -> Documents:
    """Read all three. Raises InputError with the problems of every file, not of the first alone."""
    problems: list[Problem] = []
    read = (
        _read(brief, Brief, problems),
        _read(brand, Brand, problems),
        _read(audience, Audience, problems),
    )
    if problems:
        raise InputError(problems)
    return Documents._make(read)


def ask(desk: Copydesk, request: GenerationRequest, actor: Actor) -> Generation:
    """Accept the request and see it to its end. A failure is in the generation's `error`."""
    accepted = desk.asking.accept(request, actor)
    return asyncio.run(desk.asking.run(accepted.id))


def _read(file: Path, shape: type[N], problems: list[Problem]) -> N | None:
    try:
        return documents.load(file, shape)
    except InputError as error:
        problems.extend(error.problems)
        return None
