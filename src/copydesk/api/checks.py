"""`POST /v1/check`: is this copy fit to send, and if not, why?"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Query

from copydesk.api.examples import CHECK
from copydesk.api.parts import HAS_KEY, Desk
from copydesk.api.problems import responses
from copydesk.guardrails import Checked, Submission
from copydesk.guardrails.checking import BoundAnswer, CheckAnswer
from copydesk.publishing.dialects.checking import CopyInTool, translated

router = APIRouter(prefix="/v1", tags=["copy"], responses=responses(401, 409, 413, 415, 422))


@router.post("/check", dependencies=[HAS_KEY])
def check(
    desk: Desk,
    line: Annotated[CopyInTool, Body(examples=[CHECK])],
    bindings: Annotated[
        bool, Query(description="Say for each claim of the copy what in the brief it rests on.")
    ] = False,
) -> CheckAnswer | BoundAnswer:
    """Check copy: the verdict, and every finding with its place, reason and remedy.

    Nothing is stored, and the same request gets the same verdict. Without a brief, claims cannot
    be bound to facts, and those checks are left out. With `dialect` the copy is read as it stands
    in that tool, and places are told in it; code that is no merge tag is an error with its place.
    """
    tool = translated(line)
    checked = _checked(desk, tool.submission if tool else line.submission, bindings=bindings)
    told = tool.told(checked) if tool else checked
    return (BoundAnswer if bindings else CheckAnswer).of(line.id, told)


def _checked(desk: Desk, submission: Submission, *, bindings: bool) -> Checked:
    checked = desk.checker.check_now(submission)
    return desk.checker.with_bindings(checked, submission) if bindings else checked
