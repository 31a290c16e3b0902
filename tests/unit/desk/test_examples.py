"""Approved copy that the store holds, for prompts to learn from."""

from __future__ import annotations

from copydesk.desk.examples import SENT_LEAST, ApprovedExamples
from copydesk.feedback import Outcome
from copydesk.generations import GenerationRequest
from copydesk.publishing import ApprovedCopy, Campaign
from copydesk.storage.memory import MemoryStore
from copydesk.variants import Copy
from tests.factories import NOW, a_brand, a_brief, a_copy, an_audience
from tests.unit.publishing.campaigns import a_campaign, approved

NEXT = a_brief(goal="Bring runners back for autumn")


def in_store(campaign: Campaign, *copies: ApprovedCopy) -> MemoryStore:
    store = MemoryStore()
    with store.transaction() as tx:
        tx.campaigns.add(campaign)
        for copy in copies:
            tx.library.add(copy)
    return store


def examples(store: MemoryStore, brand: str = "Northpeak") -> tuple[Copy, ...]:
    request = GenerationRequest(brief=NEXT, audience=an_audience(), brand=a_brand(name=brand))
    return ApprovedExamples(store)(request).copies


def test_copy_that_a_person_signed_teaches() -> None:
    """What a person approved for another brief of the brand is an example for this one."""
    campaign = a_campaign()
    signed = approved(campaign, "var_1")

    assert examples(in_store(campaign, signed)) == (signed.copy_,)
    assert examples(in_store(campaign, signed), brand="Southvale") == ()


def test_copy_that_nobody_read_teaches_nothing() -> None:
    """What a policy let through, or what was withdrawn, is no example."""
    campaign = a_campaign()
    store = in_store(
        campaign,
        approved(campaign, "var_1", approved_by="policy:clean"),
        approved(campaign, "var_2", withdrawn_because="wrong price"),
    )

    assert examples(store) == ()


def test_copy_for_one_person_stays_with_them() -> None:
    """Copy for one recipient, or for a sensitive audience, never reaches another prompt."""
    one = an_audience(id="ada", recipient="ada", fields={"first_name": "Ada"})
    frail = an_audience(id="frail", sensitive=True)
    campaign = a_campaign(one, frail)
    store = in_store(
        campaign, approved(campaign, "var_1", "ada"), approved(campaign, "var_2", "frail")
    )

    assert examples(store) == ()


def test_clicks_decide_once_enough_was_sent() -> None:
    """The copy with more clicks comes first, whatever the order of ids, when many have got it."""
    campaign = a_campaign()
    plain = a_copy(subject="Mud", preheader="Is back", body="Shoes for it.")
    store = in_store(
        campaign, approved(campaign, "var_1"), approved(campaign, "var_2", copy_=plain)
    )
    events = [
        Outcome(event_id=f"{kind}{at}", kind=kind, at=NOW, variant_id="var_2", campaign="spring")
        for kind, count in (("delivered", SENT_LEAST), ("click", 9))
        for at in range(count)
    ]
    before = examples(store)
    with store.transaction() as tx:
        tx.outcomes.add(events)

    assert before[-1] == plain
    assert examples(store)[0] == plain
