"""Events that belonged nowhere find their campaign when the file of attribution knows it."""

from __future__ import annotations

import pytest

from copydesk.access import Actor, Role
from copydesk.desk.attributing import Attributing, Placed
from copydesk.errors import Forbidden
from copydesk.feedback import Outcome
from copydesk.feedback.attribution import Attribution
from tests.contract.nouns import an_outcome
from tests.factories import NOW
from tests.unit.desk.trial import ROOT, Trial

SPRING = {"campaign": "spring", "variant": "var_2"}
NOWHERE = {"campaign": "", "variant_id": None, "source": "braze", "at": NOW}


def late(trial: Trial, *tool_campaigns: str) -> Attributing:
    book = Attribution.model_validate({"braze": dict.fromkeys(tool_campaigns, SPRING)})
    return Attributing(trial.store, book, trial.clock)


def told(trial: Trial, **given: object) -> None:
    """Keep five events of each of two of the tool's campaigns, none of them attributed."""
    events: list[Outcome] = [
        an_outcome(f"{tool}{n}", tool_campaign=tool, recipient_key=f"r{n}", **{**NOWHERE, **given})
        for tool in ("one", "two")
        for n in range(5)
    ]
    with trial.store.transaction() as tx:
        tx.outcomes.add(events)


def test_what_the_file_knows_by_now_is_attributed() -> None:
    """Once; what it does not know stays, and the record says what was done."""
    trial = Trial()
    told(trial)

    assert late(trial).again(ROOT) == Placed(0, 10)
    assert late(trial, "one").again(ROOT, "iterable") == Placed(0, 0)
    assert late(trial, "one").again(ROOT, "braze") == Placed(5, 5)
    assert late(trial, "one").again(ROOT) == Placed(0, 5)
    with trial.store.transaction() as tx:
        assert tx.outcomes.count("spring") == {"var_2": {"open": 5}}
        (noted,) = tx.audit.about("outcomes")
    assert (noted.act, noted.details["events"]) == ("outcomes.attributed", 5)


def test_every_page_is_looked_at() -> None:
    """Also where events move away while they are walked."""
    trial = Trial()
    told(trial)
    everyone = late(trial, "one", "two")
    everyone.page = 3

    assert everyone.again(ROOT) == Placed(10, 0)


def test_complaints_that_come_home_late_stop_an_arm() -> None:
    """The guard of experiments looks at them as if they had come in now."""
    trial = Trial().furnished()
    trial.running(complaint_limit=0.01)
    told(trial, kind="complaint")
    late(trial, "one", "two").again(ROOT)

    assert "complaints" in trial.desk.get("subjects", ROOT).stopped["var_2"]


def test_only_admins_attribute() -> None:
    """It changes what every brand's figures say."""
    with pytest.raises(Forbidden):
        late(Trial()).again(Actor("mara", frozenset({Role.REQUESTER})))
