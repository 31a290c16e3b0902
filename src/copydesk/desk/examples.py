"""The brand's approved copy, as the store holds it, for prompts to learn from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import islice

from copydesk.generations import GenerationRequest
from copydesk.publishing import ApprovedCopy, Campaign
from copydesk.publishing.examples import Example, Lessons, nearest
from copydesk.publishing.likeness import Likeness, likeness
from copydesk.storage import Store, Transaction

CAMPAIGNS_MAX = 200
"""The newest campaigns of a brand are looked at, and no more."""
SENT_LEAST = 200
"""With fewer mails sent, a share of clicks tells more of chance than of the copy."""


class ApprovedExamples:
    """Finds what was approved for a brand, nearest to the brief of a request first."""

    def __init__(self, store: Store, embedding_model: str | None = None) -> None:
        self._store = store
        self._embedding_model = embedding_model

    @cached_property
    def like(self) -> Likeness:
        """How briefs are compared; a model is loaded when it is first asked for."""
        return likeness(self._embedding_model)

    def __call__(self, request: GenerationRequest) -> Lessons:
        """Return copy of the request's brand that a person signed, and that was not withdrawn."""
        with self._store.transaction() as tx:
            own = (one for one in tx.campaigns.all() if one.brand.name == request.brand.name)
            approved = [
                example for campaign in islice(own, CAMPAIGNS_MAX) for example in _of(tx, campaign)
            ]
        return nearest(request.brief, request.brand, approved, like=self.like)


def _of(tx: Transaction, campaign: Campaign) -> Iterator[Example]:
    events = tx.outcomes.count(campaign.id)
    for one in tx.library.served(campaign.id):
        if _teaches(one, campaign):
            clicked = _clicked(events.get(one.id, {}))
            yield Example(campaign.brand.name, campaign.brief, one.copy_, clicked)


def _teaches(one: ApprovedCopy, campaign: Campaign) -> bool:
    """Return whether a person signed it for many to read.

    What a policy let through was read by nobody, and a model would learn from models. Copy for one
    recipient, or for a sensitive audience, may say what only they should read.
    """
    audience = campaign.audiences.get(one.audience_id)
    signed = not one.approved_by.startswith("policy:")
    return signed and audience is not None and not (audience.recipient or audience.sensitive)


def _clicked(events: Mapping[str, int]) -> float | None:
    sent = max(events.get("delivered", 0), events.get("sent", 0))
    return events.get("click", 0) / sent if sent >= SENT_LEAST else None
