"""Nouns as the stores keep them: valid as they are, changed by keyword."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from copydesk.access import ApiKey, Role, Session, User, hash_secret
from copydesk.feedback import Outcome
from copydesk.generations import Generation, GenerationRequest
from copydesk.guardrails import Checked, Verdict
from copydesk.publishing import ApprovedCopy, Campaign
from copydesk.publishing.searching import LibraryFilter, LibraryQuery
from copydesk.review_queue import AuditEvent, ReviewItem, TrustEntry
from tests.factories import NOW, a_brand, a_brief, a_copy, a_variant, an_audience


def later(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def a_request(**changes: Any) -> GenerationRequest:
    given: dict[str, Any] = {"brief": a_brief(), "audience": an_audience(), "brand": a_brand()}
    return GenerationRequest.model_validate({**given, **changes})


def a_generation(generation_id: str = "gen_1", **changes: Any) -> Generation:
    given: dict[str, Any] = {
        "id": generation_id,
        "requester": "ana",
        "request": a_request(),
        "campaign": "spring",
        "created_at": NOW,
    }
    return Generation.model_validate({**given, **changes})


def an_item(item_id: str = "rev_1", **changes: Any) -> ReviewItem:
    given: dict[str, Any] = {
        "id": item_id,
        "generation_id": "gen_1",
        "campaign": "spring",
        "requester": "ana",
        "variant": a_variant(),
        "copy_now": a_copy(),
        "brief": a_brief(),
        "brand": a_brand(),
        "audience": an_audience(),
        "checked": Checked(verdict=Verdict.PASS),
        "routed_by": "everything",
        "routed_because": "nothing is trusted yet",
        "created_at": NOW,
        "updated_at": NOW,
    }
    return ReviewItem.model_validate({**given, **changes})


def an_event(subject: str = "rev_1", **changes: Any) -> AuditEvent:
    given: dict[str, Any] = {"subject": subject, "act": "review.claimed", "actor": "rob", "at": NOW}
    return AuditEvent.model_validate({**given, **changes})


def a_campaign(campaign_id: str = "spring", **changes: Any) -> Campaign:
    given: dict[str, Any] = {
        "id": campaign_id,
        "owner": "ana",
        "brief": a_brief(),
        "brand": a_brand(),
        "audiences": {"lapsed-runners": an_audience()},
        "updated_at": NOW,
    }
    return Campaign.model_validate({**given, **changes})


def an_approved(variant_id: str = "var_1", **changes: Any) -> ApprovedCopy:
    given: dict[str, Any] = {
        "id": variant_id,
        "campaign": "spring",
        "audience_id": "lapsed-runners",
        "copy_": a_copy(),
        "approval_hash": "0" * 64,
        "approved_by": "rob",
        "approved_at": NOW,
    }
    return ApprovedCopy.model_validate({**given, **changes})


def looking_for(text: str = "", limit: int = 50, **narrowed: Any) -> LibraryQuery:
    return LibraryQuery(LibraryFilter(text=text or None, **narrowed), limit=limit)


def an_outcome(event_id: str = "evt_1", **changes: Any) -> Outcome:
    given: dict[str, Any] = {
        "event_id": event_id,
        "kind": "open",
        "at": NOW,
        "campaign": "spring",
        "variant_id": "var_1",
    }
    return Outcome.model_validate({**given, **changes})


def a_user(name: str = "ana", **changes: Any) -> User:
    return User.model_validate({"name": name, "roles": (Role.REQUESTER,), **changes})


def a_key(key_id: str = "cdk_aaaaaaaa", **changes: Any) -> ApiKey:
    given: dict[str, Any] = {
        "id": key_id,
        "key_hash": hash_secret(key_id),
        "user": "ana",
        "roles": (Role.REQUESTER,),
        "created_at": NOW,
    }
    return ApiKey.model_validate({**given, **changes})


def a_session(secret: str = "s1", **changes: Any) -> Session:
    given: dict[str, Any] = {
        "id_hash": hash_secret(secret),
        "user": "ana",
        "csrf": "c",
        "created_at": NOW,
        "expires_at": later(60),
    }
    return Session.model_validate({**given, **changes})


def a_trust_entry(entry_id: str = "rev_1", **changes: Any) -> TrustEntry:
    given: dict[str, Any] = {
        "id": entry_id,
        "brand": "Northpeak",
        "kind": "winback",
        "audience": "lapsed-runners",
        "campaign": "spring",
        "generation_id": "gen_1",
        "variant_id": entry_id.replace("rev_", "var_"),
        "rule": "findings",
        "created_at": NOW,
    }
    return TrustEntry.model_validate({**given, **changes})
