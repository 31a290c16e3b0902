"""What is of single brands, on every store: listed, counted, and found after the migration."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, insert

from copydesk.access import Role
from copydesk.brand_voice import EVERY_BRAND, NO_BRAND, Brands
from copydesk.errors import NotFound
from copydesk.generations import Whose
from copydesk.review_queue import ReviewQuery, State
from copydesk.review_queue.searching import Filter, QueueQuery
from copydesk.storage import Store
from copydesk.storage.build import open_store
from copydesk.storage.sql import schema
from copydesk.storage.sql.engine import engine_for, parsed
from copydesk.storage.sql.migrate import downgrade
from copydesk.storage.sql.reviewing import review_row
from copydesk.storage.stored import written
from tests.contract.nouns import (
    a_campaign,
    a_generation,
    a_key,
    a_request,
    a_trust_entry,
    a_user,
    an_item,
    later,
)
from tests.factories import NOW, a_brand
from tests.unit.review_queue.items import a_finding, checked

FJORD, TIDE = a_brand(name="Fjord & Sons"), a_brand(name="tide")
ONLY_FJORD = Brands(frozenset({"Fjord & Sons"}))
BEFORE = "0008"


def filled(store: Store) -> None:
    """Store an item, a campaign, a generation and a trust entry of each brand."""
    with store.transaction() as tx:
        for name, brand in (("fjord", FJORD), ("tide", TIDE)):
            found = checked(a_finding(rule=f"{name}.rule"))
            tx.reviews.add(an_item(f"rev_{name}", brand=brand, checked=found))
            tx.campaigns.add(a_campaign(name, brand=brand))
            tx.generations.add(a_generation(f"gen_{name}", request=a_request(brand=brand)))
            tx.trust.put(a_trust_entry(f"rev_{name}", brand=brand.name))


def test_lists_are_narrowed_to_brands(store: Store) -> None:
    """Of the named brands all is listed, of no brand nothing, of every brand everything."""
    filled(store)

    with store.transaction() as tx:
        for brands, names in ((ONLY_FJORD, ["fjord"]), (NO_BRAND, [])):
            assert [one.id for one in tx.reviews.find(ReviewQuery(brands=brands))] == [
                f"rev_{name}" for name in names
            ]
            assert [one.id for one in tx.campaigns.all(brands)] == names
            latest = tx.generations.latest(Whose(brands))
            assert [one.id for one in latest] == [f"gen_{name}" for name in names]
            assert len(tx.trust.segments(brands)) == len(names)
            assert tx.reviews.count(brands)[State.WAITING] == len(names)
        assert len(tx.campaigns.all(EVERY_BRAND)) == 2


def test_ones_own_generations_are_beside_those_of_brands(store: Store) -> None:
    """All of one brand, and of the other what the user asked for."""
    filled(store)
    with store.transaction() as tx:
        tx.generations.add(a_generation("gen_x", requester="zoe", request=a_request(brand=TIDE)))
        found = tx.generations.latest(Whose(ONLY_FJORD, "zoe", Brands(frozenset({"tide"}))))

        assert {one.id for one in found} == {"gen_fjord", "gen_x"}


def test_the_queue_is_of_brands(store: Store) -> None:
    """Pages, counts and facets of what is found tell of the named brands alone."""
    filled(store)
    query = QueueQuery(Filter(), "rob", NOW, brands=ONLY_FJORD)

    with store.transaction() as tx:
        assert [hit.item.id for hit in tx.queue.page(query)] == ["rev_fjord"]
        tally = tx.queue.tally(query, ["brand", "rule", "campaign"])
        assert tally.states[State.WAITING] == 1
        assert tally.values["rule"] == {"fjord.rule": 1}
        assert tally.values["brand"] == {"Fjord & Sons": 1}
        nothing = query._replace(brands=NO_BRAND)
        assert (tx.queue.page(nothing), tx.queue.tally(nothing, ["rule"]).values) == (
            [],
            {"rule": {}},
        )


def test_the_brands_of_items_are_told(store: Store) -> None:
    """An id that is no item's is left out."""
    filled(store)
    with store.transaction() as tx:
        told = tx.queue.brands_of({"rev_fjord", "rev_tide", "gen_fjord"})

        assert told == {"rev_fjord": "Fjord & Sons", "rev_tide": "tide"}


def test_roles_of_brands_come_back(store: Store) -> None:
    """A user's roles for single brands, and a key's brands and end, are as they were stored."""
    user = a_user(brand_roles={"Fjord & Sons": (Role.APPROVER,)})
    key = a_key(brands=("Fjord & Sons",), expires_at=later(60))
    with store.transaction() as tx:
        tx.users.add(user)
        tx.keys.add(key)

    with store.transaction() as tx:
        assert tx.users.get("ana") == user
        assert tx.keys.get(key.id) == key
        assert tx.keys.all() == [key]
        with pytest.raises(NotFound, match="cdk_zzz"):
            tx.keys.get("cdk_zzz")


def test_a_keys_use_is_noted_once_in_a_while(store: Store) -> None:
    """A use is kept unless one since a moment is kept already; revoking keeps it."""
    key = a_key()
    with store.transaction() as tx:
        tx.keys.add(key)
        tx.keys.note_use(key.id, later(5), later(4))
        tx.keys.note_use(key.id, later(6), later(5))
        assert tx.keys.get(key.id).last_used_at == later(5)
        tx.keys.note_use(key.id, later(7), later(6))
        tx.keys.revoke(key.id, later(8))

        (found,) = tx.keys.of_user("ana")
        assert (found.last_used_at, found.revoked_at) == (later(7), later(8))


def test_what_was_stored_before_is_of_its_brand(database_url: str) -> None:
    """The migration reads the brand of generations, items and campaigns from their documents."""
    engine: Engine = engine_for(parsed(database_url))
    downgrade(engine, BEFORE)
    item, campaign = an_item(brand=FJORD), a_campaign(brand=FJORD)
    generation = a_generation(request=a_request(brand=FJORD))
    row = {name: value for name, value in review_row(item).items() if name != "brand"}
    same = {"campaign": "spring", "state": "done", "created_at": NOW, "requester": "ana"}
    with engine.begin() as connection:
        connection.execute(insert(schema.reviews).values(**row))
        connection.execute(
            insert(schema.generations).values(id="gen_1", document=written(generation), **same)
        )
        connection.execute(
            insert(schema.campaigns).values(
                id="spring", version=1, owner="ana", updated_at=NOW, document=written(campaign)
            )
        )
    engine.dispose()

    store = open_store(database_url)
    with store.transaction() as tx:
        assert len(tx.reviews.find(ReviewQuery(brands=ONLY_FJORD))) == 1
        assert len(tx.generations.latest(Whose(ONLY_FJORD))) == 1
        assert len(tx.campaigns.all(ONLY_FJORD)) == 1
    store.close()
