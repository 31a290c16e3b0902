"""listmonk, https://listmonk.app/docs/apis/campaigns/.

A campaign in draft for each copy: `POST /api/campaigns` and `PUT /api/campaigns/{id}`, found again
by a tag of its own. listmonk has no field for the preheader, so it stands unseen before the body.
"""

from __future__ import annotations

from typing import Any

from copydesk.notifications.addresses import Resolve, resolve
from copydesk.pushing.drafts import DraftsTool
from copydesk.pushing.mail import body_of
from copydesk.pushing.rest import Rest, found, id_in
from copydesk.pushing.targets import ListmonkTarget
from copydesk.pushing.tool import Done, Parcel

CAMPAIGNS = "/api/campaigns"
BACK = {"running": "cancelled", "scheduled": "draft"}
"""What a campaign is set to before it is changed or deleted: nobody is to get it any more."""


class ListmonkTool(DraftsTool):
    """Campaigns in draft. `token` is that of the target's API user."""

    thing = "campaign"

    def __init__(self, target: ListmonkTarget, token: str, resolver: Resolve = resolve) -> None:
        self._target = target
        headers = {"authorization": f"token {target.user}:{token}"}
        self._api = Rest(target, headers, (token,), resolver)

    def _make(self, parcel: Parcel) -> Done:
        answer = self._api.call("POST", CAMPAIGNS, body=self._campaign(parcel))
        remote = id_in(answer, "data", "id")
        return Done(remote, f"campaign {remote} drafted")

    def _take_back(self, remote: str, parcel: Parcel) -> Done:
        stopped = self._stop(remote)
        if parcel.row is not None and stopped != "cancelled":
            return self._update(remote, parcel)
        return self._delete(remote)

    def _delete(self, remote: str) -> Done:
        self._api.call("DELETE", f"{CAMPAIGNS}/{remote}")
        return Done(None, f"campaign {remote} deleted")

    def _campaign(self, parcel: Parcel) -> dict[str, Any]:
        row, target = parcel.what, self._target
        campaign: dict[str, Any] = {
            "name": parcel.name,
            "subject": row.subject,
            "lists": list(target.lists),
            "type": "regular",
            "content_type": "html",
            "body": body_of(row),
            "altbody": row.body,
            "messenger": "email",
            "tags": [parcel.name],
            "headers": [{name: value} for name, value in row.mail_headers.items()],
        }
        more = {"template_id": target.template_id, "from_email": target.from_email}
        return campaign | {name: value for name, value in more.items() if value is not None}

    def _update(self, remote: str, parcel: Parcel) -> Done:
        self._api.call("PUT", f"{CAMPAIGNS}/{remote}", body=self._campaign(parcel))
        return Done(remote, f"campaign {remote} updated")

    def _stop(self, remote: str) -> str:
        """Take the campaign back from being sent; return how it stands then."""
        status = str(found(self._api.call("GET", f"{CAMPAIGNS}/{remote}"), "data", "status"))
        if status not in BACK:
            return status
        change = {"status": BACK[status]}
        self._api.call("PUT", f"{CAMPAIGNS}/{remote}/status", body=change)
        return BACK[status]

    def _found(self, parcel: Parcel) -> str | None:
        tag = parcel.name
        answer = self._api.call("GET", CAMPAIGNS, query={"tags": tag, "per_page": "all"})
        among = found(answer, "data", "results")
        return next((id_in(one, "id") for one in among if tag in (one.get("tags") or [])), None)
