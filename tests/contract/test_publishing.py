"""Campaigns, the approved library and outcomes, on every store."""

from __future__ import annotations

import pytest

from copydesk.errors import Conflict, NotFound, StaleVersion
from copydesk.storage import Store
from tests.contract.nouns import a_campaign, an_approved, an_outcome, later, looking_for
from tests.factories import a_brief, a_copy


def test_a_campaign_comes_back_as_it_was_stored(store: Store) -> None:
    """What is read equals what was added, audiences and fallback included."""
    campaign = a_campaign(fallback=an_approved("fallback"))
    with store.transaction() as tx:
        tx.campaigns.add(campaign)

    with store.transaction() as tx:
        assert campaign == tx.campaigns.get("spring")


def test_a_campaign_is_added_once(store: Store) -> None:
    """A second campaign by that id is a Conflict, and the first stands."""
    with store.transaction() as tx:
        tx.campaigns.add(a_campaign())
        with pytest.raises(Conflict, match="spring"):
            tx.campaigns.add(a_campaign(owner="ben"))

        assert tx.campaigns.get("spring").owner == "ana"


def test_a_change_to_an_older_campaign_is_refused(store: Store) -> None:
    """Saving at a version that no longer stands is StaleVersion; an unknown id is NotFound."""
    moved = a_campaign(brief=a_brief(goal="Another goal"), version=2)
    with store.transaction() as tx:
        tx.campaigns.add(a_campaign())
        tx.campaigns.save(moved, expected_version=1)
        with pytest.raises(StaleVersion, match="at version 2, not 1"):
            tx.campaigns.save(a_campaign(version=2), expected_version=1)
        with pytest.raises(NotFound, match="autumn"):
            tx.campaigns.get("autumn")
        with pytest.raises(NotFound, match="autumn"):
            tx.campaigns.save(a_campaign("autumn"), expected_version=1)

        assert moved == tx.campaigns.get("spring")


def test_the_campaign_changed_last_comes_first(store: Store) -> None:
    """Campaigns are in the order of their last change, newest first."""
    with store.transaction() as tx:
        tx.campaigns.add(a_campaign("spring", updated_at=later(2)))
        tx.campaigns.add(a_campaign("summer", updated_at=later(3)))
        tx.campaigns.add(a_campaign("autumn", updated_at=later(1)))

        assert [c.id for c in tx.campaigns.all()] == ["summer", "spring", "autumn"]


def test_only_what_is_not_withdrawn_is_served(store: Store) -> None:
    """Served copy is of the campaign asked for, in the order of ids, without the withdrawn."""
    with store.transaction() as tx:
        for name in ("var_b", "var_C", "var_a"):
            tx.library.add(an_approved(name))
        tx.library.add(an_approved("var_d", campaign="autumn"))
        tx.library.withdraw("spring", "var_b", "the offer ended")

        assert [copy.id for copy in tx.library.served("spring")] == ["var_C", "var_a"]


def test_withdrawn_copy_is_kept_with_its_first_reason(store: Store) -> None:
    """Nothing is deleted: the copy can be found, and the reason of the first withdrawal stands."""
    with store.transaction() as tx:
        tx.library.add(an_approved())
        tx.library.withdraw("spring", "var_1", "the offer ended")
        tx.library.withdraw("spring", "var_1", "again")

        assert [copy.withdrawn_because for copy in tx.library.find()] == ["the offer ended"]


def test_withdrawing_what_is_not_there_is_not_found(store: Store) -> None:
    """Neither another campaign's copy nor an unknown id can be withdrawn."""
    with store.transaction() as tx:
        tx.library.add(an_approved(campaign="autumn"))
        with pytest.raises(NotFound, match="var_1 in campaign spring"):
            tx.library.withdraw("spring", "var_1", "why not")


def test_copy_signed_again_is_served_again(store: Store) -> None:
    """The same id in the same campaign and audience is replaced; in another audience it is not."""
    again = an_approved(approval_hash="1" * 64)
    other = an_approved(audience_id="new-runners")
    with store.transaction() as tx:
        tx.library.add(an_approved())
        tx.library.withdraw("spring", "var_1", "the offer ended")
        tx.library.add(again)
        tx.library.add(other)

        assert [again, other] == list(tx.library.served("spring"))


