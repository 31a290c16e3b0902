"""Mautic, https://devdocs.mautic.org/en/latest/rest_api/emails.html.

An e-mail for each copy, not published: `POST /api/emails/new` and `PATCH /api/emails/{id}/edit`,
found again by its name. Mautic documents no field for the preheader, so it stands unseen before the
body.
"""

from __future__ import annotations

import base64

from copydesk.notifications.addresses import Resolve, resolve
from copydesk.pushing.drafts import DraftsTool
from copydesk.pushing.mail import page_of
from copydesk.pushing.rest import Rest, found, id_in
from copydesk.pushing.targets import MauticTarget
from copydesk.pushing.tool import Done, Parcel

EMAILS = "/api/emails"


class MauticTool(DraftsTool):
    """E-mails. `password` is that of the target's user."""

    thing = "e-mail"

    def __init__(self, target: MauticTarget, password: str, resolver: Resolve = resolve) -> None:
        self._target = target
        basic = base64.b64encode(f"{target.user}:{password}".encode()).decode()
        self._api = Rest(target, {"authorization": f"Basic {basic}"}, (password, basic), resolver)

    def _make(self, parcel: Parcel) -> Done:
        made = {**self._email(parcel), "emailType": self._target.email_type, "isPublished": "0"}
        made |= {f"lists[{at}]": str(one) for at, one in enumerate(self._target.segments)}
        answer = self._api.call("POST", f"{EMAILS}/new", form=made)
        remote = id_in(answer, "email", "id")
        return Done(remote, f"e-mail {remote} created, not published")

    def _delete(self, remote: str) -> Done:
        self._api.call("PATCH", f"{EMAILS}/{remote}/edit", form={"isPublished": "0"})
        return Done(remote, f"e-mail {remote} is published no more")

    def _email(self, parcel: Parcel) -> dict[str, str]:
        row = parcel.what
        return {
            "name": parcel.name,
            "subject": row.subject,
            "customHtml": page_of(row),
            "plainText": row.body,
        }

    def _update(self, remote: str, parcel: Parcel) -> Done:
        self._api.call("PATCH", f"{EMAILS}/{remote}/edit", form=self._email(parcel))
        return Done(remote, f"e-mail {remote} updated")

    def _found(self, parcel: Parcel) -> str | None:
        query = {"search": parcel.name, "limit": "100", "minimal": "1"}
        answer = self._api.call("GET", EMAILS, query=query)
        emails = found(answer, "emails")
        # Mautic gives them as a list, or by id.
        among = emails.values() if isinstance(emails, dict) else emails
        return next((id_in(one, "id") for one in among if one.get("name") == parcel.name), None)
