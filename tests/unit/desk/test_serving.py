"""Campaigns, pull and outcomes: only what holds is served, and nothing is lost."""

from __future__ import annotations

from typing import Any

import pytest

from copydesk.access import Actor, Role
from copydesk.desk.parts import sha256_of
from copydesk.errors import (
    BlockedCopy,
    Conflict,
    Forbidden,
    InputError,
    NotFound,
    NothingToServe,
    SelfApproval,
    StaleVersion,
    VersionRequired,
)
from copydesk.feedback import Outcome
from copydesk.generations import Generation, GenerationRequest, GenerationState, RoutedVariant
from copydesk.guardrails import Verdict
from copydesk.publishing import ApprovedCopy, Campaign, PullQuery, Source, approval_hash
from copydesk.review_queue import OPEN, ReviewItem, ReviewQuery, Route, State
from copydesk.variants import Slot
from tests.factories import NOW, a_brand, a_brief, a_copy, a_variant, an_audience
from tests.unit.desk.world import (
    ADA,
    AXEL,
    EVERYTHING,
    MARA,
    ROSA,
    TOOL,
    World,
    a_world,
    offering,
)
from tests.unit.publishing.campaigns import GENERIC, a_campaign
from tests.unit.review_queue.items import PASSED

PULL = PullQuery("spring")
NEW_FACTS = a_brief(facts=[])
"""Facts that the copy of the factories does not lean on, as far as the test's guard sees."""


def approved_world() -> World:
    world = a_world()
    world.reviewing.approve("rev_1", AXEL, 1)
    return world


def open_items(world: World) -> list[ReviewItem]:
    return list(world.reviewing.find(ReviewQuery(states=OPEN), AXEL))


def an_event(event_id: str, **changes: Any) -> Outcome:
    given = {"event_id": event_id, "kind": "click", "at": NOW, "campaign": "spring"}
    return Outcome(**{**given, **changes})


def test_approved_copy_is_pulled_in_the_tools_dialect() -> None:
    """The slots asked for, in the tool's own merge tags, with what the approval rests on."""
    world = approved_world()
    pulled = world.serving.pull(PullQuery("spring", slots=(Slot.BODY,), dialect="braze"), TOOL)

    assert list(pulled.texts) == [Slot.BODY]
    assert pulled.texts[Slot.BODY].startswith("Hi {{${first_name} | default: 'there'}}, the mud")
    assert (pulled.variant_id, pulled.approved_by, pulled.source) == (
        "var_1", "axel", Source.APPROVED,
    )  # fmt: skip
    assert pulled.approval_hash == world.item().approval_hash


def test_an_unknown_dialect_or_campaign_is_told() -> None:
    """The dialect is refused with the list of known ones, the campaign as not found."""
    with pytest.raises(InputError, match="give one of"):
        approved_world().serving.pull(PULL._replace(dialect="pigeon"), TOOL)
    with pytest.raises(NotFound, match="winter"):
        approved_world().serving.pull(PullQuery("winter"), TOOL)


def test_a_pull_of_nothing_says_what_waits() -> None:
    """Before the signature nothing is served; the answer says that one item waits for review."""
    with pytest.raises(NothingToServe) as caught:
        a_world().serving.pull(PULL, TOOL)

    assert caught.value.message == (
        "Nothing of campaign spring may be served: nothing is approved yet for lapsed-runners; "
        "there is no fallback that may be served; 1 waiting for review."
    )


def test_copy_is_not_served_after_the_end_of_its_offer() -> None:
    """Two days later the offer is over, and its copy with it."""
    world = approved_world()
    world.later(days=3)

    with pytest.raises(NothingToServe, match="the offer ended at 2026-03-08"):
        world.serving.pull(PULL, TOOL)


def test_an_individual_is_served_by_the_key_of_the_secret() -> None:
    """Anna's recipient key gets her copy, marked as hers alone; without it there is none."""
    anna = an_audience(id="anna", recipient="anna-1")
    world = World().with_campaign(a_campaign(anna)).with_item(audience=anna)
    world.reviewing.approve("rev_1", AXEL, 1)
    pulled = world.serving.pull(PullQuery("spring", world.serving.recipient_key("anna-1")), TOOL)

    assert (pulled.audience_id, pulled.individual) == ("anna", True)
    with pytest.raises(NothingToServe):
        world.serving.pull(PullQuery("spring", "anna-1"), TOOL)


