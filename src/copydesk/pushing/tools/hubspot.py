"""HubSpot, https://developers.hubspot.com/docs/api-reference.

Copy for a segment becomes a draft of a marketing e-mail: `POST /marketing/v3/emails`, then
`PATCH /marketing/v3/emails/{emailId}/draft`, found again by its name among those made since. Copy
for one person becomes properties of the contact: `POST /crm/v3/objects/contacts/batch/upsert`, by
a property whose values are unique.
"""

from __future__ import annotations

from typing import Any

from copydesk.errors import Undelivered
from copydesk.notifications.addresses import Resolve, resolve
from copydesk.publishing.exporting import ExportRow
from copydesk.pushing.drafts import DraftsTool, properties
from copydesk.pushing.mail import body_of
from copydesk.pushing.rest import Rest, found, id_in
from copydesk.pushing.targets import HubSpotTarget
from copydesk.pushing.tool import Done, Parcel

EMAILS = "/marketing/v3/emails"
PAGE = "100"


class HubSpotTool(DraftsTool):
    """Marketing e-mails in draft, and contacts. `token` is that of a private app."""

    thing = "e-mail"

    def __init__(self, target: HubSpotTarget, token: str, resolver: Resolve = resolve) -> None:
        self._target = target
        self._api = Rest(target, {"authorization": f"Bearer {token}"}, (token,), resolver)

    def _make(self, parcel: Parcel) -> Done:
        made = {"name": parcel.name, "templatePath": self._template, **self._email(parcel.what)}
        remote = id_in(self._api.call("POST", EMAILS, body=made), "id")
        return Done(remote, f"e-mail {remote} drafted")

    def _delete(self, remote: str) -> Done:
        self._api.call("DELETE", f"{EMAILS}/{remote}")
        return Done(None, f"e-mail {remote} deleted")

    @property
    def _template(self) -> str:
        if self._target.template_path is None or self._target.module is None:
            missing = "Set `template_path` and `module` of this target: no e-mail without them."
            raise Undelivered(missing, for_good=True)
        return self._target.template_path

    def _email(self, row: ExportRow) -> dict[str, Any]:
        module = str(self._target.module)
        rich_text = {"html": body_of(row, preheader=False), "path": "@hubspot/rich_text"}
        preview = {"body": {"value": row.preheader}, "name": "preview_text", "type": "text"}
        widgets = {
            module: {"body": rich_text, "name": module, "type": "module"},
            "preview_text": preview,
        }
        content = {"widgets": widgets, "plainTextVersion": row.body}
        return {"subject": row.subject, "content": content}

    def _update(self, remote: str, parcel: Parcel) -> Done:
        changed = {"name": parcel.name, **self._email(parcel.what)}
        self._api.call("PATCH", f"{EMAILS}/{remote}/draft", body=changed)
        return Done(remote, f"draft of e-mail {remote} updated")

    def _found(self, parcel: Parcel) -> str | None:
        query = {"limit": PAGE, "sort": "-createdAt"}
        if parcel.since is not None:
            query["createdAfter"] = parcel.since.strftime("%Y-%m-%dT%H:%M:%SZ")
        while True:
            answer = self._api.call("GET", EMAILS, query=query)
            for email in found(answer, "results"):
                if email.get("name") == parcel.name:
                    return id_in(email, "id")
            after = (answer.get("paging") or {}).get("next", {}).get("after")
            if after is None:
                return None
            query["after"] = str(after)

    def _personal(self, recipient: str, row: ExportRow | None, said: str) -> Done:
        if self._target.id_property is None:
            missing = "Set `id_property` of this target: which property holds the recipient's id."
            raise Undelivered(missing, for_good=True)
        one = {
            "id": recipient,
            "idProperty": self._target.id_property,
            "properties": properties(row),
        }
        path = "/crm/v3/objects/contacts/batch/upsert"
        answer = self._api.call("POST", path, body={"inputs": [one]})
        return Done(id_in(answer, "results", 0, "id"), f"properties of the contact {said}")
