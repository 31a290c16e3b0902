"""The briefs that every model gets: a folder as those under `examples/`."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple, TypeVar

from pydantic import Field

from copydesk import documents
from copydesk.audiences import Audience
from copydesk.brand_voice import Brand
from copydesk.briefs import Brief, Noun
from copydesk.errors import InputError, Problem
from copydesk.generations import GenerationRequest
from copydesk.publishing.examples import Example
from copydesk.variants import Copy

N = TypeVar("N", bound=Noun)


class BriefCase(NamedTuple):
    """One brief for one audience, by the names of their files."""

    brief: str
    audience: str
    request: GenerationRequest

    @property
    def name(self) -> str:
        """As `spring-boots, lapsed-walkers`."""
        return f"{self.brief}, {self.audience}"


def read_cases(folder: Path, n: int, seed: int = 0) -> list[BriefCase]:
    """Return every brief of the folder for every audience of it, in the order of their names.

    Raises:
        InputError: a file does not fit, with the problems of all files; or briefs are missing.
    """
    problems: list[Problem] = []
    brand = _read([folder / "brand.yaml"], Brand, problems)
    briefs = _read(sorted(folder.glob("briefs/*.yaml")), Brief, problems)
    audiences = _read(sorted(folder.glob("audiences/*.yaml")), Audience, problems)
    if problems:
        raise InputError(problems)
    if not briefs or not audiences:
        raise InputError(f"{folder}: it holds no briefs/*.yaml or no audiences/*.yaml")
    return [
        BriefCase(brief, audience, _request(told, read, brand["brand"], n, seed))
        for brief, told in briefs.items()
        for audience, read in audiences.items()
    ]


class WrittenExample(Noun):
    """One file of `approved/`: copy with the name of the brief that it was written for."""

    brief: str
    copy_: Copy = Field(alias="copy")


def read_examples(folder: Path) -> list[Example]:
    """Return the approved copy of the folder, none where it holds none: for prompts that show it.

    Raises:
        InputError: a file does not fit, or names a brief that is not there.
    """
    problems: list[Problem] = []
    written = _read(sorted(folder.glob("approved/*.yaml")), WrittenExample, problems)
    named = sorted({one.brief for one in written.values()})
    briefs = _read([folder / "briefs" / f"{name}.yaml" for name in named], Brief, problems)
    brand = _read([folder / "brand.yaml"], Brand, problems)
    if problems:
        raise InputError(problems)
    return [Example(brand["brand"].name, briefs[one.brief], one.copy_) for one in written.values()]


def _request(
    brief: Brief, audience: Audience, brand: Brand, n: int, seed: int
) -> GenerationRequest:
    wanted = {"brief": brief, "audience": audience, "brand": brand, "n": n, "seed": seed}
    return documents.shaped(wanted, GenerationRequest)


def _read(files: list[Path], shape: type[N], problems: list[Problem]) -> dict[str, N]:
    read: dict[str, N] = {}
    for file in files:
        try:
            read[file.stem] = documents.load(file, shape)
        except InputError as error:
            problems.extend(error.problems)
    return read
