"""Which segments have earned to leave review, told from what people decided on their copy.

Nothing is kept but one entry for each copy: the standing of a segment is worked out from its
entries whenever it is asked for. So it cannot disagree with the decisions, and a restart, another
process or another policy changes nothing about it.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from typing import Annotated, NamedTuple

from pydantic import Field

from copydesk.briefs import UNQUOTED, Noun
from copydesk.review_queue.betting import Capital, Drift, evidence_of_more, lower_bound
from copydesk.review_queue.items import ReviewItem, State

NOT_AS_WRITTEN = frozenset({"edit", "approve_with_edit", "request_changes"})
"""Acts by which a reader says that the copy is not good as it was written."""

Share = Annotated[float, Field(gt=0, lt=1), UNQUOTED]


class Terms(Noun):
    """On what terms a segment leaves review, and goes back to it."""

    bar: Annotated[float, Field(ge=0.5, lt=1), UNQUOTED]
    """Share approved as written, by another than the author, that a segment must be above."""
    alpha: Annotated[float, Field(gt=0, le=0.2), UNQUOTED] = 0.05
    """Highest chance that a segment which is not above the bar is ever let out."""
    audit: Annotated[float, Field(gt=0, le=1), UNQUOTED] = 0.1
    """Share of its copies that a person reads all the same, drawn by a keyed hash; never none."""
    audits_waiting: Annotated[int, Field(ge=1), UNQUOTED] = 20
    """With more audits undecided than this, all of its copy goes to review until they are read."""
    steady: Annotated[float, Field(ge=20), UNQUOTED] = 500
    """Audited requests between false alarms of drift, on average, of a segment at the bar."""
    complaints: Share = 0.001
    """Complaints for each mail delivered that are borne."""


class Segment(NamedTuple):
    """Whose copy is trusted or not: a brand's, of one kind, for one audience."""

    brand: str
    kind: str
    audience: str

    def __str__(self) -> str:
        return "/".join(self)


class Result(StrEnum):
    """What became of a copy at its first reading."""

    WAITING = "waiting"
    APPROVED = "approved"
    """As it was written, by a person who is not its author."""
    EDITED = "edited"
    REJECTED = "rejected"
    RELEASED = "released"
    """By trust: nobody read it."""
    RETURNED = "returned"
    """No copy: the segment was sent back to review at this moment, for the reason in `barred`."""


class TrustEntry(Noun):
    """One copy, as far as trust is concerned."""

    id: str
    """Of the review item; of the variant where trust released it."""
    brand: str
    kind: str
    audience: str
    campaign: str
    generation_id: str
    variant_id: str
    rule: str
    """The policy's rule that sent it to a person."""
    barred: str | None = None
    """Why no trust may ever apply to it, or None. What is barred proves nothing either."""
    audit: bool = False
    result: Result = Result.WAITING
    created_at: datetime
    decided_at: datetime | None = None

    @property
    def segment(self) -> Segment:
        """Whose copy it is."""
        return Segment(self.brand, self.kind, self.audience)

    def after(self, item: ReviewItem) -> TrustEntry:
        """Return the entry as the decisions on its item have it."""
        result, at = first_reading(item)
        return self.model_copy(update={"result": result, "decided_at": at})


def first_reading(item: ReviewItem) -> tuple[Result, datetime | None]:
    """Return what came of the item as it was written, and when that was decided.

    Only a person's approval of the very copy that was written is one; the table of moves keeps
    authors from giving it. Whoever asks for changes has not approved it, whatever comes of that. A
    rejection counts as one also after an edit.
    """
    edited = next((one.at for one in item.decisions if one.act in NOT_AS_WRITTEN), None)
    last = item.decisions[-1].at if item.decisions else None
    if item.state is State.REJECTED:
        return Result.REJECTED, last
    if edited is not None or item.copy_now != item.variant.copy_:
        return Result.EDITED, edited or last
    if item.state is State.APPROVED:
        return Result.APPROVED, last
    return Result.WAITING, None


