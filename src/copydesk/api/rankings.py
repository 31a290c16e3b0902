"""`POST /v1/rank`: which candidate is likely to do better, and why?"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body

from copydesk.api.examples import RANK
from copydesk.api.parts import HAS_KEY, Desk
from copydesk.api.problems import responses
from copydesk.ranking import Ranking, RankRequest

router = APIRouter(prefix="/v1", tags=["copy"], responses=responses(401, 409, 413, 415, 422))


@router.post("/rank", dependencies=[HAS_KEY])
def rank(desk: Desk, line: Annotated[RankRequest, Body(examples=[RANK])]) -> Ranking:
    """Order candidates, best first, each with an interval and the parts that its score adds up.

    `abstained` says why the order should not be relied upon; the order is given all the same.
    """
    return desk.ranker.rank(line)
