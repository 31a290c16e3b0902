"""What may be served, to whom, and why the rest may not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from copydesk.briefs import Offer
from copydesk.publishing import Campaign, PullQuery, Source
from tests.factories import BRIEF, NOW, a_brief, a_copy, an_audience
from tests.unit.publishing.campaigns import (
    a_campaign,
    approved,
    key_of,
    shelf,
    with_fallback,
)

CAMPAIGN = a_campaign()
NEW_FACTS = CAMPAIGN.model_copy(
    update={"brief": a_brief(offer={**BRIEF["offer"], "value": 30}), "version": 2}
)
AFTER_THE_OFFER = NOW + timedelta(days=7)
ANNA = an_audience(id="anna", recipient="anna-1")
BERT = an_audience(id="bert", recipient="bert-1")
PULL = PullQuery("spring")


def pull(key: str | None = None, audience: str | None = None) -> PullQuery:
    return PullQuery("spring", key, audience)


def test_approved_copy_of_the_only_audience_is_served() -> None:
    """With one audience none has to be named, and nothing is withheld."""
    copy = approved(CAMPAIGN, "var_1")
    choice = shelf(CAMPAIGN, copy).choose(PULL, NOW)

    assert (choice.approved, choice.source, choice.withheld) == (copy, Source.APPROVED, ())


def test_recipients_are_spread_and_each_keeps_their_variant() -> None:
    """Many recipients get both variants, one recipient always the same; nobody's key: the first."""
    both = shelf(CAMPAIGN, approved(CAMPAIGN, "var_2"), approved(CAMPAIGN, "var_1"))
    got = {key: both.choose(pull(key), NOW).approved for key in map(str, range(40))}

    assert {copy.id for copy in got.values() if copy} == {"var_1", "var_2"}
    assert all(both.choose(pull(key), NOW).approved == copy for key, copy in got.items())
    first = both.choose(PULL, NOW).approved
    assert first is not None
    assert first.id == "var_1"


def test_an_approval_on_other_facts_is_void() -> None:
    """After the offer changed, what was signed before is not served, and the reason is told."""
    choice = shelf(NEW_FACTS, approved(CAMPAIGN, "var_1")).choose(PULL, NOW)

    assert choice.approved is None
    assert "void approvals for lapsed-runners: 1" in choice.withheld[0]
    assert str(NOW) in choice.withheld[0]


def test_copy_that_was_tampered_with_is_void() -> None:
    """A library row whose copy is not the copy that was signed is not served."""
    forged = approved(CAMPAIGN, "var_1").model_copy(update={"copy_": a_copy(subject="90% off")})

    assert shelf(CAMPAIGN, forged).choose(PULL, NOW).approved is None


def test_an_approval_for_an_audience_that_is_gone_is_void() -> None:
    """Without its audience there is nothing left to hold the approval against."""
    other = a_campaign(an_audience(id="new-runners"))

    assert shelf(other, approved(CAMPAIGN, "var_1")).void == (approved(CAMPAIGN, "var_1"),)


def test_nothing_is_served_when_the_offer_has_ended() -> None:
    """A second after its end the offer's copy is withheld, at its end it still is served."""
    ready = shelf(CAMPAIGN, approved(CAMPAIGN, "var_1"))
    offer = CAMPAIGN.brief.offer
    assert offer is not None
    assert offer.ends is not None

    assert ready.choose(PULL, offer.ends).approved is not None
    late = ready.choose(PULL, offer.ends + timedelta(seconds=1))
    assert late.approved is None
    assert late.withheld == (f"the offer ended at {offer.ends}",)


def test_an_offer_without_an_end_does_not_end() -> None:
    """Copy for an open offer is served years later."""
    brief = a_brief(offer=Offer(kind="free_shipping").model_dump())
    campaign = a_campaign(brief=brief)
    later = NOW + timedelta(days=900)

    assert shelf(campaign, approved(campaign, "var_1")).choose(PULL, later).approved is not None


def test_nothing_approved_yet_is_said() -> None:
    """An empty shelf names the audience that has nothing."""
    assert shelf(CAMPAIGN).choose(PULL, NOW).withheld == (
        "nothing is approved yet for lapsed-runners",
    )


def test_with_several_segments_one_has_to_be_named() -> None:
    """Unnamed it is unclear and the segments are listed; named it is served."""
    campaign = a_campaign(an_audience(), an_audience(id="new-runners"))
    ready = shelf(campaign, approved(campaign, "var_1"), approved(campaign, "var_2", "new-runners"))

    unclear = ready.choose(PULL, NOW)
    assert unclear.approved is None
    assert unclear.withheld == ("name an audience: there are lapsed-runners, new-runners",)
    named = ready.choose(pull(audience="new-runners"), NOW).approved
    assert named is not None
    assert named.id == "var_2"