class Phase(StrEnum):
    """Whether a person reads a segment's copy."""

    REVIEW = "review"
    """A person reads all of it."""
    TRUSTED = "trusted"
    """A person reads a sample."""
    RESTING = "resting"
    """It has earned trust, and too many of the sample wait: a person reads all of it."""


class Standing(Noun):
    """How a segment stands under the terms of a policy."""

    segment: str
    """As `BRAND/KIND/AUDIENCE`."""
    brand: str
    kind: str
    audience: str
    phase: Phase = Phase.REVIEW
    since: datetime | None = None
    """When what counts now began: the last time that it was sent back."""
    requests: int = 0
    """Requests that count towards the bar."""
    read: int = 0
    """Copies among them that a person decided on."""
    approved: int = 0
    """Those approved as they were written."""
    evidence: float = 1.0
    """What bets on being above the bar have made of 1; trust is earned at 1/alpha."""
    bound: float = 0.0
    """First-pass approval is above this, whenever one looks, but for a chance of alpha."""
    released: int = 0
    """Copies that nobody read, since."""
    audits: int = 0
    """Audits decided, since trust was earned."""
    audits_waiting: int = 0
    drift: float = 1.0
    """What bets on having fallen below the bar are worth; the alarm is at `steady`."""
    delivered: int = 0
    complaints: int = 0
    complaint_evidence: float = 1.0
    """What bets on too many complaints have made of 1; they are too many at 1/alpha."""
    returned_because: str | None = None
    """Why it was sent back last."""


def standing(
    segment: Segment,
    entries: Iterable[TrustEntry],
    terms: Terms,
    rules: Collection[str],
) -> Standing:
    """Return how a segment stands by its entries; `rules` are those that trust may apply to.

    A copy that waits counts as not approved while the segment is in review, so deciding on the
    good ones first gains nothing. `with_reports` adds what was let out, and complaints about it.
    """
    return _folded(entries, terms, rules).told(segment)


def phase(entries: Iterable[TrustEntry], terms: Terms, rules: Collection[str]) -> Phase:
    """Return the phase that `standing` would tell, without the work of its figures."""
    return _folded(entries, terms, rules).phase


def with_reports(
    now: Standing, reports: Mapping[str, int], terms: Terms, released: int = 0
) -> Standing:
    """Return the standing with what recipients reported, by kind, and what nobody read."""
    delivered = max(reports.get("delivered", 0), reports.get("sent", 0))
    complaints = reports.get("complaint", 0)
    evidence = evidence_of_more(complaints, delivered, terms.complaints)
    update: dict[str, object] = {
        "delivered": delivered,
        "complaints": complaints,
        "complaint_evidence": evidence,
        "released": released,
    }
    if evidence >= 1 / terms.alpha:
        update["phase"] = Phase.REVIEW
        update["returned_because"] = too_many(delivered, complaints, terms)
    return now.model_copy(update=update)


def too_many(delivered: int, complaints: int, terms: Terms) -> str:
    """Return in words that there are more complaints than the terms bear."""
    return (
        f"{complaints} complaints about {max(delivered, complaints)} mails are more than the "
        f"{terms.complaints:g} of each that the policy bears."
    )


def drawn(secret: bytes, item_id: str, rate: float) -> bool:
    """Return whether this copy is audited: by a keyed hash, so it can be repeated, not steered."""
    digest = hmac.new(secret, b"trust audit\x00" + item_id.encode(), hashlib.sha256).digest()
    return int.from_bytes(digest[:8]) < rate * 2**64


def _folded(entries: Iterable[TrustEntry], terms: Terms, rules: Collection[str]) -> _Fold:
    fold = _Fold(terms)
    counted = [one for one in entries if one.result is Result.RETURNED or _counts(one, rules)]
    for event in sorted(_requests(counted), key=lambda event: (event[0].created_at, event[0].id)):
        fold.take(event)
    return fold


