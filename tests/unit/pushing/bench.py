"""Targets and parcels for tests of tools: one of each kind, pointed at its twin."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml

from copydesk.publishing.exporting import ExportRow, Stock, row_of, standing_at
from copydesk.pushing import Parcel, Targets, Tool
from copydesk.pushing.build import build_tools
from tests.factories import NOW
from tests.unit.publishing.campaigns import a_campaign, approved, shelf
from tests.unit.pushing.twin import Twin, twin_of

SECRET = "the-secret"
SIGNING = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwUx9Jt3Pq"
TARGETS: dict[str, dict[str, Any]] = {
    "webhook": {"path": "/hooks/copy"},
    "klaviyo": {},
    "hubspot": {
        "template_path": "@hubspot/email/dnd/welcome.html",
        "module": "module-1-1-1",
        "id_property": "shop_id",
    },
    "mailchimp": {"list_id": "a1b2", "from_name": "Northpeak", "reply_to": "hi@northpeak.example"},
    "sfmc": {"client_id": "the-client", "account_id": "510000001", "data_extension": "copydesk"},
    "mautic": {"user": "desk", "email_type": "list", "segments": [3]},
    "listmonk": {"user": "desk", "lists": [1], "template_id": 2},
}
"""Each tool, with what its target needs beside the address."""
CREATING = ("klaviyo", "hubspot", "mailchimp", "mautic", "listmonk")
"""Tools that make a new thing for each copy, under an id of their own."""


def targets_at(twin: Twin, **changes: Any) -> Targets:
    given = {**TARGETS[twin.tool]}
    where = twin.url + given.pop("path", "")
    inside = {"allow_http": True, "allow_private": True, "dialect": "neutral", "timeout_s": 1}
    if twin.tool == "sfmc":
        given["auth_url"] = twin.url
    one = {"tool": twin.tool, "url": where, **inside, **given, **changes}
    return Targets.model_validate({"targets": {"news": one}})


def settings_at(twin: Twin, folder: Path) -> dict[str, Any]:
    """Write the targets into a file; return the settings that name it and hold its secrets."""
    file = folder / "targets.yaml"
    file.write_text(yaml.safe_dump(targets_at(twin).model_dump(mode="json")), encoding="utf-8")
    return {"push_targets": file, "push_secrets": {"news": SECRET}}


def secret_of(tool: str) -> str:
    return SIGNING if tool == "webhook" else SECRET


@contextmanager
def a_tool(name: str, **changes: Any) -> Iterator[tuple[Twin, Tool]]:
    """Give the twin of a tool, and what talks to it."""
    with twin_of(name) as twin:
        secrets = {"news": [secret_of(name)]}
        yield twin, build_tools(targets_at(twin, **changes), secrets)["news"]


def a_row(variant: str = "var_1", **changes: Any) -> ExportRow:
    campaign = a_campaign()
    copy = approved(campaign, variant, written_by="phrasebook")
    row = row_of(next(standing_at(Stock(shelf(campaign, copy)), NOW)), "neutral")
    return row.model_copy(update=changes)


def a_parcel(variant: str = "var_1", row: ExportRow | None = None, **changes: Any) -> Parcel:
    given: dict[str, Any] = {
        "name": f"copydesk/spring/lapsed-runners/{variant}",
        "campaign": "spring",
        "audience": "lapsed-runners",
        "variant": variant,
        "row": row or a_row(variant),
        "since": NOW - timedelta(minutes=5),
    }
    return Parcel(**{**given, **changes})
