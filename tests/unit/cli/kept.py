"""A database with approved copy, for commands that take it out."""

from __future__ import annotations

from pathlib import Path

from copydesk.bootstrap import utc_now
from copydesk.publishing import approval_hash
from copydesk.review_queue import Policy
from copydesk.storage.build import open_store
from tests.contract.nouns import a_campaign, an_approved
from tests.factories import a_brief, a_copy


def a_database(folder: Path, *names: str) -> str:
    """Keep the campaign `spring` with copy approved under these names; return the address."""
    url = f"sqlite:///{folder / 'copydesk.db'}"
    campaign = a_campaign(brief=a_brief(offer=None), updated_at=utc_now())
    audience = campaign.audiences["lapsed-runners"]
    bound = (a_copy(), campaign.brief, campaign.brand, audience, Policy.load().sha256)
    store = open_store(url)
    with store.transaction() as tx:
        tx.campaigns.add(campaign)
        for name in names:
            tx.library.add(an_approved(name, approval_hash=approval_hash(*bound)))
    store.close()
    return url
