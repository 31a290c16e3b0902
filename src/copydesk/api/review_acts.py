"""`/v1/reviews/ID/...`: acts beyond deciding, what is said about an item, and checking an edit."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Any, Self

from fastapi import APIRouter, Body, Header, Response
from pydantic import ConfigDict, Field, model_validator

from copydesk.api.parts import Caller, Desk, MayAsk, MayReview
from copydesk.api.problems import responses
from copydesk.api.reviews import (
    DONE,
    Edit,
    ItemId,
    Note,
    reason_other_needs_a_note,
    versioned,
)
from copydesk.api.versions import IfMatch
from copydesk.briefs import Line, Noun
from copydesk.desk.reviewing import DismissedRule
from copydesk.guardrails.checking import BoundAnswer
from copydesk.review_queue import DismissalReason, ReviewItem, Signature
from copydesk.review_queue.talk import Comment
from copydesk.variants import Copy, Slot

router = APIRouter(prefix="/v1", tags=["reviews"], responses=responses(401, 403, 422))

CommentKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description=(
            "Any text of your own. The same key with the same words says them once; with other "
            "words, 409."
        ),
        pattern=r"^[\x21-\x7e]{1,200}$",
    ),
]


class Request(Noun):
    """What the requester should change."""

    note: Line


def _copy_or_note(schema: dict[str, Any]) -> None:
    said = {"note": {"type": "string", "pattern": r"\S"}}
    changed = {"copy": {"type": "object"}}
    schema["anyOf"] = [
        {"properties": changed, "required": ["copy"]},
        {"properties": said, "required": ["note"]},
    ]


class Answer(Noun):
    """The answer to a request for changes: other copy, words, or both."""

    model_config = ConfigDict(json_schema_extra=_copy_or_note)

    copy_: Copy | None = Field(default=None, alias="copy")
    note: Note = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.copy_ is None and not (self.note or "").strip():
            raise ValueError("answer with an edit in `copy`, or in words in `note`")
        return self


class Dismissing(Noun):
    """Which finding does not apply, and why."""

    model_config = ConfigDict(
        json_schema_extra=reason_other_needs_a_note(DismissalReason.OTHER.value)
    )

    finding: Annotated[int, Field(ge=0, le=10_000)]
    """Its place in `checked.findings`, counted from zero."""
    reason: DismissalReason
    note: Note = None
    """Needed for what blocks, and for the reason `other`."""

    @model_validator(mode="after")
    def _other_needs_a_note(self) -> Self:
        if self.reason is DismissalReason.OTHER and not (self.note or "").strip():
            raise ValueError("the reason `other` needs a note")
        return self


class Proposal(Noun):
    """Copy that somebody is writing."""

    copy_: Copy = Field(alias="copy")


class Remarked(Noun):
    """What is said about an item."""

    text: Line
    slot: Slot | None = None
    """The part of the copy that it is about; left out for the whole."""


class CommentList(Noun):
    """Comments, oldest first."""

    items: tuple[Comment, ...]


class ItemList(Noun):
    """Review items, oldest first."""

    items: tuple[ReviewItem, ...]


class Signatures(Noun):
    """What an item has and lacks before it is approved."""

    given: tuple[Signature, ...]
    """Those that bind the item as it is; read blind, only your own."""
    missing: tuple[str, ...]
    """Reviewer roles in which somebody still has to sign."""
    blind: bool
    """Whether two people are to decide, neither seeing the other's decision until both have."""


class DismissedRules(Noun):
    """Rules by how often their findings were dismissed."""

    items: tuple[DismissedRule, ...]


@router.post("/reviews/{item_id}/approve-with-edit", responses=DONE)
def approve_with_edit(
    desk: Desk,
    caller: MayReview,
    item_id: ItemId,
    response: Response,
    change: Edit,
    if_match: IfMatch,
) -> ReviewItem:
    """Change the copy and say that it is good so. You are its author then: another signs it.

    Refused if you are one of its authors already, or if the changed copy has a blocking finding.
    """
    act = desk.reviewing.approve_with_edit
    return versioned(act(item_id, caller, if_match, change.copy_, change.note), response)


