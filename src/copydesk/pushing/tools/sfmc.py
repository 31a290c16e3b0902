"""Salesforce Marketing Cloud, https://developer.salesforce.com/docs/marketing/marketing-cloud/.

A row of a data extension for each copy, by `POST /hub/v1/dataevents/key:{key}/rowset`, which
updates the row with this primary key or inserts it, at once. Tokens come from `POST /v2/token` and
last twenty minutes. The data extension needs the primary key `CopyKey`, the columns of `_of` and
`_values`, and `State`.
"""

from __future__ import annotations

import threading
import time
from typing import Any

from copydesk.errors import Undelivered
from copydesk.notifications.addresses import Resolve, resolve
from copydesk.publishing.exporting import ExportRow
from copydesk.pushing.rest import Rest, found
from copydesk.pushing.targets import SfmcTarget
from copydesk.pushing.tool import Done, Parcel

EARLY_S = 60
"""A token is used no more so long before it ends."""


class SfmcTool:
    """Rows of a data extension. `secret` is the client secret of an installed package."""

    def __init__(self, target: SfmcTarget, secret: str, resolver: Resolve = resolve) -> None:
        self._target = target
        self._secret = secret
        self._door = Rest(target.door, {}, (secret,), resolver)
        self._api = Rest(target, {}, (secret,), resolver)
        self._lock = threading.Lock()
        self._token, self._until = "", 0.0

    def put(self, parcel: Parcel) -> Done:
        """Update or insert the row."""
        return self._upsert(parcel, parcel.row, "approved")

    def withdraw(self, parcel: Parcel) -> Done:
        """Replace the row's texts by the fallback's, or by none, and say so in `State`."""
        return self._upsert(parcel, parcel.row, "withdrawn" if parcel.row is None else "fallback")

    def _upsert(self, parcel: Parcel, row: ExportRow | None, state: str) -> Done:
        keys = {"CopyKey": parcel.name}
        rows = [{"keys": keys, "values": {**_of(parcel), **_values(row), "State": state}}]
        path = f"/hub/v1/dataevents/key:{self._target.data_extension}/rowset"
        headers = {"authorization": f"Bearer {self._bearer()}"}
        try:
            self._api.call("POST", path, body=rows, headers=headers)
        except Undelivered:
            self._until = 0.0  # it may be the token
            raise
        return Done(parcel.name, f"row {parcel.name}: {state}")

    def _bearer(self) -> str:
        with self._lock:
            if time.monotonic() >= self._until:
                self._fetch()
            return self._token

    def _fetch(self) -> None:
        asked: dict[str, Any] = {
            "grant_type": "client_credentials",
            "client_id": self._target.client_id,
            "client_secret": self._secret,
        }
        if self._target.account_id is not None:
            asked["account_id"] = self._target.account_id
        answer = self._door.call("POST", "/v2/token", body=asked)
        self._token = str(found(answer, "access_token"))
        self._until = time.monotonic() + float(found(answer, "expires_in")) - EARLY_S


def _of(parcel: Parcel) -> dict[str, str]:
    return {
        "Campaign": parcel.campaign,
        "Audience": parcel.audience,
        "Variant": parcel.variant,
        "SubscriberKey": parcel.recipient or "",
    }


def _values(row: ExportRow | None) -> dict[str, str]:
    """Return the columns; empty ones where there is nothing to put."""
    until = row.not_after.isoformat() if row and row.not_after else ""
    return {
        "Subject": row.subject if row else "",
        "Preheader": row.preheader if row else "",
        "Body": row.body if row else "",
        "ApprovalHash": row.approval_hash if row else "",
        "SourceType": row.mark.source_type if row else "",
        "NotAfter": until,
    }
