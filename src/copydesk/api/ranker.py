"""`/v1/ranker`: what was learned from brands' own sends, which version is in use, and changes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Query
from pydantic import Field

from copydesk.api.parts import Desk, MayAdminister
from copydesk.api.problems import responses
from copydesk.briefs import Line, Noun
from copydesk.desk.learning import Drifted, Taught
from copydesk.ranking.owned import BrandRanker, Objectives
from copydesk.ranking.sends import parsed_sends

router = APIRouter(prefix="/v1/ranker", tags=["ranker"], responses=responses(401, 403, 422))

CHANGES = responses(404, 409, 412, 413, 415)
OfBrand = Annotated[
    str,
    Query(pattern=r"^[^\u0000]+$", max_length=2_000, description="The brand's name."),
]


class RankerList(Noun):
    """The ranker, and what it learned for each brand."""

    ranker: str
    """Name of the ranker in use, with the start of its model's SHA-256."""
    items: tuple[BrandRanker, ...]
    """By brand."""


class ToLearn(Noun):
    """What to learn from beside the outcomes in the database."""

    brand: Line
    objectives: Objectives | None = None
    """What is to be gained from now on; as before when left out."""
    sends_csv: Annotated[str, Field(max_length=900_000)] | None = None
    """Past sends as CSV text, in the columns of the page about learning."""


class ToPromote(Noun):
    """The version to put into use."""

    brand: Line
    version: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]


class ToRollBack(Noun):
    """Whose version is to be taken back."""

    brand: Line


@router.get("")
def rankers(desk: Desk, caller: MayAdminister) -> RankerList:
    """List what was learned for each brand, with all versions and who put them into use."""
    return RankerList(ranker=desk.ranker.name, items=tuple(desk.learning.rankers(caller)))


@router.get("/drift", responses=responses(404))
def drift(desk: Desk, caller: MayAdminister, brand: OfBrand) -> Drifted:
    """Say whether sends since still behave as the brand's version in use expects."""
    return desk.learning.drift(brand, caller)


@router.post("/learn", responses=CHANGES)
def learn(
    desk: Desk,
    caller: MayAdminister,
    wanted: Annotated[ToLearn, Body(examples=[{"brand": "Northpeak"}])],
) -> Taught:
    """Make a version from what recipients did, and put it into use if it is better.

    Without outcomes or a file of past sends the answer is 422.
    """
    sends = parsed_sends(wanted.sends_csv, "sends_csv") if wanted.sends_csv else ()
    return desk.learning.learn(wanted.brand, caller, sends, wanted.objectives)


@router.post("/promote", responses=CHANGES)
def promote(desk: Desk, caller: MayAdminister, wanted: ToPromote) -> Taught:
    """Judge a version anew on the sends known by now, and put it into use if it is better.

    One that is not shown to be better is refused with 409, which says why.
    """
    return desk.learning.promote(wanted.brand, wanted.version, caller)


@router.post("/rollback", responses=CHANGES)
def roll_back(desk: Desk, caller: MayAdminister, wanted: ToRollBack) -> BrandRanker:
    """Put the brand's version before into use again; the next ranking uses it."""
    return desk.learning.roll_back(wanted.brand, caller)
