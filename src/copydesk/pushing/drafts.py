"""Tools that hold copy as something with a name, which a person sends: a campaign, an e-mail."""

from __future__ import annotations

from abc import ABC, abstractmethod

from copydesk.errors import Undelivered
from copydesk.publishing.exporting import ExportRow
from copydesk.pushing.rest import Missing
from copydesk.pushing.tool import Done, Parcel


class DraftsTool(ABC):
    """Makes one thing for each copy, and finds it again, so that it is there once."""

    thing: str
    """What the tool calls it."""

    def put(self, parcel: Parcel) -> Done:
        """Create or update the thing, or the record of the one person it is for."""
        if parcel.recipient is not None:
            return self._personal(parcel.recipient, parcel.what, "set")
        remote = parcel.remote or self._found(parcel)
        if remote is not None:
            try:
                return self._update(remote, parcel)
            except Missing:
                pass  # somebody deleted it there: it is made again
        return self._make(parcel)

    def withdraw(self, parcel: Parcel) -> Done:
        """Replace the thing's content by the fallback's, or take it away."""
        if parcel.recipient is not None:
            return self._personal(parcel.recipient, parcel.row, "replaced")
        remote = parcel.remote or self._found(parcel)
        if remote is None:
            return Done(None, f"no such {self.thing} is there")
        try:
            return self._take_back(remote, parcel)
        except Missing:
            return Done(None, f"{self.thing} {remote} was gone already")

    def _take_back(self, remote: str, parcel: Parcel) -> Done:
        if parcel.row is not None:
            return self._update(remote, parcel)
        return self._delete(remote)

    @abstractmethod
    def _found(self, parcel: Parcel) -> str | None:
        """Return what the tool calls the copy, if it is there."""

    @abstractmethod
    def _make(self, parcel: Parcel) -> Done: ...

    @abstractmethod
    def _update(self, remote: str, parcel: Parcel) -> Done:
        """Put the parcel's texts into what is there. Raises Missing."""

    @abstractmethod
    def _delete(self, remote: str) -> Done:
        """Take it away, or see to it that nobody is sent it. Raises Missing."""

    def _personal(self, recipient: str, row: ExportRow | None, said: str) -> Done:
        """Put the texts into the record of one person; empty ones where there is no row."""
        del row, said
        told = f"This tool holds no copy for one person, as for {recipient}: name an audience."
        raise Undelivered(told, for_good=True)


def properties(row: ExportRow | None) -> dict[str, str]:
    """Return what a person's record is to hold; empty texts where there is nothing to put."""
    return {
        "copydesk_subject": row.subject if row else "",
        "copydesk_preheader": row.preheader if row else "",
        "copydesk_body": row.body if row else "",
        "copydesk_variant": row.variant_id if row else "",
        "copydesk_approval": row.approval_hash if row else "",
    }
