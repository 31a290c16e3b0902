"""`/v1/reviews/ID`: an item, and the acts of those who decide. The list is in `queueing.py`."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Path, Response
from pydantic import ConfigDict, Field, model_validator

from copydesk.api.parts import Desk, MayReview
from copydesk.api.problems import responses
from copydesk.api.versions import IfMatch, etag
from copydesk.briefs import Line, Noun
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


def _reason_other_needs_a_note(schema: dict[str, Any]) -> None:
    schema["if"] = {"properties": {"reason": {"const": Reason.OTHER.value}}}
    schema["then"] = {
        "properties": {"note": {"type": "string", "pattern": r"\S"}},
        "required": ["note"],
    }


class Rejection(Noun):
    """Why the copy must not be sent."""

    model_config = ConfigDict(json_schema_extra=_reason_other_needs_a_note)

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
    """What the approver should look at."""

    note: Line


@router.get("/reviews/{item_id}", responses=READ)
def read(desk: Desk, caller: MayReview, item_id: ItemId, response: Response) -> ReviewItem:
    """Return an item with all that is needed to decide on it."""
    return _versioned(desk.reviewing.get(item_id, caller), response)


@router.post("/reviews/{item_id}/claim", responses=DONE)
def claim(
    desk: Desk, caller: MayReview, item_id: ItemId, response: Response, if_match: IfMatch
) -> ReviewItem:
    """Take the item for a while: until the lease ends, nobody else can act on it."""
    return _versioned(desk.reviewing.claim(item_id, caller, if_match), response)


@router.post("/reviews/{item_id}/approve", responses=DONE)
def approve(
    desk: Desk,
    caller: MayReview,
    item_id: ItemId,
    response: Response,
    if_match: IfMatch,
    remark: Annotated[Remark | None, Body()] = None,
) -> ReviewItem:
    """Sign the copy, if you neither asked for it nor edited it. From then on it is served.

    The signature binds copy, brief, brand, audience and policy: `approval_hash` is their hash,
    and any change of one of them makes it void.
    """
    note = remark.note if remark else None
    return _versioned(desk.reviewing.approve(item_id, caller, if_match, note), response)


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
    return _versioned(edited, response)


@router.post("/reviews/{item_id}/reject", responses=DONE)
def reject(
    desk: Desk,
    caller: MayReview,
    item_id: ItemId,
    response: Response,
    rejection: Rejection,
    if_match: IfMatch,
) -> ReviewItem:
    """Decide that the copy is not sent. That decision is final."""
    reason, note = rejection.reason.value, rejection.note
    return _versioned(desk.reviewing.reject(item_id, caller, if_match, reason, note), response)


@router.post("/reviews/{item_id}/escalate", responses=DONE)
def escalate(
    desk: Desk,
    caller: MayReview,
    item_id: ItemId,
    response: Response,
    escalation: Escalation,
    if_match: IfMatch,
) -> ReviewItem:
    """Hand the item to the approvers: only they can act on it from then on."""
    handed = desk.reviewing.escalate(item_id, caller, if_match, escalation.note)
    return _versioned(handed, response)


@router.post("/reviews/{item_id}/release", responses=DONE)
def release(
    desk: Desk, caller: MayReview, item_id: ItemId, response: Response, if_match: IfMatch
) -> ReviewItem:
    """Give a claimed item back."""
    return _versioned(desk.reviewing.release(item_id, caller, if_match), response)


def _versioned(item: ReviewItem, response: Response) -> ReviewItem:
    response.headers["ETag"] = etag(item.version)
    return item