def test_an_unknown_audience_is_told_from_those_there_are() -> None:
    """The refusal repeats the name that was asked for and lists the segments."""
    choice = shelf(CAMPAIGN, approved(CAMPAIGN, "var_1")).choose(pull(audience="vips"), NOW)

    assert choice.approved is None
    assert choice.withheld == ("vips is not an audience of this pull: there are lapsed-runners",)


@pytest.mark.parametrize("audience", [None, "anna"])
@pytest.mark.parametrize("key", [None, "", "anna-1", key_of("bert-1"), key_of("nobody")])
def test_an_individuals_copy_goes_to_nobody_else(audience: str | None, key: str | None) -> None:
    """Without Anna's own key her copy is never chosen, named or not."""
    campaign = a_campaign(ANNA, BERT)
    ready = shelf(campaign, approved(campaign, "var_anna", "anna"))

    assert ready.choose(pull(key, audience), NOW).approved is None


@pytest.mark.parametrize("audience", [None, "anna"])
def test_an_individuals_copy_goes_to_their_key(audience: str | None) -> None:
    """Anna's key gets Anna's copy, although the campaign has a segment and Bert too."""
    campaign = a_campaign(an_audience(), ANNA, BERT)
    copies = [approved(campaign, f"var_{one}", one) for one in campaign.audiences]
    choice = shelf(campaign, *copies).choose(pull(key_of("anna-1"), audience), NOW)

    assert choice.approved is not None
    assert choice.approved.id == "var_anna"


def test_other_recipients_of_a_campaign_with_individuals_get_the_segments_copy() -> None:
    """One segment beside individuals is the audience of everybody who is none of them."""
    campaign = a_campaign(an_audience(), ANNA)
    copies = [approved(campaign, f"var_{one}", one) for one in campaign.audiences]
    choice = shelf(campaign, *copies).choose(pull(key_of("carl-1")), NOW)

    assert choice.approved is not None
    assert choice.approved.audience_id == "lapsed-runners"


def test_names_of_individuals_are_not_listed() -> None:
    """A refusal counts individuals and names none of them."""
    (reason,) = shelf(a_campaign(ANNA, BERT)).choose(PULL, NOW).withheld

    assert reason == (
        "name an audience: there are no segments, and 2 individuals, each pulled with their own key"
    )


@pytest.mark.parametrize(
    ("campaign", "query"),
    [
        (CAMPAIGN, PULL),
        (a_campaign(ANNA, BERT), PULL),
        (CAMPAIGN, pull(audience="vips")),
    ],
)
def test_the_fallback_is_served_when_nothing_approved_fits(
    campaign: Campaign, query: PullQuery
) -> None:
    """Nothing approved, an unclear audience or an unknown one: the fallback, with the reason."""
    choice = shelf(with_fallback(campaign)).choose(query, NOW)

    assert choice.approved is not None
    assert (choice.approved.id, choice.source) == ("fallback", Source.FALLBACK)
    assert len(choice.withheld) == 1


def test_a_fallback_that_stands_alone_outlives_the_offer() -> None:
    """Bound to the brief without its offer, it holds when the offer ends, and when it changes."""
    ready = with_fallback(CAMPAIGN)
    moved = ready.model_copy(update={"brief": NEW_FACTS.brief})

    assert shelf(ready).choose(PULL, AFTER_THE_OFFER).approved == ready.fallback
    assert shelf(moved).choose(PULL, NOW).approved == ready.fallback


def test_a_fallback_that_leans_on_the_offer_ends_with_it() -> None:
    """It is served while the offer runs, not after, and not when the offer is another."""
    ready = with_fallback(CAMPAIGN, a_copy(), leans_on_offer=True)
    moved = ready.model_copy(update={"brief": NEW_FACTS.brief})

    assert shelf(ready).choose(PULL, NOW).approved == ready.fallback
    assert shelf(ready).choose(PULL, AFTER_THE_OFFER).approved is None
    assert shelf(moved).choose(PULL, NOW).approved is None


def test_a_fallback_is_void_when_other_facts_change() -> None:
    """Another set of facts under the fallback: it is not served."""
    ready = with_fallback(CAMPAIGN)
    moved = ready.model_copy(update={"brief": a_brief(facts=[])})

    assert shelf(moved).choose(PULL, NOW).approved is None
