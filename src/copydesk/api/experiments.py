"""`/v1/experiments`: which variant recipients get, what is learned of it, and when it ends."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Body, Path
from pydantic import Field

from copydesk.access import Role
from copydesk.api.examples import EXPERIMENT
from copydesk.api.parts import Caller, Desk, MayAsk
from copydesk.api.problems import responses
from copydesk.briefs import Line, Noun
from copydesk.desk.looking_back import Evaluated
from copydesk.errors import InputError, Problem
from copydesk.experiments.experiment import Design, Experiment
from copydesk.experiments.foretelling import Answer, Question, answered

router = APIRouter(prefix="/v1", tags=["experiments"], responses=responses(401, 403, 422))

ExperimentId = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")]
RecipientKey = Annotated[str, Field(pattern=r"^[\x21-\x7e]{1,128}$")]
DONE = responses(404, 409, 412)
WORK_MAX = 200_000
"""What takes some ten seconds: `copydesk experiment simulate` plays more."""


class ExperimentList(Noun):
    """Experiments, newest change first."""

    items: tuple[Experiment, ...]


class Update(Noun):
    """What an update may do."""

    next_wave: bool | None = None
    """True: the next wave begins now. False: none does. Null: one does when `wave_hours` are over.
    """


class Stop(Noun):
    """Why an experiment ends, and who won."""

    because: Line
    winner: Line | None = None
    """An arm that everybody but the holdout gets from now on; null: nobody is divided any more."""


class Shares(Noun):
    """Another way of dividing."""

    shares: dict[Line, float] = Field(min_length=1)
    """Share of each arm; they sum to 1, and an arm that is not named gets nothing."""


class Asked(Noun):
    """Recipients that somebody sends to."""

    recipients: tuple[RecipientKey, ...] = Field(min_length=1, max_length=10_000)
    """Their keys, as in pull."""


class Assigned(Noun):
    """What a recipient gets, to be logged with the send."""

    recipient: str
    wave: int
    """Counted from 0."""
    variant_id: str | None = None
    """Null: the recipient's wave has not begun, and pull has nothing for them yet."""
    propensity: float | None = None
    """Probability of this variant, given the version; 1 in the holdout."""
    held_out: bool = False


class Assignments(Noun):
    """What recipients get under the version in force."""

    version: int
    items: tuple[Assigned, ...]


@router.post("/experiments", status_code=HTTPStatus.CREATED, responses=responses(404, 409))
def plan(
    desk: Desk, caller: MayAsk, design: Annotated[Design, Body(examples=[EXPERIMENT])]
) -> Experiment:
    """Plan an experiment on a campaign's approved variants; it divides nobody before it starts.

    `detectable_lift` tells beforehand the least lift that the list can find.
    """
    return desk.experimenting.plan(design, caller)


@router.get("/experiments")
def list_all(desk: Desk, caller: Caller) -> ExperimentList:
    """List experiments, newest change first."""
    return ExperimentList(items=tuple(desk.experimenting.all(caller)))


@router.post("/experiments/simulate")
def simulate(
    caller: Caller, question: Annotated[Question, Body(examples=[{"recipients": 50_000}])]
) -> Answer:
    """Answer what dividing would have gained, beside an A/B test of 20 % and an even split."""
    caller.brands(*Role)
    if question.work > WORK_MAX:
        remedy = f"runs, looks and variants multiply to {WORK_MAX:,} at most: ask for fewer runs"
        raise InputError([Problem("runs", str(question.runs), remedy)])
    return answered(question)


@router.get("/experiments/{experiment_id}", responses=responses(404))
def read(desk: Desk, caller: Caller, experiment_id: ExperimentId) -> Experiment:
    """Return an experiment with every version of its shares, and what each rested on."""
    return desk.experimenting.get(experiment_id, caller)


@router.post("/experiments/{experiment_id}/start", responses=DONE)
def start(desk: Desk, caller: MayAsk, experiment_id: ExperimentId) -> Experiment:
    """Begin to divide recipients: from now on pull gives each the variant assigned to them."""
    return desk.experimenting.start(experiment_id, caller)


@router.post("/experiments/{experiment_id}/update", responses=DONE)
def update(
    desk: Desk,
    caller: Caller,
    experiment_id: ExperimentId,
    what: Annotated[Update | None, Body()] = None,
) -> Experiment:
    """Count what recipients did, and make the next version of the shares from it."""
    next_wave = what.next_wave if what is not None else None
    return desk.experimenting.update(experiment_id, caller, next_wave=next_wave)


@router.post("/experiments/{experiment_id}/stop", responses=DONE)
def stop(
    desk: Desk,
    caller: Caller,
    experiment_id: ExperimentId,
    what: Annotated[Stop, Body(examples=[{"because": "The offer ended."}])],
) -> Experiment:
    """End an experiment, with a winner or without."""
    return desk.experimenting.stop(experiment_id, caller, what.because, what.winner)


@router.post("/experiments/{experiment_id}/evaluate", responses=responses(404, 409))
def evaluate(
    desk: Desk,
    caller: Caller,
    experiment_id: ExperimentId,
    policy: Annotated[Shares, Body(examples=[{"shares": {"var_1": 1.0}}])],
) -> Evaluated:
    """Estimate what dividing by other shares would have gained, from the sends reported so far.

    Where the log is worth fewer than 50 sends of that policy there is no estimate: `abstained`
    says so.
    """
    return desk.experimenting.evaluate(experiment_id, policy.shares, caller)


@router.post("/experiments/{experiment_id}/assignments", responses=responses(404, 409))
def assignments(
    desk: Desk,
    caller: Caller,
    experiment_id: ExperimentId,
    asked: Annotated[Asked, Body(examples=[{"recipients": ["3f0c5a"]}])],
) -> Assignments:
    """Tell for recipients in which wave they are, what they get, and with which probability.

    Nothing is kept: the same question later, or in another process, has the same answer.
    """
    version, found = desk.experimenting.assignments(experiment_id, asked.recipients, caller)
    items = tuple(
        Assigned(
            recipient=one.recipient_key,
            wave=one.wave,
            variant_id=one.assigned.variant if one.assigned else None,
            propensity=one.assigned.propensity if one.assigned else None,
            held_out=one.assigned.held_out if one.assigned else False,
        )
        for one in found
    )
    return Assignments(version=version, items=items)
