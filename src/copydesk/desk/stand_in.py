"""What stands in when the store is down: the fallback as it was last known."""

from __future__ import annotations

from copydesk.brand_voice import Brands
from copydesk.desk.shelves import Shelves
from copydesk.publishing import Choice, PullQuery, Source
from copydesk.storage import Store
from copydesk.storage.watched import Changing

WHY = "the store cannot be reached"


class StandIn:
    """Chooses without the store. What may have been recalled meanwhile is not chosen."""

    def __init__(self, store: Store, shelves: Shelves) -> None:
        self._counted: Changing | None = store if isinstance(store, Changing) else None
        self._shelves = shelves

    @property
    def is_lost(self) -> bool:
        """Whether nobody can tell what is approved now."""
        return self._counted is not None and self._counted.is_lost

    def choose(self, query: PullQuery, brands: Brands) -> Choice | None:
        """Return the campaign's fallback, or None where none is known to hold.

        One that leans on the offer is not chosen: the offer may have been changed where this
        process cannot see it.
        """
        shelf = self._shelves.last_known(query.campaign)
        if shelf is None or shelf.campaign.brand.name not in brands:
            return None
        if shelf.fallback is None or shelf.fallback_leans_on_offer:
            return None
        return Choice(shelf.fallback, Source.FALLBACK, None, (WHY,))
