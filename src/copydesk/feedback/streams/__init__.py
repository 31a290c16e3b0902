"""Events that come as a stream: read, stored, and only then done with."""

from copydesk.feedback.streams.ports import Message, Stream

__all__ = ["Message", "Stream"]
