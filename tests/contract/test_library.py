"""Looking for approved copy, brands that are known, and notes of progress, on every store."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from copydesk.brand_voice.known import KnownBrand
from copydesk.errors import InputError
from copydesk.generations import Progress, Stage
from copydesk.publishing.searching import (
    LibraryCount,
    LibraryCursor,
    LibraryFilter,
    LibraryQuery,
)
from copydesk.storage import Store
from copydesk.variants import Attempt
from tests.contract.nouns import a_generation, an_approved, later, looking_for
from tests.factories import NOW, a_brand, a_copy

SIGNED_UNDER = {"brand": "Northpeak", "kind": "promotion", "locale": "en-US"}


def filled(store: Store, copies: int) -> list[str]:
    """Store this many copies, some signed in the same moment; return their ids, newest first."""
    made = [
        an_approved(f"var_{number}", approved_at=later(number // 2), **SIGNED_UNDER)
        for number in range(copies)
    ]
    with store.transaction() as tx:
        for one in made:
            tx.library.add(one)
    return [one.id for one in sorted(made, key=LibraryCursor.of, reverse=True)]


def ids(store: Store, query: LibraryQuery) -> list[str]:
    with store.transaction() as tx:
        return [copy.id for copy in tx.library.find(query)]


def test_pages_follow_each_other_without_a_gap(store: Store) -> None:
    """The pages together are the whole library, newest first, equal moments by id."""
    everything = filled(store, 7)

    found: list[str] = []
    after = None
    while True:
        with store.transaction() as tx:
            page = tx.library.find(LibraryQuery(after=after, limit=3))
        if not page:
            break
        found += [copy.id for copy in page]
        after = LibraryCursor.parse(str(LibraryCursor.of(page[-1])))

    assert everything == found


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("campaign", "autumn"),
        ("brand", "Larkfell"),
        ("kind", "welcome"),
        ("locale", "de-DE"),
        ("audience", "newcomers"),
        ("state", "recalled"),
        ("text", "umbrella RAIN"),
    ],
)
def test_the_library_is_narrowed_by_what_copy_was_signed_under(
    store: Store, name: str, value: str
) -> None:
    """Each field of the filter finds the one copy that fits, and not the other."""
    other = {"brand": "Larkfell", "kind": "welcome", "locale": "de-DE", "audience_id": "newcomers"}
    copy = a_copy(subject="Rain again", body="Take an umbrella")
    with store.transaction() as tx:
        tx.library.add(an_approved(**SIGNED_UNDER))
        tx.library.add(an_approved("var_2", campaign="autumn", copy_=copy, **other))
        tx.library.withdraw("autumn", "var_2", "the offer ended")

    assert ids(store, LibraryQuery(LibraryFilter.model_validate({name: value}))) == ["var_2"]


def test_copy_signed_again_is_found_once_and_as_it_is_now(store: Store) -> None:
    """Neither its old text nor its old place stays behind."""
    other = a_copy(subject="Umbrellas", body="For rain")
    again = an_approved(approved_at=later(9), copy_=other, **SIGNED_UNDER)
    with store.transaction() as tx:
        tx.library.add(an_approved(**SIGNED_UNDER))
        tx.library.add(again)

    assert ids(store, looking_for("umbrellas")) == ["var_1"]
    assert ids(store, looking_for("the mud is back")) == []
    assert ids(store, LibraryQuery()) == ["var_1"]


def test_what_is_taken_back_counts_as_recalled(store: Store) -> None:
    """The index follows an approval that is undone, and the counts with it."""
    with store.transaction() as tx:
        tx.library.add(an_approved(**SIGNED_UNDER))
        tx.library.add(an_approved("var_2", **{**SIGNED_UNDER, "brand": "Larkfell"}))
        assert tx.library.take_back(an_approved(**SIGNED_UNDER), "undone")

        counts = {"Larkfell": LibraryCount(1, 0), "Northpeak": LibraryCount(0, 1)}
        assert dict(tx.library.tally("brand")) == counts
    assert ids(store, looking_for(state="recalled")) == ["var_1"]


@pytest.mark.parametrize("text", ["", "x", "!", "MjAyNg", "MjAyNi0wMy0wNlQxMjowMDowMHxhfGJ8Yw"])
def test_what_is_no_place_in_the_library_is_refused(text: str) -> None:
    """A cursor that no page gave, one without a time zone too, is told to be none."""
    with pytest.raises(InputError, match="link to the next page"):
        LibraryCursor.parse(text)


def test_pulls_are_summed_by_campaign(store: Store) -> None:
    """All copy of a campaign counts; a campaign never pulled from is not there."""
    with store.transaction() as tx:
        tx.pulls.add({("spring", "var_1"): 3, ("spring", "fallback"): 2, ("autumn", "var_9"): 1})

        assert dict(tx.pulls.totals()) == {"spring": 5, "autumn": 1}


def known(at: datetime = NOW, **changes: Any) -> KnownBrand:
    return KnownBrand(brand=a_brand(**changes), noted_at=at, noted_by="ana")


def test_a_brand_is_known_as_it_was_noted_last(store: Store) -> None:
    """A second note under the name takes the place of the first; brands come by name."""
    newer = known(later(1), formality="formal")
    with store.transaction() as tx:
        for one in (known(), newer, known(name="Larkfell")):
            tx.brands.put(one)

    with store.transaction() as tx:
        assert tx.brands.find("Northpeak") == newer
        assert tx.brands.find("nobody") is None
        assert [one.brand.name for one in tx.brands.all()] == ["Larkfell", "Northpeak"]


def test_progress_is_what_was_noted_last(store: Store) -> None:
    """A note takes the place of the one before, and saving the generation leaves it."""
    tried = Attempt(model="openai:x", outcome="failed", detail="no answer", seconds=2.5)
    noted = Progress(stage=Stage.CHECKING, started_at=NOW, model="phrasebook", failed=(tried,))
    with store.transaction() as tx:
        tx.generations.add(a_generation())
        assert tx.generations.progress("gen_1") is None
        tx.generations.note("gen_1", Progress(stage=Stage.DRAFTING, started_at=NOW))
        tx.generations.note("gen_1", noted)
        tx.generations.save(a_generation(state="running"))

    with store.transaction() as tx:
        assert tx.generations.progress("gen_1") == noted


def test_a_note_about_what_is_gone_is_no_error(store: Store) -> None:
    """Nothing is kept of it, and nothing is said."""
    with store.transaction() as tx:
        tx.generations.note("gen_9", Progress(stage=Stage.DRAFTING, started_at=NOW))

        assert tx.generations.progress("gen_9") is None
