"""What the outcomes of an individual tell of them, as signals of a prompt."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from copydesk.audiences import Consent
from copydesk.desk.keeping_time import KeepingTime
from copydesk.errors import NotFound
from copydesk.generations import GenerationRequest
from copydesk.publishing import Campaign
from copydesk.publishing.timing import Timed
from copydesk.storage import Store

FATIGUE, DAYPART = "fatigue", "best_daypart"
HAD = {"normal": "usual", "lower": "much", "withhold": "much"}
"""By level of fatigue, how much mail somebody had: of little mail it tells nothing."""


class HistorySignals:
    """Knows an individual's hours and fatigue, where their campaign asks for them.

    Of who did not consent, or objected, nothing is read.
    """

    def __init__(self, store: Store, timing: KeepingTime, key_of: Callable[[str], str]) -> None:
        """`key_of` returns the key under which outcomes of a recipient are kept."""
        self._store = store
        self._timing = timing
        self._key_of = key_of

    def __call__(self, request: GenerationRequest) -> Mapping[str, str]:
        """Return values of signals by name; none where too little is known. It reads the store."""
        audience = request.audience
        if audience.recipient is None or audience.consent is not Consent.GIVEN:
            return {}
        key = self._key_of(audience.recipient)
        campaign = self._campaign(request.campaign, key)
        return {} if campaign is None else _signals(self._timing.of(campaign, key))

    def _campaign(self, campaign_id: str | None, key: str) -> Campaign | None:
        if campaign_id is None:
            return None
        with self._store.transaction() as tx:
            said = tx.objections.find(key)
            if said is not None and said.stands:
                return None
            try:
                return tx.campaigns.get(campaign_id)
            except NotFound:
                return None


def _signals(timed: Timed) -> dict[str, str]:
    found = {}
    if timed.fatigue is not None and timed.fatigue.level in HAD:
        found[FATIGUE] = HAD[timed.fatigue.level]
    if timed.best_hours is not None:
        found[DAYPART] = timed.best_hours.best[0].daypart
    return found
