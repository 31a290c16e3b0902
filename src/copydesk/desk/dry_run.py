"""What the rules of triggers would say of events, without keeping any."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from copydesk.briefs import Noun
from copydesk.publishing.triggers import Occurrence, Standing, TriggerBook


class Outlook(Noun):
    """What a pull of a campaign would get for a recipient."""

    recipient_key: str
    campaign: str
    audience: str | None = None
    withheld: str | None = None
    rule: str | None = None


class DryRun:
    """Hears events, and tells what they call."""

    def __init__(
        self,
        book: TriggerBook,
        key_of: Callable[[str], str],
        kept_key: Callable[[str], str] = str,
    ) -> None:
        self._book = book
        self._key_of = key_of
        self._kept_key = kept_key
        self._standings: dict[str, Standing] = {}
        self._seen: set[tuple[str, str]] = set()
        self._last: datetime | None = None
        self.unheard: dict[str, None] = {}
        """Kinds of event that no rule names, in the order of their first event."""

    def hear(self, event: Occurrence) -> None:
        """Hear an event; one that was heard changes nothing."""
        if event.heard_as not in self._book.kinds:
            self.unheard[event.kind] = None
            return
        if (event.source, event.event_id) in self._seen:
            return
        self._seen.add((event.source, event.event_id))
        key = self._key_of(event.recipient or "")
        if event.recipient_key is not None:
            key = self._kept_key(event.recipient_key)
        standing = self._standings.get(key, Standing(recipient_key=key))
        self._standings[key] = standing.hear(event)
        self._last = max(self._last or event.at, event.at)

    def outlook(self, after: timedelta, now: datetime) -> Iterator[Outlook]:
        """Yield what pulls would get so long after the last event, or `now` without any."""
        moment = (self._last or now) + after
        for key, standing in self._standings.items():
            for campaign, called in self._book.all_called(standing, moment):
                told = {"audience": called.audience, "withheld": called.withheld}
                yield Outlook(recipient_key=key, campaign=campaign, rule=called.rule, **told)
