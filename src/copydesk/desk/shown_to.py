"""Who of some people was sent what of a campaign, by its outcomes: for the report of fairness."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from copydesk.briefs import Offer, OfferKind
from copydesk.desk.past_sends import approved_of, outcomes_of
from copydesk.feedback.past import ARRIVES
from copydesk.ranking.fairness import Shown
from copydesk.ranking.shown import NOTHING
from copydesk.storage import Store


def shown_to(
    store: Store, campaign_id: str, groups: Mapping[str, str], score: Callable[[str], float]
) -> Iterator[Shown]:
    """Yield what each recipient was sent of a campaign; `groups` are by recipient key.

    Those to whom nothing was sent count among their group. `score` gives the score of a subject.
    Raises NotFound where there is no such campaign.
    """
    with store.transaction() as tx:
        campaign = tx.campaigns.get(campaign_id)
    offer = f"{campaign_id}: {_told(campaign.brief.offer)}"
    sent = {
        outcome.recipient_key: outcome.variant_id
        for outcome in outcomes_of(store, campaign_id)
        if outcome.kind in ARRIVES
    }
    copies = approved_of(store, campaign)
    for key, group in groups.items():
        if key not in sent:
            yield Shown(group, NOTHING, NOTHING)
            continue
        variant = sent[key] or ""
        known = copies.get(variant)
        subject = known.copy_.subject.render().strip() if known else ""
        name = f"{variant or 'not known'} {subject}".strip()
        yield Shown(group, offer, name, score(subject) if subject else None)


def _told(offer: Offer | None) -> str:
    if offer is None or offer.kind is OfferKind.NONE:
        return "no offer"
    value = "" if offer.value is None else f" {offer.value:g}"
    return f"{offer.kind.value.replace('_', ' ')}{value}"
