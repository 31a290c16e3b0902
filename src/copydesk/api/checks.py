"""`POST /v1/check`: is this copy fit to send, and if not, why?"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Query

from copydesk.api.examples import CHECK
from copydesk.api.parts import HAS_KEY, Desk
from copydesk.api.problems import responses
from copydesk.guardrails.checking import BoundAnswer, CheckAnswer, CheckRequest

router = APIRouter(prefix="/v1", tags=["copy"], responses=responses(401, 409, 413, 415, 422))


@router.post("/check", dependencies=[HAS_KEY])
def check(
    desk: Desk,
    line: Annotated[CheckRequest, Body(examples=[CHECK])],
    bindings: Annotated[
        bool, Query(description="Say for each claim of the copy what in the brief it rests on.")
    ] = False,
) -> CheckAnswer | BoundAnswer:
    """Check copy: the verdict, and every finding with its place, reason and remedy.

    Nothing is stored, and the same request gets the same verdict. Without a brief, claims cannot
    be bound to facts, and those checks are left out.
    """
    checked = desk.checker.check_now(line.submission)
    if not bindings:
        return CheckAnswer.of(line.id, checked)
    return BoundAnswer.of(line.id, desk.checker.with_bindings(checked, line.submission))
