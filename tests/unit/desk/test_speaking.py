"""A campaign that names its dialects: what one cannot write is told when it is signed, not sent."""

from __future__ import annotations

import pytest

from copydesk.errors import Contradiction, StaleVersion
from copydesk.publishing import PullQuery
from copydesk.review_queue import Route
from copydesk.variants import Slot
from tests.factories import COPY, a_copy
from tests.unit.desk.test_asking import DRAFT, a_desk, a_request, asked
from tests.unit.desk.world import AXEL, MARA, ROSA, TOOL, World
from tests.unit.publishing.campaigns import a_campaign

UNSUBSCRIBE = {"body": "Ready for mud?\n{unsubscribe_url}"}
"""Text to most tools; code to Mautic, which knows no escape."""


def in_mautic(**copy: str) -> World:
    world = World().with_campaign(a_campaign(dialects=["mautic", "braze"]))
    return world.with_item(copy_now=a_copy(**copy))


def pulled(world: World, dialect: str) -> str:
    return world.serving.pull(PullQuery("spring", dialect=dialect), TOOL).texts[Slot.BODY]


def test_copy_that_a_dialect_cannot_write_is_not_approved() -> None:
    """The refusal names the slot, the dialect and the remedy; the item waits as it did."""
    world = in_mautic(**UNSUBSCRIBE)

    with pytest.raises(Contradiction, match=r"in the dialect mautic: .*take it out") as caught:
        world.reviewing.approve("rev_1", AXEL, 1)

    assert [one.field for one in caught.value.problems] == ["copy.body"]
    assert world.item().version == 1


def test_copy_that_every_dialect_can_write_is_approved_and_pulled() -> None:
    """What was approved under its dialects is written in each of them."""
    world = in_mautic()
    world.reviewing.approve("rev_1", AXEL, 1)

    assert "{contactfield=firstname|there}" in pulled(world, "mautic")
    assert "{{${first_name} | default: 'there'}}" in pulled(world, "braze")


def test_an_edit_that_a_dialect_cannot_write_is_refused() -> None:
    """The editor is told at once, with the item as it was."""
    world = in_mautic()
    with pytest.raises(Contradiction, match="in the dialect mautic"):
        world.reviewing.edit("rev_1", ROSA, 1, a_copy(**UNSUBSCRIBE))
    assert world.item().version == 1


def test_a_fallback_that_a_dialect_cannot_write_is_refused() -> None:
    """The copy for when all else fails must be one that every tool can be given."""
    world = in_mautic()
    with pytest.raises(Contradiction, match="in the dialect mautic"):
        world.serving.set_fallback("spring", a_copy(**UNSUBSCRIBE), AXEL, 1)


def test_a_campaign_without_dialects_is_approved_as_ever() -> None:
    """Who names no dialect is told when it is pulled."""
    world = World().with_campaign().with_item(copy_now=a_copy(**UNSUBSCRIBE))
    assert world.reviewing.approve("rev_1", AXEL, 1).approval_hash


def test_a_dialect_is_not_named_that_cannot_write_what_is_served() -> None:
    """The copy and the slot are named, and the campaign stays as it was."""
    world = World().with_campaign().with_item(copy_now=a_copy(**UNSUBSCRIBE))
    world.reviewing.approve("rev_1", AXEL, 1)

    with pytest.raises(Contradiction) as caught:
        world.serving.set_dialects("spring", ["mautic"], MARA, 1)

    assert caught.value.problems[0].field == "var_1: copy.body"
    assert world.serving.campaign("spring", MARA).dialects == ()


def test_dialects_are_named_under_the_campaigns_version_and_recorded() -> None:
    """A change of dialects is a change of the campaign: versioned, on the record, once."""
    world = World().with_campaign()
    named = world.serving.set_dialects("spring", ["braze", "sfmc", "braze"], MARA, 1)

    assert (named.dialects, named.version) == (("braze", "sfmc"), 2)
    assert world.acts("spring")[-1] == ("campaign.dialects_set", "mara")
    assert world.serving.set_dialects("spring", ["braze", "sfmc"], MARA, 2).version == 2
    with pytest.raises(StaleVersion):
        world.serving.set_dialects("spring", [], MARA, 1)


def test_a_request_names_the_dialects_of_its_campaign() -> None:
    """The first request opens the campaign with them; a later one adds to them."""
    desk = a_desk()
    asked(desk, dialects=["braze"])
    asked(desk, dialects=["braze", "customerio"], seed=1)

    assert desk.serving.campaign("spring", MARA).dialects == ("braze", "customerio")


def test_what_policy_would_approve_and_a_dialect_cannot_write_goes_to_a_person() -> None:
    """Nothing is served that the campaign's tool cannot be given; the reason is told."""
    desk = a_desk([[DRAFT.model_copy(update={"body": f"{COPY['body']} {{x}}"})]])

    (variant,) = asked(desk, dialects=["mautic"]).variants

    assert (variant.route, variant.rule) == (Route.REVIEW, "dialects")
    assert "in the dialect mautic" in variant.because


def test_a_request_without_dialects_keeps_the_fingerprint_that_it_had() -> None:
    """An Idempotency-Key that was used before dialects could be named still means that request."""
    plain = a_request()
    assert "dialects" not in plain.model_dump_json(exclude={"dialects"})
    assert plain.fingerprint != a_request(dialects=["braze"]).fingerprint
