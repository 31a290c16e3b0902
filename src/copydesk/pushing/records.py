"""What was pushed where, by whom, and how it stands: kept until nothing of ours is there."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from copydesk.briefs import Noun


class Task(StrEnum):
    """What is to be done in the tool."""

    PUT = "put"
    """The copy is to be there as it is approved."""
    WITHDRAW = "withdraw"
    """It holds no more: it is to be gone, or replaced by the fallback."""


class PushState(StrEnum):
    """How far that is."""

    WAITING = "waiting"
    SENDING = "sending"
    DONE = "done"
    FAILED = "failed"
    """Given up: what the tool said is in `trouble`. Pushing again tries it again."""
    VOID = "void"
    """It held no more before it was put there: nothing was sent."""


class Push(Noun):
    """What somebody asked to be pushed."""

    id: str
    campaign: str
    brand: str
    target: str
    """As the file of targets names it."""
    tool: str
    asked_by: str
    asked_at: datetime
    places: tuple[str, ...]
    """Ids of what it is made of, in the order of an export."""
    left_out: tuple[str, ...] = ()
    """What is approved and was not pushed, each with the reason."""


class Pushed(Noun):
    """One approved copy's place in a tool: one for each, however often it is pushed."""

    id: str
    target: str
    tool: str
    campaign: str
    brand: str
    audience: str
    variant: str
    push: str
    """The newest push that it is part of."""
    approval_hash: str
    """Of what is to be there, or was."""
    task: Task = Task.PUT
    state: PushState = PushState.WAITING
    remote: str | None = None
    """What the tool calls it, from the first time that it was there."""
    said: str = ""
    """What was done, in words."""
    trouble: str | None = None
    """Why the last try failed."""
    version: int = 1
    tries: int = 0
    made_at: datetime
    next_at: datetime
    """Not before; while it is being sent, until when nobody else tries."""
    give_up_at: datetime
    done_at: datetime | None = None

    @property
    def try_id(self) -> str:
        """Name of the next try: another one after each, and after each change of the task."""
        return f"{self.id}.{self.version}"

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done."""
        return self.state in {PushState.WAITING, PushState.SENDING}

    @property
    def told(self) -> str:
        """How it stands, in a word or two."""
        if self.state is PushState.DONE:
            return "pushed" if self.task is Task.PUT else "withdrawn"
        if self.state is PushState.FAILED:
            return "failed" if self.task is Task.PUT else "not withdrawn"
        if self.state is PushState.VOID:
            return "void"
        return "under way" if self.task is Task.PUT else "being withdrawn"


OPEN = (PushState.WAITING, PushState.SENDING)


def place_id(target: str, campaign: str, audience: str, variant: str) -> str:
    """Return the id of a copy's place in a tool: the same for every push of it."""
    what = f"{target}\x00{campaign}\x00{audience}\x00{variant}"
    return "pls_" + hashlib.sha256(what.encode()).hexdigest()[:24]


class Pushes(Protocol):
    """Pushes, and the places that they fill."""

    def add(self, push: Push) -> None:
        """Store a new push."""

    def get(self, push_id: str) -> Push:
        """Return the push. Raises NotFound."""

    def of_campaign(self, campaign_id: str, limit: int = 20) -> Sequence[Push]:
        """Return the campaign's newest pushes, newest first."""

    def put(self, pushed: Pushed) -> bool:
        """Store a new place unless its id is there; return whether it was new."""

    def save(self, pushed: Pushed, expected_version: int) -> None:
        """Replace the place if it is stored at `expected_version`, else raise StaleVersion."""

    def places(self, ids: Collection[str]) -> Sequence[Pushed]:
        """Return the places with these ids, in the order of ids."""

    def places_of(self, campaign_id: str) -> Sequence[Pushed]:
        """Return every place of the campaign, by target, audience and variant."""

    def due(self, now: datetime, limit: int) -> Sequence[Pushed]:
        """Return what is to be tried now, the longest due first."""

    def standing(self, after: str = "", limit: int = 100) -> Sequence[str]:
        """Return campaigns of which something is in a tool, by id, from after `after` on."""
