"""No form of any page does anything for who was not on that page."""

from __future__ import annotations

import re
from http import HTTPStatus

from copydesk.access import Role
from copydesk.api.pages import NOUNS
from tests.unit.api.browsing import Browser
from tests.unit.api.office import OPERATOR, PASSWORD, Office

OTHERWISE = re.compile(r"/login|/outside/")
"""Signing in has a token of its own; who has a reviewer's link from outside needs no session."""
FORMS = sorted(
    route.path
    for noun in NOUNS
    for route in noun.router.routes
    if "POST" in route.methods and not OTHERWISE.match(route.path)
)
PARTS = {"thing": "brief", "act": "claim", "change": "disable"}


def filled(path: str) -> str:
    """Return an address of a form: what it is about need not be there."""
    return re.sub(r"\{(\w+)\}", lambda found: PARTS.get(found[1], "x1"), path)


def test_a_forged_form_is_refused_whatever_it_asks_for(office: Office) -> None:
    """With a session and every role, and without the page's token, nothing is done."""
    office.desk.access.add_user("ines", [*Role], PASSWORD, OPERATOR)
    client = Browser(office, "ines").client
    with office.desk.store.transaction() as tx:
        before = tx.audit.last_number()

    statuses = {path: client.post(filled(path), data={"csrf": "x"}).status_code for path in FORMS}

    assert {one: s for one, s in statuses.items() if s != HTTPStatus.FORBIDDEN} == {}
    with office.desk.store.transaction() as tx:
        assert tx.audit.last_number() == before
    assert "/campaigns/{campaign_id}/push" in statuses
