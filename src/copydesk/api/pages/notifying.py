"""What people and programs were told, and what did not get through: for admins."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from copydesk.access import Role
from copydesk.api.pages.rendering import page
from copydesk.api.pages.visits import OwnForm, Visit, Visitor
from copydesk.api.parts import Desk
from copydesk.bootstrap import Copydesk
from copydesk.errors import InputError, Undelivered
from copydesk.notifications import DeliveryState
from copydesk.notifications.sending import words

SHOWN = 100

router = APIRouter(include_in_schema=False)


@router.get("/notifications")
def notifications(desk: Desk, visit: Visitor, done: str = "", failed: bool = False) -> Response:
    """Show the channels and the newest messages."""
    return _page(desk, visit, only_failed=failed, retried=done == "retried")


@router.post("/notifications/test")
def test(desk: Desk, visit: Visitor, form: OwnForm) -> Response:
    """Send a test by a channel, at once, and say what came of it."""
    channel, to = form.text("channel"), form.text("to").strip() or None
    try:
        said, works = desk.notifying.test(channel, visit.actor, to), True
    except (Undelivered, InputError) as error:
        said, works = error.message, False
    return _page(desk, visit, tested=channel, said=said, works=works)


@router.post("/notifications/{delivery_id}/retry")
def retry(desk: Desk, visit: Visitor, form: OwnForm, delivery_id: str) -> Response:
    """Have a message tried again."""
    desk.notifying.retry(delivery_id, visit.actor)
    only = "&failed=true" if form.text("failed") else ""
    return RedirectResponse(f"/notifications?done=retried{only}", HTTPStatus.SEE_OTHER)


def _page(
    desk: Copydesk,
    visit: Visit,
    *,
    only_failed: bool = False,
    retried: bool = False,
    tested: str = "",
    said: str = "",
    works: bool = False,
) -> Response:
    visit.actor.must_be(Role.ADMIN)
    notifying = desk.notifying
    state = DeliveryState.FAILED if only_failed else None
    return page(
        visit,
        "notifications.html",
        channels=notifying.book.channels,
        rules=notifying.book.rules,
        deliveries=notifying.deliveries(visit.actor, state, SHOWN),
        counts={one.value: number for one, number in notifying.standing().counts.items()},
        unknown=notifying.without_address(visit.actor),
        words=words(),
        now=desk.clock(),
        only_failed=only_failed,
        retried=retried,
        tested=tested,
        said=said,
        works=works,
    )
