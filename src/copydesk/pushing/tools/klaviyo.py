"""Klaviyo, https://developers.klaviyo.com/en/reference/api_overview, revision 2026-04-15.

Copy for a segment becomes a template of HTML: `POST /api/templates`, `PATCH /api/templates/{id}`,
found again by `filter=equals(name,...)`. A template has no subject: a person sets it in the
campaign. Copy for one person becomes properties of the profile: `POST /api/profile-import`, which
creates or updates by `external_id`.
"""

from __future__ import annotations

from typing import Any

from copydesk.notifications.addresses import Resolve, resolve
from copydesk.publishing.exporting import ExportRow
from copydesk.pushing.mail import page_of
from copydesk.pushing.rest import Missing, Rest, found, id_in
from copydesk.pushing.targets import KlaviyoTarget
from copydesk.pushing.tool import Done, Parcel

REVISION = "2026-04-15"
JSON_API = "application/vnd.api+json"
TEMPLATES = "/api/templates"
SUBJECT = "its subject and preheader are to be set in the campaign"


class KlaviyoTool:
    """Templates and profile properties. `key` is a private API key."""

    takes_individuals = True

    def __init__(self, target: KlaviyoTarget, key: str, resolver: Resolve = resolve) -> None:
        headers = {
            "authorization": f"Klaviyo-API-Key {key}",
            "revision": REVISION,
            "accept": JSON_API,
            "content-type": JSON_API,
        }
        self._api = Rest(target, headers, (key,), resolver)

    def put(self, parcel: Parcel) -> Done:
        """Create or update the template, or the profile."""
        if parcel.recipient is not None:
            return self._profile(parcel.recipient, _properties(parcel.what), "set")
        remote = parcel.remote or self._found(parcel.name)
        if remote is not None:
            try:
                return self._update(remote, parcel)
            except Missing:
                pass  # somebody deleted it there: it is made again
        made = {"name": parcel.name, "editor_type": "CODE", **_content(parcel.what)}
        data = {"data": {"type": "template", "attributes": made}}
        answer = self._api.call("POST", TEMPLATES, body=data)
        remote = id_in(answer, "data", "id")
        return Done(remote, f"template {remote} created: {SUBJECT}")

    def withdraw(self, parcel: Parcel) -> Done:
        """Replace the template's content by the fallback's, or delete it."""
        if parcel.recipient is not None:
            return self._profile(parcel.recipient, _properties(parcel.row), "replaced")
        remote = parcel.remote or self._found(parcel.name)
        if remote is None:
            return Done(None, "no such template is there")
        try:
            if parcel.row is not None:
                return self._update(remote, parcel)
            self._api.call("DELETE", f"{TEMPLATES}/{remote}")
        except Missing:
            return Done(None, f"template {remote} was gone already")
        return Done(None, f"template {remote} deleted")

    def _update(self, remote: str, parcel: Parcel) -> Done:
        changed = {"name": parcel.name, **_content(parcel.what)}
        data = {"data": {"type": "template", "id": remote, "attributes": changed}}
        self._api.call("PATCH", f"{TEMPLATES}/{remote}", body=data)
        return Done(remote, f"template {remote} updated: {SUBJECT}")

    def _found(self, name: str) -> str | None:
        query = {"filter": f'equals(name,"{name}")', "fields[template]": "name"}
        answer = self._api.call("GET", TEMPLATES, query=query)
        templates = found(answer, "data")
        return id_in(templates, 0, "id") if templates else None

    def _profile(self, recipient: str, properties: dict[str, str], said: str) -> Done:
        attributes: dict[str, Any] = {"external_id": recipient, "properties": properties}
        data = {"data": {"type": "profile", "attributes": attributes}}
        answer = self._api.call("POST", "/api/profile-import", body=data)
        return Done(id_in(answer, "data", "id"), f"properties of the profile {said}")


def _content(row: ExportRow) -> dict[str, str]:
    return {"html": page_of(row), "text": row.body}


def _properties(row: ExportRow | None) -> dict[str, str]:
    """Return the properties; empty ones where there is nothing to put."""
    return {
        "copydesk_subject": row.subject if row else "",
        "copydesk_preheader": row.preheader if row else "",
        "copydesk_body": row.body if row else "",
        "copydesk_variant": row.variant_id if row else "",
        "copydesk_approval": row.approval_hash if row else "",
        "copydesk_source_type": row.mark.source_type if row else "",
    }
