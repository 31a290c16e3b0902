"""What is remembered of a recipient: the latest event of each kind, by when it happened.

Whatever order events come in, and however often, the same is remembered: a later one takes the
place of an earlier one, and of two at the same moment the one whose id sorts last.
"""

from __future__ import annotations

from datetime import datetime

from copydesk.audiences import Audience, Consent, minimise
from copydesk.briefs import Moment, Noun
from copydesk.publishing.triggers.events import CONSENTED, OBJECTED, Occurrence


class Heard(Noun):
    """One event, as it is remembered."""

    at: Moment
    event_id: str
    consent: Consent = Consent.WITHHELD
    signals: dict[str, str] = {}
    """By name, the coarse value; none without consent."""

    @classmethod
    def of(cls, event: Occurrence) -> Heard:
        """Return what is kept of an event: nothing of it says who the recipient is."""
        audience = Audience(
            id="event",
            description="One event",
            signals=event.signals,
            consent=event.consent,
            fields={"id": event.recipient} if event.recipient else {},
        )
        used = minimise(audience).used
        signals = {signal.name: signal.value for signal in used}
        return cls(at=event.at, event_id=event.event_id, consent=event.consent, signals=signals)

    @property
    def order(self) -> tuple[datetime, str]:
        """What is later comes last."""
        return self.at, self.event_id


class Standing(Noun):
    """What is known of one recipient's doings."""

    recipient_key: str
    heard: dict[str, Heard] = {}
    """By kind, the latest."""

    def hear(self, event: Occurrence) -> Standing:
        """Return what is known with this event; the same where a later one of its kind was."""
        kind, new = event.heard_as, Heard.of(event)
        known = self.heard.get(kind)
        if known is not None and known.order >= new.order:
            return self
        return self.model_copy(update={"heard": {**self.heard, kind: new}})

    def since(self, oldest: datetime) -> Standing:
        """Return what is known without what is older; an objection stays however old it is."""
        lasting = {OBJECTED, CONSENTED}
        heard = {k: one for k, one in self.heard.items() if k in lasting or one.at >= oldest}
        return self if len(heard) == len(self.heard) else self.model_copy(update={"heard": heard})

    @property
    def latest(self) -> datetime | None:
        """When the last thing happened; None of a recipient whose objection stands, for good."""
        if OBJECTED in self.heard or not self.heard:
            return None
        return max(one.at for one in self.heard.values())

    @property
    def objects(self) -> bool:
        """Whether an objection stands."""
        objected, consented = self.heard.get(OBJECTED), self.heard.get(CONSENTED)
        if objected is None:
            return False
        return consented is None or consented.at <= objected.at
