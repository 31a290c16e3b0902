"""`POST /v1/rank`: which candidate is likely to do better, and why?"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body

from copydesk.access import Role
from copydesk.api.examples import RANK
from copydesk.api.parts import Caller, Desk
from copydesk.api.problems import responses
from copydesk.ranking import Ranking, RankRequest

router = APIRouter(prefix="/v1", tags=["copy"], responses=responses(401, 403, 409, 413, 415, 422))


@router.post("/rank")
def rank(
    desk: Desk, caller: Caller, line: Annotated[RankRequest, Body(examples=[RANK])]
) -> Ranking:
    """Order candidates, best first, each with an interval and the parts that its score adds up.

    `abstained` says why the order should not be relied upon; the order is given all the same.
    With a brand that the key is for, what its own sends taught counts, too.
    """
    if line.brand is not None:
        caller.must_be(*Role, brand=line.brand.name)
    return desk.ranker.rank(line)
