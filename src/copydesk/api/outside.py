"""Links for people from outside: made and revoked with a key, used with the link alone."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Body, Path, Response
from pydantic import Field, StringConstraints

from copydesk.api.parts import Desk, MayReview, MaySign
from copydesk.api.problems import responses
from copydesk.api.review_acts import CommentKey, Remarked
from copydesk.api.reviews import ItemId, Rejection, Remark
from copydesk.api.versions import IfMatch, etag
from copydesk.briefs import Line, Noun, Slug
from copydesk.desk.outside import OutsideView
from copydesk.review_queue.talk import Comment, ReviewLink

HOURS_AT_MOST = 720

router = APIRouter(prefix="/v1", tags=["reviews"], responses=responses(401, 403, 422))
outside = APIRouter(
    prefix="/v1/outside", tags=["outside"], responses=responses(403, 404, 410, 413, 415, 422)
)

SHOWN: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The item as it is now",
        "headers": {
            "ETag": {
                "description": "The version: send it back as If-Match.",
                "schema": {"type": "string"},
            }
        },
    }
}
DECIDED: dict[int | str, dict[str, Any]] = {**SHOWN, **responses(409, 412, 428)}

LINK = r"^lnk_[0-9a-f]{20}\.[0-9]{1,12}\.[A-Za-z0-9_-]{43}$"
LINK_ID = r"^lnk_[0-9a-f]{20}$"
Token = Annotated[
    str,
    Path(
        pattern=LINK,
        description="The `token` that came when the link was made.",
    ),
]
Person = Annotated[
    str,
    StringConstraints(pattern=r"^[^\s\x00-\x1f\x7f]([^\x00-\x1f\x7f]{0,78}[^\s\x00-\x1f\x7f])?$"),
]


class Invitation(Noun):
    """Who is asked from outside, to look at what, and for how long."""

    person: Person
    """Their name: the decision is recorded as `outside:NAME`."""
    hours: Annotated[int, Field(ge=1, le=HOURS_AT_MOST)] = 72
    """How long the link is good."""
    reviews_as: Annotated[tuple[Slug, ...], Field(max_length=20)] = ()
    """Reviewer roles in which they sign, of your own; an admin may give any."""
    asks: Line | None = None
    """What they should look at."""
    may_decide: bool = True
    """Whether they may decide; otherwise they read and comment."""


class MadeLink(ReviewLink):
    """A new link, at the one moment when its token is known."""

    token: str
    """For the address `/outside/TOKEN`: keep it now, it is never shown again."""


class LinkList(Noun):
    """Links to one item, oldest first."""

    items: tuple[ReviewLink, ...]


@router.post(
    "/reviews/{item_id}/links",
    status_code=HTTPStatus.CREATED,
    responses=responses(404, 409, 413, 415),
)
def invite(desk: Desk, caller: MaySign, item_id: ItemId, invitation: Invitation) -> MadeLink:
    """Make a link by which one person from outside decides once on this one item.

    They count as you when persons are counted, so that nobody signs twice through a link.
    """
    valid = timedelta(hours=invitation.hours)
    told = invitation.person, valid, invitation.reviews_as, invitation.asks
    link, token = desk.outside.invite(item_id, caller, *told, may_decide=invitation.may_decide)
    return MadeLink(**dict(link), token=token)


@router.get("/reviews/{item_id}/links", responses=responses(404))
def links(desk: Desk, caller: MayReview, item_id: ItemId) -> LinkList:
    """List the links to an item, used, revoked and out of date ones too."""
    return LinkList(items=tuple(desk.outside.links(item_id, caller)))


@router.delete("/review-links/{link_id}", responses=responses(404))
def revoke(
    desk: Desk,
    caller: MaySign,
    link_id: Annotated[str, Path(pattern=LINK_ID, description="A link's `id`.")],
) -> ReviewLink:
    """Make a link useless, at once. What was decided by it stands."""
    return desk.outside.revoke(link_id, caller)


@outside.get("/{token}", responses=SHOWN)
def show(desk: Desk, token: Token, response: Response) -> OutsideView:
    """Show the one item that the link is for."""
    return _versioned(desk.outside.open(token), response)


@outside.post("/{token}/approve", responses=DECIDED)
def approve(
    desk: Desk,
    token: Token,
    response: Response,
    if_match: IfMatch,
    remark: Annotated[Remark | None, Body()] = None,
) -> OutsideView:
    """Sign the copy, as the person that the link was made for. The link decides once."""
    note = remark.note if remark else None
    return _versioned(desk.outside.approve(token, if_match, note), response)


@outside.post("/{token}/reject", responses=DECIDED)
def reject(
    desk: Desk, token: Token, response: Response, if_match: IfMatch, rejection: Rejection
) -> OutsideView:
    """Turn the copy down, as the person that the link was made for. The link decides once."""
    reason, note = rejection.reason.value, rejection.note
    return _versioned(desk.outside.reject(token, if_match, reason, note), response)


@outside.post("/{token}/comments", status_code=HTTPStatus.CREATED, responses=responses(409))
def comment(desk: Desk, token: Token, remark: Remarked, key: CommentKey = None) -> Comment:
    """Say something about the item, as the person that the link was made for."""
    return desk.outside.comment(token, remark.text, remark.slot, key)


def _versioned(view: OutsideView, response: Response) -> OutsideView:
    response.headers["ETag"] = etag(view.version)
    # The address is a secret: what it shows is for one person and no cache between.
    response.headers["Cache-Control"] = "no-store"
    return view
