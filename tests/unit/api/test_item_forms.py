"""The forms on an item's page beyond approving, editing and rejecting; each without scripts."""

from __future__ import annotations

from typing import Any

import pytest

from copydesk.review_queue.acts import Act
from tests.unit.api.browsing import Browser, Page
from tests.unit.api.office import FALSE_COPY, Office

DOUBTFUL = {"subject": "Last chance: 20% off trail shoes!!!", "preheader": "New", "body": "Shop."}
EDITED = "20% off trail shoes until March 8"


def looking(office: Office, name: str, item: dict[str, Any] | None = None) -> tuple[Browser, str]:
    """Return the browser of `name`, open at the item of COPY, and the item's path."""
    path = f"/reviews/{(item or office.item())['id']}"
    browser = Browser(office, name)
    browser.open(path)
    return browser, path


def found_in(office: Office, who: str = "olu", **copy: str) -> dict[str, Any]:
    """Return the item of COPY after `who` changed it to copy in which something is found."""
    edited: dict[str, Any] = office.act(who, "edit", office.item(), copy=copy).json()
    assert edited["checked"]["findings"]
    return edited


def state_of(office: Office, path: str) -> str:
    state: str = office.get("rex", f"/v1{path}").json()["state"]
    return state


def test_changes_are_asked_for_and_answered_on_the_page(office: Office) -> None:
    """The requester finds what was asked among their requests, changes the copy, and it is back."""
    browser, path = looking(office, "rex")
    asked = browser.send(f"{path}/request_changes", note="Name the day.")
    other = Browser(office, "ada")
    listed = other.open("/generations")
    shown = other.open(path)
    answered = other.send(f"{path}/answer", subject=EDITED, note="Done.")

    assert "Sent back to ada, who answers." in asked.text
    assert path in listed.links
    assert "Waiting for your answer" in listed.text
    assert "rex asks for changes Name the day." in shown.text
    assert "Answered. It is with the reviewers again." in answered.text
    assert office.get("rex", f"/v1{path}").json()["copy_now"]["subject"] == EDITED


def test_an_answer_in_words_alone_leaves_the_copy(office: Office) -> None:
    """Copy that the form sends back as it was is no edit."""
    browser, path = looking(office, "rex")
    browser.send(f"{path}/request_changes", note="Is it so?")
    other, _ = looking(office, "ada", {"id": path.rsplit("/", 1)[1]})

    said = other.send(f"{path}/answer", note="It is.")

    assert "ada answered It is." in said.text, "beside the copy, for whoever decides next"
    assert state_of(office, path) == "waiting"


def test_an_empty_answer_is_refused_and_keeps_the_form(office: Office) -> None:
    """Neither other copy nor words: the page says what is needed."""
    browser, path = looking(office, "rex")
    browser.send(f"{path}/request_changes", note="Is it so?")
    other, _ = looking(office, "ada", {"id": path.rsplit("/", 1)[1]})

    refused = other.send(f"{path}/answer", note="")

    assert refused.status == 422
    assert f"{path}/answer" in refused.forms


def test_a_request_for_changes_is_taken_back(office: Office) -> None:
    """Who asked finds the button, and the item waits again."""
    browser, path = looking(office, "rex")
    page = browser.send(f"{path}/request_changes", note="Name the day.")

    assert "Take the request back" in page.text
    assert "Given back to the queue" in browser.send(f"{path}/release").text
    assert state_of(office, path) == "waiting"


def test_a_finding_is_dismissed_where_it_stands(office: Office) -> None:
    """Its reason is shown beneath it, the verdict follows, and undo brings it back."""
    item = found_in(office, **DOUBTFUL)
    browser, path = looking(office, "rex", item)
    number = len(item["checked"]["findings"])

    page = browser.send(f"{path}/dismiss", reason="house_style", note="We do.")

    assert "Dismissed. The finding stays visible" in page.text
    assert "rex dismissed it: house style. We do." in page.text
    assert f"{number} finding{'s' * (number > 1)}, 1 dismissed" in page.text
    assert "Taken back" in browser.send(f"{path}/undo").text
    assert office.get("rex", f"/v1{path}").json()["dismissed"] == []


def test_dismissing_without_a_reason_keeps_the_note(office: Office) -> None:
    """The page says which reasons there are."""
    item = found_in(office, **DOUBTFUL)
    browser, path = looking(office, "rex", item)

    page = browser.send(f"{path}/dismiss", reason="", note="We do.")

    assert page.status == 422
    assert "give one of: false_alarm" in page.text
    assert 'value="We do."' in page.html


def test_a_dismissal_that_names_no_finding_dismisses_none(office: Office) -> None:
    """A form without its number is refused, not taken for the first."""
    item = found_in(office, **DOUBTFUL)
    browser, path = looking(office, "rex", item)

    page = browser.send(f"{path}/dismiss", finding="", reason="house_style")

    assert page.status == 409
    assert "name a finding by its place" in page.text


