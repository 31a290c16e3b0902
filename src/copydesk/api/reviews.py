"""`/v1/reviews/ID`: an item, and the acts of those who decide. The list is in `queueing.py`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Body, Path, Response
from pydantic import ConfigDict, Field, model_validator

from copydesk.api.parts import Caller, Desk, MayReview
from copydesk.api.problems import responses
from copydesk.api.versions import IfMatch, etag
from copydesk.briefs import Line, Noun, Slug
from copydesk.review_queue import ReviewItem
from copydesk.review_queue.states import Reason
from copydesk.variants import Copy

router = APIRouter(prefix="/v1", tags=["reviews"], responses=responses(401, 403, 422))

ETAG_HEADER = {
    "ETag": {
        "description": "The version: send it back as If-Match.",
        "schema": {"type": "string"},
    }
}
READ: dict[int | str, dict[str, Any]] = {
    200: {"description": "The item", "headers": ETAG_HEADER},
    **responses(404),
}
DONE: dict[int | str, dict[str, Any]] = {
    200: {"description": "The item as it is now", "headers": ETAG_HEADER},
    **responses(404, 409, 412, 413, 415, 428),
}

ITEM_ID = r"^[A-Za-z0-9_-]{1,64}$"
ItemId = Annotated[str, Path(pattern=ITEM_ID, description="As `rev_...`, from the list.")]
Note = Annotated[str | None, Field(max_length=2_000)]


class Remark(Noun):
    """What may be said with an act."""

    note: Note = None


def reason_other_needs_a_note(other: str) -> Callable[[dict[str, Any]], None]:
    """Return what says in a schema that this reason comes with a note."""

    def say(schema: dict[str, Any]) -> None:
        schema["if"] = {"properties": {"reason": {"const": other}}}
        schema["then"] = {
            "properties": {"note": {"type": "string", "pattern": r"\S"}},
            "required": ["note"],
        }

    return say


class Rejection(Noun):
    """Why the copy must not be sent."""

    model_config = ConfigDict(json_schema_extra=reason_other_needs_a_note(Reason.OTHER.value))

    reason: Reason
    note: Note = None
    """Needed for the reason `other`."""

    @model_validator(mode="after")
    def _other_needs_a_note(self) -> Rejection:
        if self.reason is Reason.OTHER and not (self.note or "").strip():
            raise ValueError("the reason `other` needs a note")
        return self


class Edit(Noun):
    """The copy as it should be: all three slots."""

    copy_: Copy = Field(alias="copy")
    note: Note = None


class Escalation(Noun):
    """What should be looked at, and by whom."""

    note: Line
    role: Slug | None = None
    """Reviewer role to hand it to, as `legal`; left out, the approvers."""


@router.get("/reviews/{item_id}", responses=READ)
def read(desk: Desk, caller: Caller, item_id: ItemId, response: Response) -> ReviewItem:
    """Return an item with all that is needed to decide on it; also to who asked for the copy."""
    return versioned(desk.reviewing.get(item_id, caller), response)


@router.post("/reviews/{item_id}/claim", responses=DONE)
def claim(
    desk: Desk, caller: MayReview, item_id: ItemId, response: Response, if_match: IfMatch
) -> ReviewItem:
    """Take the item for a while: until the lease ends, nobody else can act on it."""
    return versioned(desk.reviewing.claim(item_id, caller, if_match), response)


@router.post("/reviews/{item_id}/approve", responses=DONE)
def approve(
    desk: Desk,
    caller: MayReview,
    item_id: ItemId,
    response: Response,
    if_match: IfMatch,
    remark: Annotated[Remark | None, Body()] = None,
) -> ReviewItem:
    """Sign the copy, if you neither asked for it nor edited it nor answered for it.

    Approved, it is served from then on. Where the policy asks for more signatures, the item waits
    for them under `signatures`; where two people read it blind, neither sees the other's decision
    until both have decided, and if they disagree it is escalated.

    The signature binds copy, brief, brand, audience and policy: `approval_hash` is their hash,
    and any change of one of them makes it void.
    """
    note = remark.note if remark else None
    return versioned(desk.reviewing.approve(item_id, caller, if_match, note), response)


@router.post("/reviews/{item_id}/edit", responses=DONE)
def edit(
    desk: Desk,
    caller: MayReview,
    item_id: ItemId,
    response: Response,
    change: Edit,
    if_match: IfMatch,
) -> ReviewItem:
    """Change the copy. It is checked again, and goes back to the queue for another to sign."""
    edited = desk.reviewing.edit(item_id, caller, if_match, change.copy_, change.note)
    return versioned(edited, response)


@router.post("/reviews/{item_id}/reject", responses=DONE)
def reject(
    desk: Desk,
    caller: MayReview,
    item_id: ItemId,
    response: Response,
    rejection: Rejection,
    if_match: IfMatch,
) -> ReviewItem:
    """Decide that the copy is not sent. That decision is final, but where two people read blind."""
    reason, note = rejection.reason.value, rejection.note
    return versioned(desk.reviewing.reject(item_id, caller, if_match, reason, note), response)


@router.post("/reviews/{item_id}/escalate", responses=DONE)
def escalate(
    desk: Desk,
    caller: MayReview,
    item_id: ItemId,
    response: Response,
    escalation: Escalation,
    if_match: IfMatch,
) -> ReviewItem:
    """Hand the item to the approvers, or to who holds a reviewer role: only they can act on it.

    A signature is an approver's all the same.
    """
    note, role = escalation.note, escalation.role
    handed = desk.reviewing.escalate(item_id, caller, if_match, note, role)
    return versioned(handed, response)


@router.post("/reviews/{item_id}/release", responses=DONE)
def release(
    desk: Desk, caller: MayReview, item_id: ItemId, response: Response, if_match: IfMatch
) -> ReviewItem:
    """Give a claimed item back, or take a request for changes back."""
    return versioned(desk.reviewing.release(item_id, caller, if_match), response)


def versioned(item: ReviewItem, response: Response) -> ReviewItem:
    """Return the item, with its version in the answer's ETag."""
    response.headers["ETag"] = etag(item.version)
    return item
