"""Who acts for single brands: no service tells or changes what is of another."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from copydesk.access import Actor, Role
from copydesk.errors import Conflict, CopydeskError, Forbidden, NotFound
from tests.unit.desk.brands_calls import ABOUT, ELSEWHERE, LISTS, About
from tests.unit.desk.brands_office import ALL_ROLES, MARKS, OWNER, Call, Desk, Thing, services

PEOPLE = ("access.", "sign_in.")
"""Services about people: `test_access_desk.py` and `test_sign_in.py` say who may use them."""
ROLES = st.frozensets(st.sampled_from(sorted(ALL_ROLES)))


@st.composite
def actors(draw: st.DrawFn) -> Actor:
    named: Mapping[str, frozenset[Role]] = draw(st.dictionaries(st.sampled_from(MARKS), ROLES))
    everywhere = draw(st.one_of(st.just(frozenset()), ROLES))
    return Actor(draw(st.sampled_from([OWNER, "rosa"])), everywhere, brand_roles=named)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(tmp_path_factory.mktemp("brands"))


def test_every_public_method_of_every_service_is_looked_at(desk: Desk) -> None:
    """A new method is in one of the tables, or nobody has thought about whose brand it is."""
    public = {
        f"{name}.{method}"
        for name, service in services(desk.all)
        for method, _ in inspect.getmembers(type(service), inspect.isfunction)
        if not method.startswith("_")
    }

    known = {*ABOUT, *LISTS, *ELSEWHERE}
    assert {one for one in public if not one.startswith(PEOPLE)} == known


def _sees(actor: Actor, about: About, mark: str) -> bool:
    is_own = about.is_own and actor.name == OWNER and actor.may(Role.REQUESTER, brand=mark)
    return is_own or actor.may(*about.seen_by, brand=mark)


def _kept(desk: Desk) -> dict[str, Sequence[object]]:
    return {mark: desk.kept(mark) for mark in MARKS}


def _tried(call: Call, desk: Desk, actor: Actor, mark: str) -> tuple[object, CopydeskError | None]:
    try:
        return call(desk.all, actor, Thing(mark)), None
    except CopydeskError as error:
        return None, error


@settings(max_examples=15)
@given(actor=actors(), mark=st.sampled_from(MARKS))
def test_nobody_reads_or_changes_what_is_not_theirs(desk: Desk, actor: Actor, mark: str) -> None:
    """What one may not see is not found, what one sees and may not do is refused, nothing moves."""
    desk.fill()
    before = _kept(desk)
    for name, about in ABOUT.items():
        note(name)
        told, refused = _tried(about.do, desk, actor, mark)

        if not _sees(actor, about, mark):
            assert isinstance(refused, NotFound | Forbidden)
        elif not actor.may(*about.roles, brand=mark):
            assert isinstance(refused, Forbidden)
        (other,) = {*MARKS} - {mark}
        assert other not in repr(told).casefold()
        now = _kept(desk)
        assert now[other] == before[other]
        if now[mark] != before[mark]:
            assert actor.may(*about.roles, brand=mark)
            desk.fill()
            before = _kept(desk)


@settings(max_examples=25)
@given(actor=actors(), mark=st.sampled_from(MARKS))
def test_no_list_or_count_tells_of_another_brand(desk: Desk, actor: Actor, mark: str) -> None:
    """What is listed, counted, found or decided on together is of the actor's brands."""
    desk.fill()
    for name, lists in LISTS.items():
        note(name)
        before = _kept(desk)
        told, refused = _tried(lists.do, desk, actor, mark)
        if isinstance(refused, Conflict):
            told = refused.message

        for one in MARKS:
            is_own = actor.name == OWNER and actor.may(Role.REQUESTER, brand=one)
            if not is_own and not actor.may(*lists.seen_by, brand=one):
                assert one not in repr(told).casefold()
                assert desk.kept(one) == before[one]


@settings(max_examples=25)
@given(actor=actors())
def test_counts_are_of_the_brands_that_the_actor_reads(desk: Desk, actor: Actor) -> None:
    """Two items of each brand are in the queue: so many are counted as the actor's brands hold."""
    desk.fill()
    readers = (Role.REVIEWER, Role.APPROVER)
    brands = [mark for mark in MARKS if actor.may(*readers, brand=mark)]
    if not brands:
        with pytest.raises(Forbidden):
            desk.all.queueing.counts(actor)
        return

    tally = desk.all.queueing.counts(actor, by=("brand", "rule"))
    assert sum(tally.states.values()) == 2 * len(brands)
    assert tally.values["brand"] == dict.fromkeys(sorted(brands), 2)
    assert tally.values["rule"] == {"ours.rule": 2 * len(brands)}
    assert sum(desk.all.reviewing.count(actor).values()) == 2 * len(brands)