def test_what_blocks_is_not_offered_for_dismissal(office: Office) -> None:
    """Who holds no reviewer role that the rule names reads why instead of a form."""
    browser, path = looking(office, "rex", found_in(office, **FALSE_COPY))

    assert f"{path}/dismiss" not in browser.page.forms
    assert "only the reviewer role marketing may dismiss" in browser.page.text


def test_an_approval_is_undone_within_the_seconds_of_the_setting(office: Office) -> None:
    """The button is there for them, and then it is not."""
    browser, path = looking(office, "bea")
    approved = browser.send(f"{path}/approve")
    undone = browser.send(f"{path}/undo")
    browser.send(f"{path}/approve")
    office.clock.forward(seconds=11)
    late = browser.send(f"{path}/undo")

    assert "you approved it; for 10 seconds" in approved.text
    assert "Taken back. It is as it was before." in undone.text
    assert (late.status, f"{path}/undo" in late.forms) == (409, False)
    assert "too late to undo approve" in late.text


def test_undo_is_offered_to_who_did_it_alone(office: Office) -> None:
    """Another approver's page has no such form."""
    browser, path = looking(office, "bea")
    browser.send(f"{path}/approve")

    assert f"{path}/undo" not in Browser(office, "olu").open(path).forms


def test_comments_are_read_and_said_on_the_page(office: Office) -> None:
    """Reviewer and requester see both; one may be about a part of the copy."""
    browser, path = looking(office, "rex")
    browser.send(f"{path}/comment", text="New?", slot="subject")
    other, _ = looking(office, "ada", {"id": path.rsplit("/", 1)[1]})

    page = other.send(f"{path}/comment", text="New.")

    assert "rex on the subject just now New?" in page.text
    assert "ada just now New." in page.text


def test_an_empty_comment_is_refused(office: Office) -> None:
    """The page says which field it is."""
    browser, path = looking(office, "rex")

    page = browser.send(f"{path}/comment", text="  ")

    assert page.status == 422
    assert "text:" in page.text


def test_an_item_is_handed_to_a_reviewer_role(office: Office) -> None:
    """The form lists the roles that somebody holds, and none where nobody holds any."""
    browser, path = looking(office, "rex")
    before = browser.page.forms[f"{path}/escalate"]
    office.call("root", "PUT", "/v1/users/bea/reviewer-roles", json={"reviews_as": ["legal"]})
    browser.open(path)

    page = browser.send(f"{path}/escalate", note="Lawful?", role="legal")

    assert "role" not in before
    assert "Handed to legal." in page.text
    assert office.get("rex", f"/v1{path}").json()["escalated_to"] == "legal"


def test_an_edit_that_is_good_so_leaves_the_signature_to_another(office: Office) -> None:
    """The second button of the form to edit changes the copy, and its editor cannot sign."""
    browser, path = looking(office, "bea")
    fields = {**browser.page.forms[f"{path}/edit"], "subject": EDITED}

    page = Page(browser.client.post(f"{path}/approve_with_edit", data=fields))

    assert "Another person signs it." in page.text
    assert f"{path}/approve" not in page.forms
    assert office.get("rex", f"/v1{path}").json()["copy_now"]["subject"] == EDITED


FORMS = (
    "claim", "approve", "edit", "approve_with_edit", "reject", "escalate", "release",
    "request_changes", "answer", "dismiss", "undo", "comment",
)  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_a_form_from_elsewhere_changes_nothing(office: Office, form: str) -> None:
    """Without the token of the session's own pages every form is refused."""
    browser, path = looking(office, "bea")
    typed = {"version": "1", "note": "Hm.", "text": "Hm.", "reason": "tone", "csrf": "guessed"}

    page = Page(browser.client.post(f"{path}/{form}", data=typed))

    item = office.get("rex", f"/v1{path}").json()
    assert page.status == 403
    assert "not from a page of this session" in page.text
    assert (item["version"], item["state"]) == (1, "waiting")


@pytest.mark.parametrize(
    ("who", "form", "words"),
    [
        ("ada", "request_changes", "This needs the role"),
        ("ada", "dismiss", "This needs the role"),
        ("ada", "undo", "This needs the role"),
        ("bea", "answer", "This needs the role"),
        ("olu", "answer", "ada asked for this copy, and answers for it"),
        ("rex", "undo", "Only who did it can undo it"),
    ],
)
def test_the_wrong_person_is_told_so(office: Office, who: str, form: str, words: str) -> None:
    """A form that was not offered is refused with the reason, on the item's page."""
    item = office.act("bea", "edit", office.item(), copy=DOUBTFUL).json()
    if form == "answer":
        item = office.act("bea", "request-changes", item, note="Why?").json()
    browser, path = looking(office, who, item)
    typed = {"version": item["version"], "note": "So.", "reason": "house_style", "finding": "1"}

    token = f"token of {who}"
    page = Page(browser.client.post(f"{path}/{form}", data={**typed, "csrf": token}))

    assert page.status == 403
    assert words in page.text
    assert office.get("rex", f"/v1{path}").json()["version"] == item["version"]


def test_every_act_that_a_person_may_do_has_its_form() -> None:
    """What the table of moves knows, the pages know."""
    assert {act.value for act in Act} <= {*FORMS}
