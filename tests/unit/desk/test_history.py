"""What an individual's outcomes tell reaches the prompt of their copy, if all that it needs is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from copydesk.desk.evidence.rendering_again import prompt_again
from copydesk.generation import Draft, DraftRequest
from copydesk.generations import GenerationRequest
from copydesk.publishing.timing import HourTold, OnFatigue, TimingChoice
from copydesk.variants import Provenance
from tests.factories import AUDIENCE
from tests.unit.api.office import Office, asked_for, two_drafts
from tests.unit.desk.test_keeping_time import WORN, outcomes
from tests.unit.desk.world import MARA

PERSON = {**AUDIENCE, "id": "maria", "recipient": "maria", "signals": {}, "consent": "given"}


class Writer:
    """A scripted model that remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[DraftRequest] = []

    def __call__(self, request: DraftRequest) -> list[Draft]:
        self.asked.append(request)
        drafts: list[Draft] = two_drafts(request)
        return drafts


class Desk:
    """An office whose campaign asks for hours and fatigue, and that knows Maria."""

    def __init__(self, timing: TimingChoice) -> None:
        self.writer = Writer()
        self.office = Office.opened(script=self.writer)
        self.office.let_in()
        self.timing = timing

    def furnished(self) -> Desk:
        self.office.generate()
        maria = self.office.desk.serving.recipient_key("maria")
        others = [
            one
            for n in range(30)
            for kind in ("sent", "click")
            for one in outcomes(kind, 24, 90 - n / 24, 2, f"other{n}")
        ]
        mine = [one.model_copy(update={"recipient_key": maria}) for one in WORN]
        with self.office.desk.store.transaction() as tx:
            tx.outcomes.add([*others, *mine])
        self.office.desk.timing.update()
        version = self.office.desk.serving.campaign("spring", MARA).version
        self.office.desk.timing.set_timing("spring", self.timing, MARA, version)
        return self

    def told(self, **changes: Any) -> tuple[dict[str, str], dict[str, Any]]:
        """Ask for Maria; return the signals of the prompt, and the provenance of a variant."""
        made = self.office.generate(audience={**PERSON, **changes}, seed=7)
        provenance: dict[str, Any] = made["variants"][0]["variant"]["provenance"]
        return {one.name: one.value for one in self.writer.asked[-1].signals}, provenance


@pytest.fixture
def desk() -> Iterator[Desk]:
    desk = Desk(TimingChoice(best_hours=True, fatigue=OnFatigue.TELL))
    with desk.office.client:
        yield desk.furnished()


def test_what_outcomes_tell_is_in_the_prompt_and_in_the_provenance(desk: Desk) -> None:
    """Coarse, by name; the prompt can be rendered again from what is kept."""
    signals, provenance = desk.told()
    prompt = desk.writer.asked[-1].prompt

    assert signals == {"fatigue": "much", "best_daypart": "midday"}
    assert provenance["signals_from_history"] == signals
    assert provenance["signals_used"] == list(signals)
    assert "when they usually answer" in f"{prompt.system}{prompt.user}"
    request = GenerationRequest.model_validate(asked_for(audience=PERSON, seed=7))
    again = prompt_again(request, Provenance.model_validate(provenance))
    assert (again.user, again.sha256) == (prompt.user, prompt.sha256)


def test_what_the_caller_says_stands(desk: Desk) -> None:
    """History tells only what nobody said."""
    signals, provenance = desk.told(signals={"fatigue": "little"})

    assert signals == {"fatigue": "little", "best_daypart": "midday"}
    assert provenance["signals_from_history"] == {"best_daypart": "midday"}


@pytest.mark.parametrize("changes", [{"consent": "withheld"}, {"recipient": None}])
def test_without_consent_or_a_recipient_nothing_is_told(
    desk: Desk, changes: dict[str, Any]
) -> None:
    """Nothing is read, so nothing is withheld either."""
    signals, provenance = desk.told(**changes)

    assert signals == {}
    assert provenance["signals_from_history"] == {}
    assert provenance["signals_withheld"] == {}


def test_of_who_objected_nothing_is_told(desk: Desk) -> None:
    """Whatever the caller says of consent."""
    serving = desk.office.desk.serving
    with desk.office.desk.store.transaction() as tx:
        tx.objections.put([serving.recipient_key("maria")], desk.office.clock(), stands=True)

    assert desk.told()[0] == {}


def test_a_campaign_that_does_not_ask_is_told_nothing() -> None:
    """As pull tells nothing then."""
    desk = Desk(TimingChoice())
    with desk.office.client:
        assert desk.furnished().told()[0] == {}


@pytest.mark.parametrize(
    ("hour", "part"),
    [("05:00", "night"), ("06:00", "morning"), ("11:00", "midday"), ("14:00", "afternoon"),
     ("22:00", "evening"), ("23:00", "night")],
)  # fmt: skip
def test_an_hour_belongs_to_a_part_of_the_day(hour: str, part: str) -> None:
    """As signals name the parts."""
    assert HourTold(hour=f"Tuesday {hour}", share=0.1).daypart == part
