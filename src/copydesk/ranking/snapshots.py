"""Versions of what was learned: named by their content, judged on later sends, and taken back.

A version is promoted only where it tells sends that neither version saw better than the version in
use does. Nothing is ever deleted: taking back points to the version that was in use before.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal

import numpy as np
from pydantic import Field

from copydesk.briefs import Moment, Noun
from copydesk.errors import Conflict, NotFound
from copydesk.ranking.learning import Belief, Learned, Rate, Reading, Usual, learn, observation
from copydesk.ranking.sends import PastSend
from copydesk.ranking.trained import TrainedModel

LEAST_SENDS = 20
"""Later sends without which no version is promoted."""
SURE = 0.95
_RESAMPLES = 2_000


class Snapshot(Noun):
    """What was learned, by what it was learned from: from these it is made again, the same."""

    version: str
    """The first 16 figures of a SHA-256 over the other fields; content names it."""
    parents: tuple[str, ...] = ()
    through: Moment | None = None
    """The time of the last send learned from; None for what ships."""
    sends: int = Field(ge=0)
    sends_sha256: str
    belief_sha256: str
    model_sha256: str
    """Of the model that read the subjects."""


class Verdict(Noun):
    """How a version did on later sends beside the one in use. Less loss is better."""

    candidate: str
    beside: str
    sends: int
    loss: float | None = None
    loss_beside: float | None = None
    low: float | None = None
    """The least that the candidate gains a send, with 95 % probability; one-sided."""
    better: bool
    why: str


class Change(Noun):
    """A version put into use, or refused, or taken back."""

    act: Literal["promoted", "kept", "rolled back"]
    version: str
    at: Moment
    by: str = ""
    """Who had it done."""
    verdict: Verdict | None = None


class Versions(Noun):
    """All versions, and which is in use. Every change returns a new one."""

    snapshots: tuple[Snapshot, ...]
    changes: tuple[Change, ...] = ()
    line: tuple[str, ...]
    """The versions put into use one after another, and not taken back; the last is in use."""

    @property
    def active(self) -> Snapshot:
        """The version in use."""
        return self.named(self.line[-1])

    def named(self, version: str) -> Snapshot:
        """Return a version. Raises NotFound."""
        for snapshot in self.snapshots:
            if snapshot.version == version:
                return snapshot
        raise NotFound(f"no version {version}; there are {', '.join(self._names())}")

    def judged(self, snapshot: Snapshot, verdict: Verdict, at: datetime, by: str = "") -> Versions:
        """Return these with `snapshot`, in use if the verdict has it better.

        Raises Conflict where the verdict is of another version, or beside one not in use.
        """
        if (verdict.candidate, verdict.beside) != (snapshot.version, self.line[-1]):
            raise Conflict(
                f"the verdict is of {verdict.candidate} beside {verdict.beside},"
                f" not of {snapshot.version} beside {self.line[-1]}: judge it again"
            )
        known = snapshot.version in self._names()
        act: Literal["promoted", "kept"] = "promoted" if verdict.better else "kept"
        change = Change(act=act, version=snapshot.version, at=at, by=by, verdict=verdict)
        return self.model_copy(
            update={
                "snapshots": self.snapshots if known else (*self.snapshots, snapshot),
                "changes": (*self.changes, change),
                "line": (*self.line, snapshot.version) if verdict.better else self.line,
            }
        )

    def rolled_back(self, at: datetime, by: str = "") -> Versions:
        """Return these with the version before in use. Raises Conflict at the first."""
        if len(self.line) == 1:
            raise Conflict("nothing was promoted that could be rolled back")
        change = Change(act="rolled back", version=self.line[-2], at=at, by=by)
        return self.model_copy(update={"line": self.line[:-1], "changes": (*self.changes, change)})

    def _names(self) -> tuple[str, ...]:
        return tuple(snapshot.version for snapshot in self.snapshots)


def begun(belief: Belief | None = None, model: str | None = None) -> Versions:
    """Return the versions of a brand that has sent nothing: what ships is in use."""
    shipped = snapshot_of((), (), belief, model)
    return Versions(snapshots=(shipped,), line=(shipped.version,))


def snapshot_of(
    sends: Iterable[PastSend],
    parents: tuple[str, ...],
    belief: Belief | None = None,
    model: str | None = None,
) -> Snapshot:
    """Return the version that learning from `sends` makes; their order does not matter.

    `model` is the SHA-256 of the model that reads the subjects; of the shipped one if not said.
    """
    told = sorted(_line(send) for send in sends)
    through = max((json.loads(line)[0] for line in told), default=None)
    fields = {
        "parents": parents,
        "through": through,
        "sends": len(told),
        "sends_sha256": _sha256("\n".join(told)),
        "belief_sha256": _sha256(json.dumps(belief or Belief(), sort_keys=True)),
        "model_sha256": model or TrainedModel.load().card.sha256,
    }
    version = _sha256(json.dumps(fields, sort_keys=True))[:16]
    return Snapshot.model_validate({"version": version, **fields})


def made_again(
    snapshot: Snapshot,
    sends: Sequence[PastSend],
    *,
    reading: Reading | None = None,
    belief: Belief | None = None,
    model: str | None = None,
) -> Learned:
    """Return what a version learned. Raises Conflict where `sends` are not those it saw."""
    until = snapshot.through
    own = [send for send in sends if until is not None and send.sent_at <= until]
    if snapshot_of(own, snapshot.parents, belief, model) != snapshot:
        raise Conflict(
            f"version {snapshot.version} was made from {snapshot.sends} other sends,"
            " or with another belief or model"
        )
    return learn(own, reading=reading, belief=belief)


def judge(
    candidate: tuple[Snapshot, Learned],
    beside: tuple[Snapshot, Learned],
    sends: Sequence[PastSend],
    rate: Rate = "clicks",
) -> Verdict:
    """Return how two versions tell the sends that come after the data of both.

    Sends of one day are drawn together, for they share what happened that day.
    """
    names = {"candidate": candidate[0].version, "beside": beside[0].version}
    usual = beside[1].models[rate].usual
    ends = [made.through for made, _ in (candidate, beside) if made.through is not None]
    later = [
        send for send in sends
        if all(send.sent_at > end for end in ends) and observation(rate, send, usual)
    ]  # fmt: skip
    if len(later) < LEAST_SENDS:
        why = f"{len(later)} later sends tell too little: {LEAST_SENDS} are needed"
        return Verdict(**names, sends=len(later), better=False, why=why)
    mine, others = (
        np.array([loss(m, send, rate, usual) for send in later]) for _, m in (candidate, beside)
    )
    low = _least_gain(others - mine, [send.sent_at.toordinal() for send in later])
    better = low > 0
    told = f"{mine.mean():.4f} beside {others.mean():.4f} on {len(later)} later sends"
    why = f"loss {told}: {'better' if better else 'not shown to be better'}"
    return Verdict(
        **names, sends=len(later), better=better, why=why,
        loss=float(mine.mean()), loss_beside=float(others.mean()), low=low,
    )  # fmt: skip


def loss(learned: Learned, send: PastSend, rate: Rate, usual: Usual) -> float:
    """Return how far a version was from a send: minus the log density of its log-odds."""
    told = observation(rate, send, usual)
    if told is None:
        return 0.0
    predicted = learned.predict(send.subject, send.segment, rate)
    variance = predicted.spread**2 + told[1]
    return float(
        (np.log(2 * np.pi * variance) + (told[0] - predicted.log_odds) ** 2 / variance) / 2
    )


def _least_gain(gain: np.ndarray[tuple[int, ...], np.dtype[np.float64]], days: list[int]) -> float:
    at = np.unique(days, return_inverse=True)[1]
    total, number = np.bincount(at, gain), np.bincount(at)
    drawn = np.random.default_rng(0).integers(len(total), size=(_RESAMPLES, len(total)))
    means = total[drawn].sum(axis=1) / number[drawn].sum(axis=1)
    return float(np.quantile(means, 1 - SURE))


def _line(send: PastSend) -> str:
    rest = [getattr(send, name) for name in send.__slots__ if name != "sent_at"]
    return json.dumps([send.sent_at.isoformat(), *rest], ensure_ascii=False)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
