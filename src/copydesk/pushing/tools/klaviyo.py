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
from copydesk.pushing.drafts import DraftsTool, properties
from copydesk.pushing.mail import page_of
from copydesk.pushing.rest import Rest, found, id_in
from copydesk.pushing.targets import KlaviyoTarget
from copydesk.pushing.tool import Done, Parcel

REVISION = "2026-04-15"
JSON_API = "application/vnd.api+json"
TEMPLATES = "/api/templates"
SUBJECT = "its subject and preheader are to be set in the campaign"


class KlaviyoTool(DraftsTool):
    """Templates and profile properties. `key` is a private API key."""

    thing = "template"

    def __init__(self, target: KlaviyoTarget, key: str, resolver: Resolve = resolve) -> None:
        headers = {
            "authorization": f"Klaviyo-API-Key {key}",
            "revision": REVISION,
            "accept": JSON_API,
            "content-type": JSON_API,
        }
        self._api = Rest(target, headers, (key,), resolver)

    def _make(self, parcel: Parcel) -> Done:
        made = {"name": parcel.name, "editor_type": "CODE", **_content(parcel.what)}
        data = {"data": {"type": "template", "attributes": made}}
        answer = self._api.call("POST", TEMPLATES, body=data)
        remote = id_in(answer, "data", "id")
        return Done(remote, f"template {remote} created: {SUBJECT}")

    def _delete(self, remote: str) -> Done:
        self._api.call("DELETE", f"{TEMPLATES}/{remote}")
        return Done(None, f"template {remote} deleted")

    def _update(self, remote: str, parcel: Parcel) -> Done:
        changed = {"name": parcel.name, **_content(parcel.what)}
        data = {"data": {"type": "template", "id": remote, "attributes": changed}}
        self._api.call("PATCH", f"{TEMPLATES}/{remote}", body=data)
        return Done(remote, f"template {remote} updated: {SUBJECT}")

    def _found(self, parcel: Parcel) -> str | None:
        query = {"filter": f'equals(name,"{parcel.name}")', "fields[template]": "name"}
        answer = self._api.call("GET", TEMPLATES, query=query)
        templates = found(answer, "data")
        return id_in(templates, 0, "id") if templates else None

    def _personal(self, recipient: str, row: ExportRow | None, said: str) -> Done:
        attributes: dict[str, Any] = {"external_id": recipient, "properties": _properties(row)}
        data = {"data": {"type": "profile", "attributes": attributes}}
        answer = self._api.call("POST", "/api/profile-import", body=data)
        return Done(id_in(answer, "data", "id"), f"properties of the profile {said}")


def _content(row: ExportRow) -> dict[str, str]:
    return {"html": page_of(row), "text": row.body}


def _properties(row: ExportRow | None) -> dict[str, str]:
    return {**properties(row), "copydesk_source_type": row.mark.source_type if row else ""}