@pytest.mark.parametrize("text", ["straße", "STRASSE", "100%", "under_score", "", "body of it"])
def test_copy_is_found_by_its_words_in_any_case(store: Store, text: str) -> None:
    """Any of the three texts may hold the words; `%` and `_` stand for themselves."""
    copy = a_copy(subject="Straße frei", preheader="100% under_score", body="The Body Of It")
    with store.transaction() as tx:
        tx.library.add(an_approved(copy_=copy))
        tx.library.add(
            an_approved("var_2", campaign="autumn", copy_=a_copy(), approved_at=later(-1))
        )

        assert tx.library.find(looking_for(text))[0].id == "var_1"
        assert (2 if text == "" else 1) == len(tx.library.find(looking_for(text)))


@pytest.mark.parametrize("text", ["trail%march", "t_ail", "\\"])
def test_a_search_knows_no_wildcards(store: Store, text: str) -> None:
    """What SQL reads as a pattern is looked for letter by letter."""
    with store.transaction() as tx:
        tx.library.add(an_approved())

        assert list(tx.library.find(looking_for(text))) == []


def test_what_was_signed_last_is_found_first(store: Store) -> None:
    """A search is newest first, and at most as long as asked for."""
    with store.transaction() as tx:
        for minutes in range(3):
            tx.library.add(an_approved(f"var_{minutes}", approved_at=later(minutes)))

        assert [copy.id for copy in tx.library.find(looking_for("trail", 2))] == ["var_2", "var_1"]


def test_an_event_is_kept_once(store: Store) -> None:
    """The same event from the same source counts once, in one batch or over several."""
    batch = [an_outcome("evt_1"), an_outcome("evt_2"), an_outcome("evt_1", kind="click")]
    with store.transaction() as tx:
        assert tx.outcomes.add(batch) == 2
        assert tx.outcomes.add([*batch, an_outcome("evt_1", source="braze")]) == 1
        assert tx.outcomes.add([]) == 0

        assert tx.outcomes.count("spring") == {"var_1": {"open": 3}}


def test_events_are_counted_by_variant_and_kind(store: Store) -> None:
    """Events of other campaigns are left out; those of no variant are under the empty name."""
    with store.transaction() as tx:
        tx.outcomes.add([an_outcome(f"o{i}") for i in range(3)])
        tx.outcomes.add([an_outcome("c1", kind="click"), an_outcome("u1", variant_id=None)])
        tx.outcomes.add([an_outcome("x1", campaign="autumn")])

        counted = tx.outcomes.count("spring")

    assert counted == {"var_1": {"open": 3, "click": 1}, "": {"open": 1}}


def test_a_large_batch_is_stored_whole(store: Store) -> None:
    """Thousands of events in one call are all kept."""
    with store.transaction() as tx:
        assert tx.outcomes.add([an_outcome(f"evt_{i}") for i in range(3_000)]) == 3_000

        assert tx.outcomes.count("spring") == {"var_1": {"open": 3_000}}


def test_pulls_add_up(store: Store) -> None:
    """Counts of several processes are added, by campaign and variant."""
    for counts in ({("spring", "var_1"): 2, ("spring", "fallback"): 1}, {("spring", "var_1"): 3}):
        with store.transaction() as tx:
            tx.pulls.add(counts)

    with store.transaction() as tx:
        assert tx.pulls.count("spring") == {"var_1": 5, "fallback": 1}
        assert tx.pulls.count("autumn") == {}


def test_approved_copy_is_found_by_its_variant(store: Store) -> None:
    """In every campaign and audience, withdrawn or not; nothing for an id that is not known."""
    with store.transaction() as tx:
        tx.library.add(an_approved(campaign="spring"))
        tx.library.add(an_approved(campaign="autumn"))
        tx.library.add(an_approved("var_2"))
        tx.library.withdraw("spring", "var_1", "rejected")

        assert [one.campaign for one in tx.library.of_variant("var_1")] == ["autumn", "spring"]
        assert list(tx.library.of_variant("var_9")) == []


def test_the_newest_approval_for_an_audience_comes_first(store: Store) -> None:
    """Withdrawn or not, and of no other campaign or audience."""
    old, new = an_approved("var_9"), an_approved("var_1", approved_at=later(3))
    others = [
        an_approved("var_2", audience_id="members", approved_at=later(9)),
        an_approved("var_3", campaign="autumn", approved_at=later(9)),
    ]
    with store.transaction() as tx:
        for one in (old, new, *others):
            tx.library.add(one)
        tx.library.withdraw("spring", "var_1", "too loud")

        found = tx.library.of_audience("spring", old.audience_id, limit=5)
        assert [one.id for one in found] == ["var_1", "var_9"]
        assert len(tx.library.of_audience("spring", old.audience_id, limit=1)) == 1
