"""Links for people from outside: made on an item's page, listed and revoked there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import RedirectResponse

from copydesk.access import Role
from copydesk.api.outside import LINK_ID, Invitation
from copydesk.api.pages.rendering import page
from copydesk.api.pages.visits import OwnForm, SentForm, Visit, Visitor
from copydesk.api.parts import Desk
from copydesk.api.reviews import ItemId
from copydesk.bootstrap import Copydesk
from copydesk.documents import shaped
from copydesk.errors import Conflict, CopydeskError, Forbidden, InputError
from copydesk.review_queue import OPEN, ReviewItem
from copydesk.review_queue.talk import ReviewLink

DAYS = 3
DAYS_AT_MOST = 30

router = APIRouter(include_in_schema=False)


class Invited(NamedTuple):
    """A link, and how it stands."""

    link: ReviewLink
    state: str
    """`open`, `used`, `revoked` or `out of date`."""


class Inviting(NamedTuple):
    """What an item's page tells of links, and what its form offers."""

    links: Sequence[Invited]
    roles: Sequence[str]
    """Reviewer roles that this person may give to a guest."""
    may_invite: bool


def guest_card(desk: Copydesk, visit: Visit, item: ReviewItem) -> dict[str, Any]:
    """Return what the card of an item's page is filled with."""
    reads = visit.may_for(item.brand.name, Role.REVIEWER, Role.APPROVER, Role.ADMIN)
    guests = inviting(desk, visit, item) if reads else Inviting((), (), may_invite=False)
    return {"guests": guests, "guest_form": filled(None)}


def inviting(desk: Copydesk, visit: Visit, item: ReviewItem) -> Inviting:
    """Return the links to an item, newest first, and whether this person may make one."""
    now = desk.clock()
    links = desk.outside.links(item.id, visit.actor)
    allowed = visit.may_for(item.brand.name, Role.APPROVER) and visit.actor.name not in item.authors
    return Inviting(
        [Invited(link, state_of(link, now)) for link in reversed(links)],
        sorted(desk.outside.roles_to_give(visit.actor)) if allowed else (),
        may_invite=allowed and item.state in OPEN,
    )


def state_of(link: ReviewLink, now: datetime) -> str:
    """Return in a word whether a link can still be used."""
    if link.decided is not None:
        return "used"
    if link.revoked_at is not None:
        return "revoked"
    return "out of date" if now >= link.expires_at else "open"


@router.get("/reviews/{item_id}/links")
def links_page(desk: Desk, visit: Visitor, item_id: ItemId) -> Response:
    """Show the links to an item, and the form to make one."""
    return _links_page(desk, visit, item_id)


@router.post("/reviews/{item_id}/links")
def invite(
    request: Request, desk: Desk, visit: Visitor, item_id: ItemId, form: OwnForm
) -> Response:
    """Make a link and show its address, this once; it is stored nowhere."""
    try:
        asked = _invitation(form)
        valid = timedelta(hours=asked.hours)
        told = asked.person, valid, asked.reviews_as, asked.asks
        link, token = desk.outside.invite(item_id, visit.actor, *told, may_decide=asked.may_decide)
    except (Conflict, Forbidden, InputError) as error:
        return _links_page(desk, visit, item_id, error=error, typed=form)
    address = f"{request.base_url}outside/{token}"
    item = desk.reviewing.get(item_id, visit.actor)
    return page(visit, "invited.html", HTTPStatus.CREATED, made=link, address=address, item=item)


@router.post("/review-links/{link_id}/revoke")
def revoke(
    desk: Desk, visit: Visitor, link_id: Annotated[str, Path(pattern=LINK_ID)], form: OwnForm
) -> Response:
    """Make a link useless."""
    link = desk.outside.revoke(link_id, visit.actor)
    back = "/links" if form.text("back") == "links" else "#guests"
    return RedirectResponse(f"/reviews/{link.item_id}{back}", HTTPStatus.SEE_OTHER)


def _invitation(form: SentForm) -> Invitation:
    days = form.text("days").strip()
    if not (days.isascii() and days.isdigit() and 1 <= int(days[:4]) <= DAYS_AT_MOST):
        raise InputError(f"Days: write a whole number from 1 to {DAYS_AT_MOST}.")
    data = {
        "person": form.text("person").strip(),
        "hours": int(days) * 24,
        "reviews_as": [str(one) for one in form.data.getlist("reviews_as")],
        "asks": " ".join(form.text("asks").split()) or None,
        "may_decide": form.text("may") != "comment",
    }
    return shaped(data, Invitation)


def _links_page(
    desk: Copydesk,
    visit: Visit,
    item_id: str,
    *,
    error: CopydeskError | None = None,
    typed: SentForm | None = None,
) -> Response:
    item = desk.reviewing.get(item_id, visit.actor)
    return page(
        visit,
        "links.html",
        error.status if error else HTTPStatus.OK,
        item=item,
        guests=inviting(desk, visit, item),
        guest_form=filled(typed),
        now=desk.clock(),
        error=error,
    )


def filled(form: SentForm | None) -> dict[str, object]:
    """Return what the form to make a link holds."""
    if form is None:
        return {"person": "", "days": str(DAYS), "asks": "", "may": "decide", "reviews_as": ()}
    own = {name: form.text(name) for name in ("person", "days", "asks", "may")}
    return {**own, "reviews_as": form.data.getlist("reviews_as")}
