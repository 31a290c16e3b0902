"""What a pull is answered with, made once and sent by the route and by the fast lane alike."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import NamedTuple

from copydesk.briefs import Noun
from copydesk.publishing import Pulled, Source
from copydesk.publishing.annotations import Annotation
from copydesk.publishing.marks import HEADER, Mark
from copydesk.publishing.pull import FellBack
from copydesk.publishing.timing import FatigueTold, HoursTold


class PullAnswer(Noun):
    """Approved copy in the campaign tool's own merge tags; only the slots that were asked for."""

    subject: str | None = None
    preheader: str | None = None
    body: str | None = None
    variant_id: str
    """Report it back with outcomes."""
    approval_hash: str
    """Names the signature that this copy is served under."""
    mark: Mark
    """Where the copy came from, for machines: send it on with the e-mail, as a header."""
    annotations: tuple[Annotation, ...] | None = None
    """JSON-LD for the e-mail's head, where it was asked for: what Gmail shows beside a promotion.
    """
    source: Source
    """`approved`, or `fallback` when nothing approved fits this recipient."""
    withheld: tuple[str, ...] | None = None
    """Why this recipient gets the fallback, where it is for what they did: better send nothing."""
    best_hours: HoursTold | None = None
    """When they answer, where the campaign asks and their history tells."""
    fatigue: FatigueTold | None = None
    """How much they have had, likewise."""
    fallbacks: tuple[FellBack, ...] | None = None
    """Where fields were sent: those that the tag's fallback stands for, each with the reason."""


def seconds_left(until: datetime | None, most: int, now: datetime) -> int:
    """Return the seconds until then, at most so many and at least none."""
    return most if until is None else max(0, min(most, int((until - now).total_seconds())))


class Ready(NamedTuple):
    """An answer, ready to be sent."""

    body: bytes
    headers: dict[str, str]

    @property
    def tag(self) -> str:
        """Its ETag."""
        return self.headers["ETag"]


def answer_to(pulled: Pulled, max_age_s: int, now: datetime) -> Ready:
    """Return the answer, with headers that say for how long and by whom it may be kept.

    It is for no longer than `max_age_s`, nor beyond the end of an offer that it leans on.
    """
    max_age_s = seconds_left(pulled.good_until, max_age_s, now)
    texts = {slot.value: text for slot, text in pulled.texts.items()}
    answer = PullAnswer(
        **texts,
        variant_id=pulled.variant_id,
        approval_hash=pulled.approval_hash,
        source=pulled.source,
        mark=pulled.mark,
        annotations=pulled.annotations,
        withheld=pulled.personal or None,
        best_hours=pulled.best_hours,
        fatigue=pulled.fatigue,
        fallbacks=pulled.fallbacks,
    )
    body = answer.model_dump_json(exclude_none=True).encode()
    caching = "private, no-store" if pulled.individual else f"private, max-age={max_age_s}"
    headers = {
        "ETag": f'"{hashlib.sha256(body).hexdigest()[:32]}"',
        "Cache-Control": caching,
        "Vary": "Authorization",
        "X-Copydesk-Approval": pulled.approval_hash,
        HEADER: pulled.mark.source_type,
    }
    return Ready(body, headers)
