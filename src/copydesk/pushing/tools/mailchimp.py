"""Mailchimp, https://mailchimp.com/developer/marketing/api/campaigns/.

A campaign in draft for each copy: `POST /3.0/campaigns`, `PATCH /3.0/campaigns/{id}`, and
`PUT /3.0/campaigns/{id}/content`; found again by its title among the drafts made since. At most ten
requests at once are allowed.
"""

from __future__ import annotations

import base64
from typing import Any

from copydesk.notifications.addresses import Resolve, resolve
from copydesk.publishing.exporting import ExportRow
from copydesk.pushing.drafts import DraftsTool
from copydesk.pushing.mail import page_of
from copydesk.pushing.rest import Rest, found, id_in
from copydesk.pushing.targets import MailchimpTarget
from copydesk.pushing.tool import Done, Parcel

CAMPAIGNS = "/3.0/campaigns"
PAGE = 1_000
FIELDS = "campaigns.id,campaigns.settings.title"


class MailchimpTool(DraftsTool):
    """Campaigns in draft. `key` is an API key."""

    thing = "campaign"

    def __init__(self, target: MailchimpTarget, key: str, resolver: Resolve = resolve) -> None:
        self._target = target
        basic = base64.b64encode(f"copydesk:{key}".encode()).decode()
        self._api = Rest(target, {"authorization": f"Basic {basic}"}, (key, basic), resolver)

    def _make(self, parcel: Parcel) -> Done:
        made: dict[str, Any] = {"type": "regular", "settings": self._settings(parcel)}
        if self._target.list_id is not None:
            made["recipients"] = {"list_id": self._target.list_id}
        remote = id_in(self._api.call("POST", CAMPAIGNS, body=made), "id")
        self._fill(remote, parcel.what)
        return Done(remote, f"campaign {remote} drafted")

    def _delete(self, remote: str) -> Done:
        self._api.call("DELETE", f"{CAMPAIGNS}/{remote}")
        return Done(None, f"campaign {remote} deleted")

    def _settings(self, parcel: Parcel) -> dict[str, str]:
        row = parcel.what
        sender = {"from_name": self._target.from_name, "reply_to": self._target.reply_to}
        texts = {"subject_line": row.subject, "preview_text": row.preheader, "title": parcel.name}
        return texts | {name: value for name, value in sender.items() if value is not None}

    def _update(self, remote: str, parcel: Parcel) -> Done:
        changed = {"settings": self._settings(parcel)}
        self._api.call("PATCH", f"{CAMPAIGNS}/{remote}", body=changed)
        self._fill(remote, parcel.what)
        return Done(remote, f"campaign {remote} updated")

    def _fill(self, remote: str, row: ExportRow) -> None:
        content = {"html": page_of(row, preheader=False), "plain_text": row.body}
        self._api.call("PUT", f"{CAMPAIGNS}/{remote}/content", body=content)

    def _found(self, parcel: Parcel) -> str | None:
        query = {
            "count": str(PAGE),
            "status": "save",
            "fields": FIELDS,
        }
        if parcel.since is not None:
            query["since_create_time"] = parcel.since.isoformat(timespec="seconds")
        offset = 0
        while True:
            answer = self._api.call("GET", CAMPAIGNS, query={**query, "offset": str(offset)})
            campaigns = found(answer, "campaigns")
            for campaign in campaigns:
                if found(campaign, "settings").get("title") == parcel.name:
                    return id_in(campaign, "id")
            if len(campaigns) < PAGE:
                return None
            offset += PAGE
