"""Hours and fatigue at a pull: off until a campaign asks and there is history, and then told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from copydesk.access import Actor, Role
from copydesk.desk.keeping_time import Counted
from copydesk.errors import Forbidden, NotFound, NothingToServe, StaleVersion
from copydesk.feedback import Outcome, OutcomeKind
from copydesk.publishing import Campaign, PullQuery, approval_hash
from copydesk.publishing.timing import OnFatigue, TimingChoice
from tests.factories import NOW, a_brand, a_copy
from tests.unit.desk.test_triggering import MARIA, POLICY, Shop
from tests.unit.desk.world import MARA, ROSA, TOOL
from tests.unit.publishing.campaigns import approved

PULL = PullQuery("spring", MARIA, "carts")
ASKS = TimingChoice(best_hours=True, fatigue=OnFatigue.WITHHOLD)


def outcomes(
    kind: OutcomeKind, number: int, days: float, every: float = 1, key: str = MARIA
) -> list[Outcome]:
    """Return so many, the first so many days ago, and one every so many days."""
    return [
        Outcome(
            event_id=f"{kind}{key}{days}{n}", kind=kind, campaign="spring", recipient_key=key,
            at=NOW - timedelta(days=days - n * every),
        )
        for n in range(number)
    ]  # fmt: skip


def asking(timing: TimingChoice = ASKS, *history: Outcome) -> Shop:
    """Return a shop whose campaign asks, with a history of the recipient and of others."""
    shop = Shop().filled()
    others = [
        one
        for n in range(30)
        for kind in ("sent", "click")
        for one in outcomes(kind, 24, 90 - n / 24, 2, f"other{n}")
    ]
    with shop.store.transaction() as tx:
        tx.outcomes.add([*others, *history])
    shop.timing.update()
    if timing.asks:
        shop.timing.set_timing("spring", timing, MARA, 1)
    return shop


WORN = (*outcomes("sent", 20, 120, 4), *outcomes("click", 15, 120, 4), *outcomes("sent", 25, 28))
"""Somebody who answered most, and none of the many that came lately."""


def test_nothing_is_told_until_the_campaign_asks() -> None:
    """By default a pull says neither, whatever the history."""
    pulled = asking(TimingChoice(), *WORN).serving.pull(PULL, TOOL)
    assert (pulled.best_hours, pulled.fatigue, pulled.individual) == (None, None, False)


def test_what_history_tells_is_told_with_its_reason() -> None:
    """Hours drawn from the recipient's and the audience's answers, and a score, in words."""
    shop = asking(TimingChoice(best_hours=True, fatigue=OnFatigue.TELL), *WORN)
    pulled = shop.serving.pull(PULL, TOOL)

    assert pulled.best_hours is not None
    assert pulled.best_hours.best[0].hour.endswith("12:00")
    assert "15 answers of the recipient's own" in pulled.best_hours.why
    assert pulled.fatigue is not None
    assert (pulled.fatigue.level, pulled.variant_id) == ("withhold", "var_carts")
    assert "0 answers to 25 messages in 30 days, 15 to 20 before" in pulled.fatigue.why
    assert pulled.individual, "no cache may give it to another"


def test_too_little_history_tells_nothing() -> None:
    """Of a stranger neither is told, and the copy is served; the command says why."""
    shop = asking()
    pulled = shop.serving.pull(PULL, TOOL)
    assert (pulled.best_hours, pulled.fatigue, pulled.personal) == (None, None, ())
    explained = shop.timing.explained("Northpeak", MARIA)
    assert explained.hours == "off: 0 answers of the recipient's, 10 are needed"
    assert explained.fatigue.startswith("off: 0 messages")


def test_who_has_had_enough_gets_the_fallback_or_nothing() -> None:
    """With the score and its reason; others get what they got before."""
    shop = asking(ASKS, *WORN)
    with pytest.raises(NothingToServe, match=r"had enough \(0\.\d+\): 0 answers to 25 messages"):
        shop.serving.pull(PULL, TOOL)
    assert shop.serving.pull(PULL._replace(recipient_key="other1"), TOOL).variant_id == "var_carts"


def test_who_complained_is_withheld_on_any_history() -> None:
    """One complaint is enough."""
    shop = asking(ASKS, *outcomes("complaint", 1, 3))
    with pytest.raises(NothingToServe, match="the recipient complained"):
        shop.serving.pull(PULL, TOOL)


def test_who_is_tired_gets_the_calmest_variant() -> None:
    """Where the campaign says `lower`, the copy that presses is kept from them alone."""
    shop = asking(TimingChoice(fatigue=OnFatigue.LOWER), *WORN)
    loud = a_copy(subject="Hurry! Last chance!")
    with shop.store.transaction() as tx:
        campaign = tx.campaigns.get("spring")
        facts = (campaign.brief, campaign.brand, campaign.audiences["carts"], POLICY.sha256)
        for number in range(12):
            update = {"copy_": loud, "approval_hash": approval_hash(loud, *facts)}
            copy = approved(campaign, f"var_{number}", "carts")
            tx.library.add(copy.model_copy(update=update))
    shop.serving._shelves.anew("spring")

    assert shop.serving.pull(PULL, TOOL).variant_id == "var_carts"
    fresh = {
        shop.serving.pull(PULL._replace(recipient_key=f"r{n}"), TOOL).variant_id for n in range(9)
    }
    assert fresh != {"var_carts"}


def test_mail_of_another_brand_tells_nothing() -> None:
    """What a recipient did with one client's mail is not told to another."""
    shop = asking(ASKS, *WORN)
    other = Campaign(**{**dict(_campaign(shop)), "id": "other", "brand": a_brand(name="Other")})
    with shop.store.transaction() as tx:
        tx.campaigns.add(other)
    counted = shop.timing.update()

    assert shop.timing.told("Other", MARIA).fatigue is None
    assert shop.timing.told("Northpeak", MARIA).fatigue is not None
    assert counted == [Counted("Northpeak", 765, 735), Counted("Other", 0, 0)]


def _campaign(shop: Shop) -> Campaign:
    with shop.store.transaction() as tx:
        return tx.campaigns.get("spring")


def test_a_campaign_that_asks_is_answered_the_long_way() -> None:
    """What is told of a recipient is never in the memory that serves everybody."""
    shop = asking()
    shop.pulled(audience="carts")
    assert shop.serving.at_hand(PULL, TOOL.brands(Role.PULLER)) is None
    nobody = PULL._replace(recipient_key=None)
    assert shop.serving.at_hand(nobody, TOOL.brands(Role.PULLER)) is not None


def test_asking_is_the_requesters_and_voids_nothing() -> None:
    """It needs the version that was read, is on the record, and leaves approvals alone."""
    shop = Shop().filled()
    with pytest.raises(Forbidden):
        shop.timing.set_timing("spring", ASKS, ROSA, 1)
    stranger = Actor("sam", frozenset(), brand_roles={"Other": frozenset({Role.REQUESTER})})
    with pytest.raises(NotFound):
        shop.timing.set_timing("spring", ASKS, stranger, 1)
    with pytest.raises(StaleVersion):
        shop.timing.set_timing("spring", ASKS, MARA, 7)

    assert shop.timing.set_timing("spring", ASKS, MARA, 1).version == 2
    assert shop.pulled(audience="carts") == "var_carts"
    with shop.store.transaction() as tx:
        assert [event.act for event in tx.audit.about("spring")] == ["campaign.timing_set"]