def test_a_new_brief_recalls_what_was_approved() -> None:
    """The approval is void at once; the copy waits for review under the new facts."""
    world = approved_world()
    change = world.serving.set_brief("spring", NEW_FACTS, MARA, 1)
    (item,) = open_items(world)

    assert (change.version, change.brief, change.voided) == (2, NEW_FACTS, ("var_1",))
    assert change.requeued == (item.id,)
    with pytest.raises(NothingToServe, match="void approvals for lapsed-runners: 1"):
        world.serving.pull(PULL, TOOL)
    assert (item.brief, item.requester, item.routed_by) == (NEW_FACTS, "mara", "facts-changed")
    assert world.acts(item.id) == [("review.requeued", "mara")]
    assert world.details("spring") == {
        "version": 2, "changed": ["facts"], "voided": ["var_1"], "requeued": [item.id],
        "kept": [],
        "brief": sha256_of(NEW_FACTS),
    }  # fmt: skip


def test_recalled_copy_that_is_signed_again_is_served_again() -> None:
    """The new signature takes the place of the void one, under the same variant."""
    world = approved_world()
    (item_id,) = world.serving.set_brief("spring", NEW_FACTS, MARA, 1).requeued
    world.reviewing.approve(item_id, AXEL, 1)
    pulled = world.serving.pull(PULL, TOOL)

    assert pulled.variant_id == "var_1"
    assert pulled.approval_hash == world.item(item_id).approval_hash


def test_recalled_copy_that_the_new_facts_contradict_is_blocked() -> None:
    """With another percentage the requeued item is blocked until it is edited."""
    world = approved_world()
    (item_id,) = world.serving.set_brief("spring", offering(30), MARA, 1).requeued

    assert world.item(item_id).checked.verdict is Verdict.BLOCK
    with pytest.raises(BlockedCopy, match="The copy says 20%"):
        world.reviewing.approve(item_id, AXEL, 1)


def test_who_changed_the_facts_cannot_sign_what_rests_on_them() -> None:
    """Neither recalled copy nor copy that was waiting can be approved by the brief's author."""
    world = approved_world().with_item(id="rev_2", variant=a_variant(variant_id="var_2"))
    author = Actor("axel", EVERYTHING)
    world.serving.set_brief("spring", NEW_FACTS, author, 1)

    for item in open_items(world):
        with pytest.raises(SelfApproval):
            world.reviewing.approve(item.id, author, item.version)


def test_waiting_items_are_checked_against_the_new_facts() -> None:
    """Their version grows, so that nobody signs facts they have not read, and none is doubled."""
    world = a_world()
    change = world.serving.set_brief("spring", offering(30), MARA, 1)
    (item,) = open_items(world)

    assert (item.id, item.version, item.brief) == ("rev_1", 2, offering(30))
    assert item.checked.verdict is Verdict.BLOCK
    assert (change.voided, change.requeued) == ((), ())
    with pytest.raises(StaleVersion):
        world.reviewing.approve("rev_1", AXEL, 1)


def test_facts_that_change_twice_queue_the_copy_once() -> None:
    """The second change finds the recalled copy in review and brings it up to date there."""
    world = approved_world()
    first = world.serving.set_brief("spring", NEW_FACTS, MARA, 1)
    second = world.serving.set_brief("spring", offering(30), MARA, 2)

    assert second.requeued == ()
    assert [item.id for item in open_items(world)] == list(first.requeued)
    assert open_items(world)[0].brief == offering(30)


def test_copy_that_a_rule_approved_is_recalled_to_a_person() -> None:
    """Without an earlier review, requester and variant come from the generation."""
    world = World().with_campaign()
    campaign, variant = a_campaign(), a_variant()
    audience = campaign.audiences["lapsed-runners"]
    bound = (variant.copy_, campaign.brief, campaign.brand, audience)
    with world.store.transaction() as tx:
        tx.generations.add(_generation(RoutedVariant(
            variant=variant, checked=PASSED, route=Route.APPROVED, rule="passed", because="P.",
        )))  # fmt: skip
        tx.library.add(ApprovedCopy(
            id="var_1", campaign="spring", audience_id=audience.id, copy_=variant.copy_,
            approval_hash=approval_hash(*bound, world.policy.sha256),
            approved_by="policy:passed", approved_at=NOW, generation_id="gen_1",
        ))  # fmt: skip
    assert world.serving.pull(PULL, TOOL).approved_by == "policy:passed"
    (item_id,) = world.serving.set_brief("spring", NEW_FACTS, MARA, 1).requeued

    item = world.item(item_id)
    assert (item.state, item.requester, item.variant) == (State.WAITING, "mara", variant)
    assert "the approval by policy:passed is void" in item.routed_because


