"""Deciding on many items at once, where what was found in them is the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from copydesk.access import Actor
from copydesk.briefs import Noun
from copydesk.desk.acting import readable
from copydesk.desk.parts import DECIDERS
from copydesk.desk.reviewing import Reviewing
from copydesk.errors import Conflict, CopydeskError, InputError, NotFound, Problem
from copydesk.review_queue import ReviewItem, State
from copydesk.storage import Store

AT_ONCE = 100
"""Items that one decision may be about."""

BulkAct = Literal["approve", "reject"]


class Selected(Noun):
    """An item, as it was read."""

    id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
    version: Annotated[int, Field(ge=1)]


class Decided(Noun):
    """What became of one item."""

    id: str
    done: bool
    state: State | None = None
    """The state after the act: an approved item may still need another signature."""
    version: int | None = None
    error: str | None = None
    """Why nothing was done: the `type` that the act alone would have answered with."""
    detail: str | None = None
    """The same in words."""


class Deciding:
    """Decides on each of the selected items as if it had been the only one."""

    def __init__(self, store: Store, reviewing: Reviewing) -> None:
        self._store = store
        self._reviewing = reviewing

    def decide(
        self,
        act: BulkAct,
        selected: Sequence[Selected],
        actor: Actor,
        reason: str | None = None,
        note: str | None = None,
    ) -> list[Decided]:
        """Approve or reject every item that this person may, and tell of each what was done.

        Each is an act of its own, with its own checks, signature and entry in the record: what one
        item refuses stops no other, and what is done stays done.

        Raises:
            InputError: nothing or too much is selected, or an item twice. Nothing was done.
            Conflict: different rules found something in the items. Nothing was done.
        """
        actor.brands(*DECIDERS)
        _must_be_a_selection(selected)
        _must_agree(self._read(selected, actor))
        return [self._decide(act, one, actor, reason, note) for one in selected]

    def undo(self, selected: Sequence[Selected], actor: Actor) -> list[Decided]:
        """Take back what the actor just decided on each of these, and tell of each what was done.

        Each is an act of its own, as `Reviewing.undo`, and within the time that it allows.

        Raises:
            InputError: nothing or too much is selected, or an item twice. Nothing was done.
        """
        actor.brands(*DECIDERS)
        _must_be_a_selection(selected)
        return [self._undo(one, actor) for one in selected]

    def groups(
        self, selected: Sequence[Selected], actor: Actor
    ) -> list[tuple[tuple[str, ...], list[ReviewItem]]]:
        """Return the items by what was found in them: each group can be decided on together."""
        found: dict[frozenset[str], list[ReviewItem]] = {}
        for item in self._read(selected, actor):
            found.setdefault(rules_of(item), []).append(item)
        return [(tuple(sorted(rules)), items) for rules, items in found.items()]

    def _undo(self, one: Selected, actor: Actor) -> Decided:
        try:
            item = self._reviewing.undo(one.id, actor, one.version)
        except CopydeskError as error:
            # As with `_decide`: what was done before must be told.
            return Decided(id=one.id, done=False, error=error.slug(), detail=error.message)
        return Decided(id=one.id, done=True, state=item.state, version=item.version)

    def _read(self, selected: Sequence[Selected], actor: Actor) -> list[ReviewItem]:
        """Return the items that the actor may see; of the others their own act will tell."""
        found = []
        with self._store.transaction() as tx:
            for one in selected:
                try:
                    found.append(readable(tx, one.id, actor))
                except NotFound:
                    continue
        return found

    def _decide(
        self, act: BulkAct, one: Selected, actor: Actor, reason: str | None, note: str | None
    ) -> Decided:
        try:
            if act == "approve":
                item = self._reviewing.approve(one.id, actor, one.version, note)
            else:
                item = self._reviewing.reject(one.id, actor, one.version, reason or "", note)
        except CopydeskError as error:
            # Also when the store is gone: what was done before must be told.
            return Decided(id=one.id, done=False, error=error.slug(), detail=error.message)
        return Decided(id=one.id, done=True, state=item.state, version=item.version)


def rules_of(item: ReviewItem) -> frozenset[str]:
    """Return the rules that found something in the item: what must be the same in a selection."""
    return frozenset(finding.rule for finding in item.checked.findings)


def _must_be_a_selection(selected: Sequence[Selected]) -> None:
    ids = [one.id for one in selected]
    twice = sorted({name for name in ids if ids.count(name) > 1})
    if not 0 < len(ids) <= AT_ONCE:
        raise InputError([Problem("items", str(len(ids)), f"select 1 to {AT_ONCE} items")])
    if twice:
        remedy = f"name every item once; named twice: {', '.join(twice)}"
        raise InputError([Problem("items", "", remedy)])


def _must_agree(items: Sequence[ReviewItem]) -> None:
    found: dict[frozenset[str], list[str]] = {}
    for item in items:
        found.setdefault(rules_of(item), []).append(item.id)
    if len(found) > 1:
        raise Conflict(
            "These items cannot be decided together, for different rules found something in them. "
            f"Nothing was done. Decide on each group by itself: {_groups(found)}."
        )


def _groups(found: dict[frozenset[str], list[str]]) -> str:
    return "; ".join(
        f"{', '.join(sorted(rules)) or 'nothing found'} in {', '.join(ids)}"
        for rules, ids in found.items()
    )