@router.post("/reviews/{item_id}/request-changes", responses=DONE)
def request_changes(
    desk: Desk,
    caller: MayReview,
    item_id: ItemId,
    response: Response,
    asked: Request,
    if_match: IfMatch,
) -> ReviewItem:
    """Send the item back to who asked for the copy, with what should change.

    They answer with an edit or a reply; then the item comes back, `change_request.by` names you.
    `release` takes the request back.
    """
    sent = desk.conversing.request_changes(item_id, caller, if_match, asked.note)
    return versioned(sent, response)


@router.post("/reviews/{item_id}/answer", responses=DONE)
def answer(
    desk: Desk,
    caller: MayAsk,
    item_id: ItemId,
    response: Response,
    said: Answer,
    if_match: IfMatch,
) -> ReviewItem:
    """Answer a request for changes to copy that you asked for. An edit is checked at once."""
    answered = desk.conversing.answer(item_id, caller, if_match, said.copy_, said.note)
    return versioned(answered, response)


@router.get("/changes-requested")
def changes_requested(desk: Desk, caller: MayAsk) -> ItemList:
    """List the items that wait for your answer, oldest first."""
    return ItemList(items=tuple(desk.conversing.to_answer(caller)))


@router.post("/reviews/{item_id}/dismiss", responses=DONE)
def dismiss(
    desk: Desk,
    caller: MayReview,
    item_id: ItemId,
    response: Response,
    dismissing: Dismissing,
    if_match: IfMatch,
) -> ReviewItem:
    """Judge that a finding does not apply: it stays visible, under `dismissed`.

    What blocks is dismissed only by somebody who holds the reviewer role that its rule names, and
    with a note. No author of the copy dismisses anything. A dismissal falls with any change of the
    words or of the facts that the finding is about.
    """
    reason, note = dismissing.reason.value, dismissing.note
    act = desk.reviewing.dismiss
    return versioned(act(item_id, caller, if_match, dismissing.finding, reason, note), response)


@router.get("/dismissals")
def dismissals(desk: Desk, caller: MayReview) -> DismissedRules:
    """Count by rule how often its findings were dismissed, and why: which rules need tuning."""
    return DismissedRules(items=tuple(desk.reviewing.dismissals(caller)))


@router.post("/reviews/{item_id}/undo", responses=DONE)
def undo(
    desk: Desk, caller: MayReview, item_id: ItemId, response: Response, if_match: IfMatch
) -> ReviewItem:
    """Take back your own approval, rejection, edit or dismissal, a few seconds after it.

    Refused with 409 when it is too late, when another act followed, or when the approved copy was
    pulled already; with 403 for anybody else's act. `undoable` tells what can be taken back.
    """
    return versioned(desk.reviewing.undo(item_id, caller, if_match), response)


@router.post("/reviews/{item_id}/check", responses=responses(404, 409, 413, 415))
def check(desk: Desk, caller: Caller, item_id: ItemId, proposal: Proposal) -> BoundAnswer:
    """Check copy on the item's own brief, brand and audience, as an edit would. Stores nothing."""
    return BoundAnswer.of(item_id, desk.reviewing.check(item_id, caller, proposal.copy_))


@router.get("/reviews/{item_id}/signatures", responses=responses(404))
def signatures(desk: Desk, caller: Caller, item_id: ItemId) -> Signatures:
    """Tell which signatures an item has and which it lacks."""
    return Signatures(**desk.reviewing.needs(item_id, caller)._asdict())


@router.get("/reviews/{item_id}/comments", responses=responses(404))
def comments(desk: Desk, caller: Caller, item_id: ItemId) -> CommentList:
    """List what was said about an item, oldest first.

    While two people read it blind, each sees their own words and the authors'.
    """
    return _listed(desk.conversing.comments(item_id, caller))


@router.post(
    "/reviews/{item_id}/comments",
    status_code=HTTPStatus.CREATED,
    responses=responses(404, 409, 413, 415),
)
def comment(
    desk: Desk,
    caller: Caller,
    item_id: ItemId,
    remark: Annotated[Remarked, Body()],
    key: CommentKey = None,
) -> Comment:
    """Say something about an item. It changes nothing of it, and needs no If-Match."""
    return desk.conversing.comment(item_id, caller, remark.text, remark.slot, key)


def _listed(said: Sequence[Comment]) -> CommentList:
    return CommentList(items=tuple(said))