def _generation(*routed: RoutedVariant) -> Generation:
    request = GenerationRequest(
        brief=a_brief(), brand=a_brand(), audience=an_audience(), campaign="spring"
    )
    return Generation(
        id="gen_1",
        requester="mara",
        request=request,
        campaign="spring",
        state=GenerationState.DONE,
        variants=routed,
        created_at=NOW,
    )


def test_void_copy_of_unknown_origin_is_named_and_not_requeued() -> None:
    """With neither review nor generation on record there is no author to keep from signing."""
    world, copy = World().with_campaign(), a_copy()
    bound = (a_brief(), a_brand(), an_audience(), world.policy.sha256)
    known = {"campaign": "spring", "audience_id": "lapsed-runners", "copy_": copy}
    signed = {"approval_hash": approval_hash(copy, *bound), "approved_by": "axel"}
    with world.store.transaction() as tx:
        tx.generations.add(_generation())
        for name, generation in (("var_1", None), ("var_2", "gen_1")):
            made = {"id": name, "generation_id": generation, "approved_at": NOW}
            tx.library.add(ApprovedCopy(**known, **signed, **made))
    change = world.serving.set_brief("spring", NEW_FACTS, MARA, 1)

    assert (change.voided, change.requeued) == (("var_1", "var_2"), ())
    assert open_items(world) == []


def test_another_goal_changes_no_facts() -> None:
    """The goal is not bound: approvals hold, and waiting items stay as they were read."""
    world = approved_world().with_item(id="rev_2", variant=a_variant(variant_id="var_2"))
    change = world.serving.set_brief("spring", a_brief(goal="Sell more"), MARA, 1)

    assert (change.version, change.voided) == (2, ())
    assert world.item("rev_2").version == 1
    assert world.serving.pull(PULL, TOOL).source is Source.APPROVED


def test_items_for_an_audience_that_is_gone_stay_as_they_are() -> None:
    """They cannot be signed any more, so there is nothing to check them against."""
    world = a_world().with_item(id="rev_2", audience=an_audience(id="vips"))
    world.serving.set_brief("spring", NEW_FACTS, MARA, 1)

    assert (world.item("rev_1").version, world.item("rev_2").version) == (2, 1)


def test_the_same_brief_again_changes_nothing() -> None:
    """No version, no event, no recall: the approved copy is served on."""
    world = approved_world()
    change = world.serving.set_brief("spring", a_brief(), MARA, 1)

    assert (change.version, change.voided) == (1, ())
    assert world.acts("spring") == []
    assert world.serving.pull(PULL, TOOL).variant_id == "var_1"


def test_a_campaign_changes_only_for_who_read_it() -> None:
    """Brief and fallback need the version that stands."""
    serving = a_world().serving

    with pytest.raises(VersionRequired):
        serving.set_brief("spring", NEW_FACTS, MARA, None)
    with pytest.raises(StaleVersion):
        serving.set_brief("spring", NEW_FACTS, MARA, 2)
    with pytest.raises(VersionRequired):
        serving.set_fallback("spring", GENERIC, AXEL, None)
    with pytest.raises(StaleVersion):
        serving.set_fallback("spring", GENERIC, AXEL, 2)


@pytest.mark.parametrize("actor", [ROSA, AXEL, ADA, TOOL])
def test_only_requesters_change_a_brief(actor: Actor) -> None:
    """Who reviews, signs, administers or pulls does not decide what is true."""
    with pytest.raises(Forbidden):
        a_world().serving.set_brief("spring", NEW_FACTS, actor, 1)


def test_a_fallback_is_served_when_nothing_else_may_be() -> None:
    """Signed by an approver, it is on the record, and served with the reason why."""
    world = a_world()
    campaign = world.serving.set_fallback("spring", GENERIC, AXEL, 1)
    pulled = world.serving.pull(PULL, TOOL)

    assert campaign.version == 2
    assert world.acts("spring") == [("campaign.fallback_set", "axel")]
    assert (pulled.variant_id, pulled.source) == ("fallback", Source.FALLBACK)
    assert pulled.texts[Slot.SUBJECT] == "Trail shoes are back"
    assert pulled.withheld == ("nothing is approved yet for lapsed-runners",)


