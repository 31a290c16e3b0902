"""`POST /v1/check`: is this copy fit to send, and if not, why?"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body

from copydesk.api.examples import CHECK
from copydesk.api.parts import HAS_KEY, Desk
from copydesk.api.problems import responses
from copydesk.guardrails.checking import CheckAnswer, CheckRequest

router = APIRouter(prefix="/v1", tags=["copy"], responses=responses(401, 409, 413, 415, 422))


class FullAnswer(CheckAnswer):
    """The verdict, every finding that it rests on, and who looked."""

    engines: dict[str, str]
    """Each check engine with its state: one that should have taken part and could not is named."""


@router.post("/check", dependencies=[HAS_KEY])
def check(desk: Desk, line: Annotated[CheckRequest, Body(examples=[CHECK])]) -> FullAnswer:
    """Check copy: the verdict, and every finding with its place, reason and remedy.

    Nothing is stored, and the same request gets the same verdict. Without a brief, claims cannot
    be bound to facts, and those checks are left out.
    """
    checked = desk.checker.check_now(line.submission)
    return FullAnswer(
        id=line.id, verdict=checked.verdict, findings=checked.findings, engines=checked.engines
    )