def _counts(entry: TrustEntry, rules: Collection[str]) -> bool:
    was_read = entry.result is not Result.RELEASED
    return was_read and entry.barred is None and entry.rule in rules


def _requests(entries: Sequence[TrustEntry]) -> list[list[TrustEntry]]:
    """Return the entries of each request together, a return by itself, each oldest first."""

    def request(entry: TrustEntry) -> str:
        return entry.id if entry.result is Result.RETURNED else entry.generation_id

    def age(entry: TrustEntry) -> tuple[str, datetime, str]:
        return request(entry), entry.created_at, entry.id

    return [list(group) for _, group in groupby(sorted(entries, key=age), key=request)]


class _Fold:
    """Takes the requests of a segment in the order in which they came."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._because: str | None = None
        self._restart(None)

    def _restart(self, since: datetime | None) -> None:
        self._since = since
        self._capital = Capital(self._terms.bar)
        self._drift: Drift | None = None
        self._shares: list[float] = []
        self._counted: list[list[TrustEntry]] = []
        self._waiting = self._audits = 0

    def take(self, event: list[TrustEntry]) -> None:
        first = event[0]
        if self._since is not None and first.created_at <= self._since:
            return
        if first.result is Result.RETURNED:
            self._send_back(first.created_at, first.barred or "")
            return
        if self._drift is None:
            self._earn(event)
        else:
            self._watch(self._drift, event)

    def _earn(self, read: list[TrustEntry]) -> None:
        share = _number(read, _approved) / len(read)
        self._shares.append(share)
        self._counted.append(read)
        self._capital.add(share)
        if self._capital.worth >= 1 / self._terms.alpha:
            self._drift = Drift(self._terms.bar)

    def _watch(self, drift: Drift, read: list[TrustEntry]) -> None:
        decided = [one for one in read if one.decided_at is not None]
        self._waiting += _number(read, lambda one: one.audit and one.decided_at is None)
        self._audits += _number(decided, lambda one: one.audit)
        if not decided:
            return
        at = max(one.decided_at for one in decided if one.decided_at is not None)
        rejected = [one.id for one in decided if one.result is Result.REJECTED]
        drift.add(_number(decided, _approved) / len(decided))
        if rejected:
            self._send_back(at, f"{', '.join(rejected)} was rejected.")
        elif drift.worth >= self._terms.steady:
            why = f"approval of what was audited drifted below {self._terms.bar:g}."
            self._send_back(at, f"By {at:%Y-%m-%d %H:%M %Z} {why}")

    def _send_back(self, at: datetime, because: str) -> None:
        self._because = because
        self._restart(at)

    def told(self, segment: Segment) -> Standing:
        shares, counted = self._shares, self._counted
        while self._drift is None and counted and not any(one.decided_at for one in counted[-1]):
            shares, counted = shares[:-1], counted[:-1]  # nobody has come to these yet
        capital = Capital(self._terms.bar)
        for share in shares:
            capital.add(share)
        copies = [one for request in counted for one in request]
        return Standing(
            segment=str(segment),
            **segment._asdict(),
            phase=self.phase,
            since=self._since,
            requests=len(shares),
            read=_number(copies, lambda one: one.decided_at is not None),
            approved=_number(copies, _approved),
            evidence=capital.worth,
            bound=lower_bound(shares, self._terms.alpha),
            audits=self._audits,
            audits_waiting=self._waiting,
            drift=self._drift.worth if self._drift is not None else 1.0,
            returned_because=self._because,
        )

    @property
    def phase(self) -> Phase:
        if self._drift is None:
            return Phase.REVIEW
        return Phase.RESTING if self._waiting > self._terms.audits_waiting else Phase.TRUSTED


def _approved(entry: TrustEntry) -> bool:
    return entry.result is Result.APPROVED


def _number(entries: Iterable[TrustEntry], fits: Callable[[TrustEntry], bool]) -> int:
    return sum(1 for entry in entries if fits(entry))