def test_a_fallback_without_claims_outlives_offer_and_changes_of_it() -> None:
    """It is there when the offer has become another, and when it has ended."""
    world = approved_world()
    world.serving.set_fallback("spring", GENERIC, AXEL, 1)
    assert world.serving.pull(PULL, TOOL).source is Source.APPROVED

    change = world.serving.set_brief("spring", offering(30), MARA, 2)
    assert change.voided == ("var_1",)
    assert world.serving.pull(PULL, TOOL).source is Source.FALLBACK
    world.later(days=3)
    assert world.serving.pull(PULL, TOOL).source is Source.FALLBACK


def test_a_fallback_that_names_the_offer_goes_with_it() -> None:
    """It is served while the offer stands, and void with another one."""
    world = a_world()
    world.serving.set_fallback("spring", a_copy(), AXEL, 1)
    assert world.serving.pull(PULL, TOOL).source is Source.FALLBACK

    assert world.serving.set_brief("spring", offering(30), MARA, 2).voided == ("fallback",)
    with pytest.raises(NothingToServe):
        world.serving.pull(PULL, TOOL)


def test_a_fallback_ends_with_the_offer_that_it_names() -> None:
    """After the offer's end it is not served either."""
    world = a_world()
    world.serving.set_fallback("spring", a_copy(), AXEL, 1)
    world.later(days=3)

    with pytest.raises(NothingToServe, match="no fallback that may be served"):
        world.serving.pull(PULL, TOOL)


def test_a_fallback_is_checked() -> None:
    """A number that is not the offer's is refused in the finding's words."""
    with pytest.raises(BlockedCopy, match="The copy says 70%"):
        a_world().serving.set_fallback("spring", a_copy(subject="70% off"), AXEL, 1)


def test_the_owner_cannot_sign_the_fallback() -> None:
    """Four eyes: the owner of the campaign is refused with every role."""
    with pytest.raises(SelfApproval, match="mara owns this campaign"):
        a_world().serving.set_fallback("spring", GENERIC, Actor("mara", EVERYTHING), 1)


@pytest.mark.parametrize("actor", [MARA, ROSA, ADA, TOOL])
def test_only_approvers_sign_a_fallback(actor: Actor) -> None:
    """No other role puts copy before recipients."""
    with pytest.raises(Forbidden):
        a_world().serving.set_fallback("spring", GENERIC, actor, 1)


def test_copy_that_a_tool_cannot_write_is_refused_and_served_to_others() -> None:
    """Another tool's braces in approved copy are an error for one dialect and text for the next."""
    copy = a_copy(subject="New: {{#tags}} for trails")
    world = World().with_campaign().with_item(copy_now=copy)
    world.reviewing.approve("rev_1", AXEL, 1)

    with pytest.raises(Conflict, match="Marketo would read"):
        world.serving.pull(PULL._replace(dialect="marketo"), TOOL)
    assert world.serving.pull(PULL, TOOL).texts[Slot.SUBJECT] == str(copy.subject)


@pytest.mark.parametrize("actor", [MARA, ROSA, AXEL, ADA])
def test_people_read_campaigns(actor: Actor) -> None:
    """All who work on copy see the campaigns."""
    serving = approved_world().serving

    assert [campaign.id for campaign in serving.campaigns(actor)] == ["spring"]
    assert serving.campaign("spring", actor).owner == "mara"


def test_a_tool_reads_only_what_it_pulls() -> None:
    """A puller sees no campaigns."""
    serving = approved_world().serving

    with pytest.raises(Forbidden):
        serving.campaigns(TOOL)
    with pytest.raises(Forbidden):
        serving.campaign("spring", TOOL)


def test_an_outcome_counts_once() -> None:
    """Sent again, alone or with others, an event is not new."""
    world = a_world()

    assert world.serving.record([an_event("e1"), an_event("e2"), an_event("e1")], TOOL) == 2
    assert world.serving.record([an_event("e2"), an_event("e3")], ADA) == 1
    with world.store.transaction() as tx:
        assert tx.outcomes.count("spring") == {"": {"click": 3}}


@pytest.mark.parametrize("role", [Role.REQUESTER, Role.REVIEWER, Role.APPROVER])
def test_only_pullers_and_admins_report_outcomes(role: Role) -> None:
    """Whoever writes or signs copy does not report how it did."""
    with pytest.raises(Forbidden):
        a_world().serving.record([an_event("e1")], Actor("kim", frozenset({role})))


def test_what_set_brief_returns_is_a_campaign_to_everybody_else() -> None:
    """What is stored is a plain campaign: the account of the change is in the answer alone."""
    world = approved_world()
    world.serving.set_brief("spring", NEW_FACTS, MARA, 1)

    assert type(world.serving.campaign("spring", MARA)) is Campaign
