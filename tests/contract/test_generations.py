"""Generations, on every store."""

from __future__ import annotations

import pytest

from copydesk.brand_voice import EVERY_BRAND, NO_BRAND
from copydesk.errors import Conflict, InputError, KeyReused, NotFound
from copydesk.generations import GenerationState, Whose
from copydesk.storage import Store
from tests.contract.nouns import a_generation, a_request, later
from tests.factories import a_brief


def test_a_generation_comes_back_as_it_was_stored(store: Store) -> None:
    """What is read equals what was added, to the last field."""
    generation = a_generation(request=a_request(seed=7, campaign="spring"), notes=("a", "b"))
    with store.transaction() as tx:
        tx.generations.add(generation)

    with store.transaction() as tx:
        assert generation == tx.generations.get("gen_1")


def test_an_unknown_generation_is_not_found(store: Store) -> None:
    """Reading or saving a generation that is not there is NotFound, and names it."""
    with store.transaction() as tx:
        with pytest.raises(NotFound, match="gen_404"):
            tx.generations.get("gen_404")
        with pytest.raises(NotFound, match="gen_404"):
            tx.generations.save(a_generation("gen_404"))


def test_saving_replaces_the_generation(store: Store) -> None:
    """After saving, the new state is read and the generation is no longer unfinished."""
    done = a_generation(state=GenerationState.DONE, finished_at=later(1))
    with store.transaction() as tx:
        tx.generations.add(a_generation())
        tx.generations.save(done)

    with store.transaction() as tx:
        assert done == tx.generations.get("gen_1")
        assert list(tx.generations.unfinished()) == []


def test_a_repeated_request_is_the_earlier_generation(store: Store) -> None:
    """The same key with the same request gives the first generation, and stores nothing."""
    first = a_generation("gen_1", idempotency_key="k")
    with store.transaction() as tx:
        tx.generations.add(first)
        again = tx.generations.add(a_generation("gen_2", idempotency_key="k"))

        assert first == again
        assert [first] == list(tx.generations.latest())


def test_a_key_with_another_request_is_refused(store: Store) -> None:
    """The same key with another request is KeyReused, and the error names the first one."""
    other = a_request(brief=a_brief(goal="Something else"))
    with store.transaction() as tx:
        tx.generations.add(a_generation("gen_1", idempotency_key="k"))
        with pytest.raises(KeyReused, match="gen_1"):
            tx.generations.add(a_generation("gen_2", idempotency_key="k", request=other))


def test_a_repeat_is_known_after_the_generation_has_changed(store: Store) -> None:
    """A key still finds its generation when that is done."""
    done = a_generation(idempotency_key="k", state=GenerationState.DONE)
    with store.transaction() as tx:
        tx.generations.add(a_generation(idempotency_key="k"))
        tx.generations.save(done)

        assert done == tx.generations.add(a_generation("gen_2", idempotency_key="k"))


def test_keys_belong_to_their_requester(store: Store) -> None:
    """Two requesters may use one key, and no key at all is never a repeat."""
    with store.transaction() as tx:
        tx.generations.add(a_generation("gen_1", idempotency_key="k"))
        tx.generations.add(a_generation("gen_2", idempotency_key="k", requester="ben"))
        tx.generations.add(a_generation("gen_3"))
        tx.generations.add(a_generation("gen_4"))

        assert len(tx.generations.latest()) == 4


def test_an_id_is_taken_once(store: Store) -> None:
    """A second generation with the id of the first is a Conflict, and the first stands."""
    with store.transaction() as tx:
        tx.generations.add(a_generation())
        with pytest.raises(Conflict, match="gen_1"):
            tx.generations.add(a_generation(requester="ben"))

        assert tx.generations.get("gen_1").requester == "ana"


def test_the_latest_come_first(store: Store) -> None:
    """Newest first, equal times by id downwards, at most as many as asked for."""
    times = {"gen_a": 2, "gen_b": 1, "gen_d": 3, "gen_c": 3}
    with store.transaction() as tx:
        for name, minutes in times.items():
            tx.generations.add(a_generation(name, created_at=later(minutes)))

        found = [generation.id for generation in tx.generations.latest(limit=3)]

    assert found == ["gen_d", "gen_c", "gen_a"]


def test_the_latest_of_one_requester(store: Store) -> None:
    """With a requester named, others' generations are left out."""
    with store.transaction() as tx:
        tx.generations.add(a_generation("gen_1"))
        tx.generations.add(a_generation("gen_2", requester="ben"))

        bens = tx.generations.latest(Whose(NO_BRAND, "ben", EVERY_BRAND))
        assert [generation.id for generation in bens] == ["gen_2"]
        assert list(tx.generations.latest(Whose(NO_BRAND, "cem", EVERY_BRAND))) == []


def test_unfinished_are_queued_or_running_oldest_first(store: Store) -> None:
    """Done and failed generations are finished; the others are returned oldest first."""
    with store.transaction() as tx:
        for minutes, state in enumerate(reversed(GenerationState)):
            created = later(-minutes)
            tx.generations.add(a_generation(f"gen_{state}", state=state, created_at=created))

        found = [generation.id for generation in tx.generations.unfinished()]

    assert found == ["gen_queued", "gen_running"]


def test_a_character_that_no_database_takes_is_refused(store: Store) -> None:
    """U+0000 is an InputError on every store; text that only spells it out is kept."""
    with store.transaction() as tx:
        with pytest.raises(InputError, match=r"U\+0000"):
            tx.generations.add(a_generation(error="a\x00b"))
        tx.generations.add(a_generation(error=r"a\u0000b"))

        assert tx.generations.get("gen_1").error == r"a\u0000b"


def test_generations_are_paged_from_a_moment_on(store: Store) -> None:
    """Oldest first, equal times by id, from `since` on, each page after the one before."""
    with store.transaction() as tx:
        for name, minutes in (("gen_b", 1), ("gen_a", 1), ("gen_c", 0), ("gen_d", 2)):
            tx.generations.add(a_generation(name, created_at=later(minutes)))

        first = tx.generations.page(since=later(1), limit=2)
        rest = tx.generations.page(since=later(1), after=first[-1].id, limit=2)
        everything = tx.generations.page()

    assert [one.id for one in first] == ["gen_a", "gen_b"]
    assert [one.id for one in rest] == ["gen_d"]
    assert [one.id for one in everything] == ["gen_c", "gen_a", "gen_b", "gen_d"]
