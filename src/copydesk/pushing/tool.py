"""What every campaign tool is asked to do, and what it is handed."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple, Protocol

from copydesk.publishing.exporting import ExportRow


class Parcel(NamedTuple):
    """One approved copy on its way to a tool, or back."""

    name: str
    """Stable and unique: under this name it is found again in the tool."""
    campaign: str
    audience: str
    variant: str
    row: ExportRow | None
    """What is to be there; None to withdraw with nothing in its place."""
    recipient: str | None = None
    """The tool's own id of the one person it is for."""
    remote: str | None = None
    """What the tool calls it, where that is known."""
    since: datetime | None = None
    """It was not in the tool before."""

    @property
    def what(self) -> ExportRow:
        """What is to be there. Raises ValueError where nothing is."""
        if self.row is None:
            raise ValueError(f"{self.name}: there is nothing to put")
        return self.row


class Done(NamedTuple):
    """What was done in the tool."""

    remote: str | None
    said: str


class Tool(Protocol):
    """A campaign tool, through its documented API."""

    def put(self, parcel: Parcel) -> Done:
        """See to it that the copy is there, once, however often this is called.

        Raises Undelivered.
        """

    def withdraw(self, parcel: Parcel) -> Done:
        """See to it that what was put is gone, or replaced by the parcel's row.

        Raises Undelivered.
        """
