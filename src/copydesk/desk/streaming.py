"""Events from a stream: stored first, then done with; what is no event is set aside and told."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from typing import NamedTuple

from copydesk import documents
from copydesk.desk.parts import Clock
from copydesk.desk.triggering import AHEAD, Triggering
from copydesk.errors import InputError, StoreUnavailable
from copydesk.feedback.streams import Message, Stream
from copydesk.publishing.triggers import Occurrence

log = logging.getLogger(__name__)

WAIT_S, WAIT_MOST_S = 0.5, 30.0


class Refused(NamedTuple):
    """A message that is no event, and why."""

    message: Message
    why: str


class Streamed(NamedTuple):
    """How much was read."""

    read: int = 0
    new: int = 0
    refused: int = 0

    def plus(self, read: int, new: int, refused: int) -> Streamed:
        """Return both together."""
        return Streamed(self.read + read, self.new + new, self.refused + refused)


class Streaming:
    """Feeds triggers from a stream, at least once: events count once, so more does no harm."""

    def __init__(
        self,
        stream: Stream,
        triggering: Triggering,
        clock: Clock,
        set_aside: Callable[[Refused], None],
    ) -> None:
        self._stream = stream
        self._triggering = triggering
        self._clock = clock
        self._set_aside = set_aside
        self._stopping = threading.Event()

    def stop(self) -> None:
        """End after what is under way."""
        self._stopping.set()

    def run(self, *, to_the_end: bool = False) -> Streamed:
        """Read until it is stopped, or with `to_the_end` until there is no more.

        Raises StreamLost. A store that is gone is waited for: nothing is done with meanwhile.
        """
        total = Streamed()
        while not self._stopping.is_set():
            messages = self._stream.read()
            if messages:
                total = total.plus(len(messages), *self._handle(messages))
            elif to_the_end and self._stream.is_at_end:
                break
        return total

    def _handle(self, messages: Sequence[Message]) -> tuple[int, int]:
        """Store what the messages hold; return how much was new, and how many were refused."""
        found = [self._event_in(message) for message in messages]
        refused = [one for one in found if isinstance(one, Refused)]
        new = self._take([one for one in found if isinstance(one, Occurrence)])
        if new is None:
            return 0, 0
        for one in refused:
            log.warning("stream.refused: %s: %s", one.message.place, one.why)
            self._set_aside(one)
        self._stream.done(messages)
        return new, len(refused)

    def _take(self, events: Sequence[Occurrence]) -> int | None:
        """Return how many were new, once they are stored; None when stopped before."""
        wait_s = WAIT_S
        while True:
            try:
                return self._triggering.take(events).new
            except StoreUnavailable as error:
                log.warning("stream.waits: %s", error.message)
                if self._stopping.wait(wait_s):
                    return None
                wait_s = min(2 * wait_s, WAIT_MOST_S)

    def _event_in(self, message: Message) -> Occurrence | Refused:
        try:
            text = message.value.decode("utf-8")
            event = documents.parse_json_line(text, Occurrence, message.place, message.offset)
        except UnicodeDecodeError as error:
            return Refused(message, f"write UTF-8 ({error.reason})")
        except InputError as error:
            return Refused(message, error.message)
        if event.at > self._clock() + AHEAD:
            return Refused(message, f"at: {event.at} is still to come")
        return event
