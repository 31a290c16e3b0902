"""The acts of `copydesk demo`, one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rich.padding import Padding
from rich.rule import Rule
from rich.text import Text as Shown

from copydesk.access import Actor
from copydesk.audiences import Audience
from copydesk.bootstrap import Copydesk
from copydesk.cli.asking import ask
from copydesk.cli.examples import Example
from copydesk.cli.output import console, shown, working
from copydesk.cli.show import words
from copydesk.cli.show.pulled import print_pulled
from copydesk.cli.show.variants import WIDTH, remarks, variants_of
from copydesk.errors import GenerationError, SelfApproval
from copydesk.generations import Generation, GenerationRequest
from copydesk.guardrails import Submission
from copydesk.publishing.pull import PullQuery
from copydesk.review_queue import ReviewItem, ReviewQuery, State


class Stage(NamedTuple):
    """What the demonstration plays on, and who plays."""

    desk: Copydesk
    example: Example
    requester: Actor
    approver: Actor
    wanted: int

    @property
    def campaign(self) -> str:
        """A name for this week: the dates of an example move, and its brief with them."""
        return f"{self.example.campaign}-{self.example.brief.send_at:%Y-%m-%d}"


def play(stage: Stage) -> None:
    """Play all acts. Raises what Copydesk raises, save the refusal that is part of the play."""
    _introduce(stage)
    for number, audience in enumerate((stage.example.audience, stage.example.sensitive), start=1):
        _write(stage, number, audience)
    _check_carelessness(stage)
    _sign(stage)
    _pull(stage)
    _say_what_next(stage)


def _introduce(stage: Stage) -> None:
    brief, brand = stage.example.brief, stage.example.brand
    _say(f"{brand.name}: {brief.goal.lower()}", style="bold")
    _say(
        f"{len(brief.facts)} facts, sector {brief.sector}, law of {', '.join(brief.jurisdictions)}"
    )
    _say(f"Brief, brand and audiences: {stage.example.folder}", style="dim")


def _write(stage: Stage, number: int, audience: Audience) -> None:
    asks_for_care = " (sensitive)" if audience.sensitive else ""
    _heading(f"{number}. {stage.requester.name} asks for copy: {audience.id}{asks_for_care}")
    generation = _generation(stage, audience)
    screen = console(WIDTH)
    for block in variants_of(generation, closely=not audience.sensitive):
        screen.print(block)
    for line in remarks(generation):
        screen.print(line)


def _generation(stage: Stage, audience: Audience) -> Generation:
    request = GenerationRequest(
        brief=stage.example.brief,
        brand=stage.example.brand,
        audience=audience,
        n=stage.wanted,
        campaign=stage.campaign,
    )
    with working("Writing"):
        generation = ask(stage.desk, request, stage.requester)
    if generation.error:
        raise GenerationError(generation.error)
    return generation


def _check_carelessness(stage: Stage) -> None:
    read = stage.example
    _heading("3. Somebody in a hurry writes their own: what the checks find")
    console(WIDTH).print(words.copy_table(read.careless))
    submission = Submission(read.careless, read.brief, read.brand, read.audience)
    checked = stage.desk.checker.check_now(submission)
    console(WIDTH).print(words.verdict(checked.verdict))
    for found in checked.findings:
        console(WIDTH).print(Padding(words.finding(found), (0, 0, 0, 2)))


def _sign(stage: Stage) -> None:
    waiting = _waiting(stage)
    _heading(f"4. {len(waiting)} wait for a person")
    for item in waiting:
        _say(f"{item.id}  {item.audience.id}: {item.copy_now.subject.render()}")
    for item in _best_of_each_audience(waiting):
        _refuse(stage, item)
        note = "Read against the brief; fits."
        signed = stage.desk.reviewing.approve(item.id, stage.approver, item.version, note)
        _say(f"{stage.approver.name} approves {signed.id}", style="green")


def _refuse(stage: Stage, item: ReviewItem) -> None:
    try:
        stage.desk.reviewing.approve(item.id, stage.requester, item.version)
    except SelfApproval as refusal:
        _say(f"{stage.requester.name} tries to approve {item.id}: refused", style="yellow")
        _say(f"  {refusal.message}", style="dim")


def _waiting(stage: Stage) -> Sequence[ReviewItem]:
    query = ReviewQuery(states=(State.WAITING,), campaign=stage.campaign)
    return stage.desk.reviewing.find(query, stage.approver)


def _best_of_each_audience(waiting: Sequence[ReviewItem]) -> Sequence[ReviewItem]:
    by_score = sorted(waiting, key=lambda item: item.score.score if item.score else 0.0)
    return list({item.audience.id: item for item in by_score}.values())


def _pull(stage: Stage) -> None:
    _heading("5. The campaign tool pulls, as Braze would")
    for audience in (stage.example.audience, stage.example.sensitive):
        _say(f"{audience.id}:", style="bold")
        query = PullQuery(campaign=stage.campaign, audience=audience.id, dialect="braze")
        print_pulled(stage.desk.serving.pull(query, stage.requester))


def _say_what_next(stage: Stage) -> None:
    _heading("What to type next")
    _say(f"copydesk example {stage.example.folder.name} --to my-campaign", style="bold")
    _say(
        "copydesk generate --brief my-campaign/brief.yaml --brand my-campaign/brand.yaml \\",
        style="bold",
    )
    _say("    --audience my-campaign/audience.yaml", style="bold")
    _say("  writes these documents as files to start your own from, and variants for them")
    _say("copydesk users add NAME --role requester --role reviewer", style="bold")
    _say("copydesk serve", style="bold")
    _say("  serves the review pages and the API")


def _heading(text: str) -> None:
    screen = console(WIDTH)
    screen.print()
    screen.print(Rule(Shown(text, "bold"), align="left", characters="═", style="cyan"))


def _say(text: str, style: str = "") -> None:
    console(WIDTH).print(Shown(shown(text), style), soft_wrap=True)
