from __future__ import annotations

import pytest
import yaml

from tests.contract.nouns import an_outcome
from tests.factories import AUDIENCE, BRAND, BRIEF, COPY
from tests.unit.api.browsing import Browser
from tests.unit.api.office import FALSE_COPY, HOSTILE_COPY, OPERATOR, Office, asked_for, draft

DOCUMENTS = {
    "brief": yaml.safe_dump(BRIEF),
    "audience": yaml.safe_dump({**AUDIENCE, "sensitive": True}),
    "brand": yaml.safe_dump(BRAND),
}


def at_item(office: Office, name: str) -> tuple[Browser, str]:
    """Have ada ask for copy and `name` look at the item; return the browser and the item's path."""
    item = office.item()
    browser = Browser(office, name)
    path = f"/reviews/{item['id']}"
    browser.open(path)
    return browser, path


def test_an_empty_queue_teaches(office: Office) -> None:
    """With nothing to decide the page says where items come from."""
    page = Browser(office, "bea").open("/")

    assert "Nothing waits for a decision" in page.text
    assert "checked line by line" in page.text


def test_the_queue_shows_what_waits_and_why(office: Office) -> None:
    """Each row has subject, campaign, audience, verdict and the reason for the routing."""
    office.generate()

    page = Browser(office, "rex").open("/")

    assert "To decide 2" in page.text
    for shown in (COPY["subject"], "spring", AUDIENCE["id"], "pass", "asks for care"):
        assert shown in page.text


def test_the_queue_can_be_filtered(office: Office) -> None:
    """A state or a campaign narrows the table, and an empty filter says so."""
    office.generate()
    browser = Browser(office, "rex")

    assert "Nothing is rejected" in browser.open("/?state=rejected").text
    assert "No item fits all of campaign: autumn" in browser.open("/?campaign=autumn").text
    assert COPY["subject"] in browser.open("/?state=waiting&campaign=spring").text
    assert browser.open("/?campaign=" + "x" * 200).status == 422


def test_whoever_does_not_review_sees_their_requests_first(office: Office) -> None:
    """A requester's start is the list of what they asked for."""
    office.generate()

    page = Browser(office, "ada").open("/")

    assert page.path == "/generations"
    assert BRIEF["goal"] in page.text


def test_an_item_shows_all_that_is_needed_to_decide(office: Office) -> None:
    """Copy, inbox, facts, score, provenance, history and siblings are on one page."""
    browser, _ = at_item(office, "bea")

    for shown in (
        COPY["preheader"], "Gmail", "Hi there,", "6 mm heel-to-toe drop", "TRAIL20", "Score",
        "draft.v1", "ada asked for it", "From the same request", "Approve and sign",
    ):  # fmt: skip
        assert shown in browser.page.text


def test_a_merge_tag_is_a_chip(office: Office) -> None:
    """A tag is shown by its name with what a recipient without it reads."""
    browser, _ = at_item(office, "bea")

    assert "first_name or “there”" in browser.page.text


def test_approving_on_the_page_signs(office: Office) -> None:
    """The page says that it is served from now on, and the next item is one key away."""
    browser, path = at_item(office, "bea")

    page = browser.send(f"{path}/approve", note="Good.")

    assert "Approved. It is served from now on" in page.text
    assert "Next:" in page.text
    assert "bea approved it" in page.text
    assert f"{path}/approve" not in page.forms


def test_the_requester_is_told_that_another_signs(office: Office) -> None:
    """Whoever asked sees no button to approve, but the reason."""
    office.post("olu", "/v1/generations?wait=30", json=asked_for())
    item = office.get("bea", "/v1/reviews").json()["items"][0]
    browser = Browser(office, "olu")

    page = browser.open(f"/reviews/{item['id']}")

    assert "another person must approve it" in page.text
    assert f"/reviews/{item['id']}/approve" not in page.forms


def test_an_edit_shows_its_findings_in_the_text(office: Office) -> None:
    """A false number is underlined where it stands and explained beside; it cannot be signed."""
    browser, path = at_item(office, "rex")

    page = browser.send(f"{path}/edit", **FALSE_COPY)

    assert "Changed, and checked again" in page.text
    assert '<mark class="block">4.9</mark>' in page.html
    assert "4.9 is not in the brief" in page.text
    assert "This copy cannot be approved" in Browser(office, "bea").open(path).text


def test_a_subject_that_an_inbox_cuts_is_remarked_upon(office: Office) -> None:
    """The page says which mail clients cut a long subject, and what is left of it."""
    browser, path = at_item(office, "rex")
    assert "of the subject" not in browser.page.text

    page = browser.send(f"{path}/edit", subject="Trail shoes " * 5, preheader="New", body="Shop.")

    assert "Outlook and Yahoo, phone: of the subject “Trail shoes Trail shoes" in page.text


def test_a_stale_form_loses_nothing_that_was_typed(office: Office) -> None:
    """When somebody was quicker, the page says so and keeps the words."""
    browser, path = at_item(office, "rex")
    office.post("bea", f"/v1{path}/claim", version=1)
    office.post("bea", f"/v1{path}/release", version=2)

    page = browser.send(f"{path}/edit", subject="My better subject")

    assert page.status == 412
    assert "read it again, then decide" in page.text
    assert page.forms[f"{path}/edit"]["subject"] == "My better subject"


def test_a_rejection_without_its_reason_is_asked_for_it(office: Office) -> None:
    """The page says which reasons there are, and keeps the note."""
    browser, path = at_item(office, "rex")

    page = browser.send(f"{path}/reject", reason="", note="Too loud")

    assert page.status == 422
    assert "off_brand" in page.text
    assert page.forms[f"{path}/reject"]["note"] == "Too loud"


@pytest.mark.parametrize(
    ("act", "typed", "words"),
    [
        ("claim", {}, "Yours until"),
        ("reject", {"reason": "tone"}, "Rejected. It will not be sent."),
        ("escalate", {"note": "Lawful?"}, "Handed to the approvers."),
    ],
)
def test_every_act_has_its_form(
    office: Office, act: str, typed: dict[str, str], words: str
) -> None:
    """A reviewer claims, rejects and escalates on the page."""
    browser, path = at_item(office, "rex")

    assert words in browser.send(f"{path}/{act}", **typed).text


def test_a_claimed_item_can_be_given_back_on_the_page(office: Office) -> None:
    """Whoever holds the item sees the way to give it back."""
    browser, path = at_item(office, "rex")
    browser.send(f"{path}/claim")

    assert "Given back to the queue" in browser.send(f"{path}/release").text


def test_hostile_copy_is_text_and_nothing_else() -> None:
    """Markup is escaped, and characters that hide or turn text are shown as what they are."""
    office = Office.opened(script=lambda _: [draft(HOSTILE_COPY)])
    office.let_in()
    with office.client:
        where = office.generate(n=1)["id"]
        page = Browser(office, "ada").open(f"/generations/{where}")

    assert page.html.count("<script") == page.html.count('<script src="/static/')
    assert "<img" not in page.html
    assert "\u202e" not in page.html.split("<h2", 1)[1].split("Inbox preview")[0]
    assert "U+202E" in page.text
    assert '<script>document.title="owned"</script>' in page.text


def on_the_tab_for_files(office: Office) -> Browser:
    browser = Browser(office, "ada")
    browser.open("/ask")
    browser.send("/ask", do="as_file")
    return browser


def test_asking_with_files_leads_to_the_variants(office: Office) -> None:
    """Documents are accepted, progress is shown until the end, and then the ranked variants."""
    browser = on_the_tab_for_files(office)

    page = browser.send("/ask", **DOCUMENTS, n="2", campaign="spring")

    assert page.path.startswith("/generations/gen_")
    while 'http-equiv="refresh"' in page.html:
        page = browser.open(page.path)
    assert "1. " in page.text
    assert COPY["subject"] in page.text


def test_documents_can_be_uploaded(office: Office) -> None:
    """A file takes the place of the typed text."""
    browser = on_the_tab_for_files(office)
    fields = browser.page.forms["/ask"]
    fields = {name: value for name, value in fields.items() if not name.endswith("_file")}
    files = {f"{name}_file": (f"{name}.yaml", text) for name, text in DOCUMENTS.items()}

    answer = browser.client.post("/ask", data=fields, files=files)

    assert answer.url.path.startswith("/generations/gen_")


def test_what_is_wrong_in_a_document_is_told_by_field_and_line(office: Office) -> None:
    """Each mistake has its document, line and field, and what was typed is still there."""
    browser = on_the_tab_for_files(office)
    broken = DOCUMENTS["brief"].replace("kind: promotion", "kind: promo")

    page = browser.send("/ask", **{**DOCUMENTS, "brief": broken, "brand": "", "n": "2"})

    assert page.status == 422
    assert "2 things to put right" in page.text
    assert "brief, line 12: kind: input should be" in page.text
    assert "choose one that is known, or upload or write one" in page.text
    assert page.forms["/ask"]["brief"] == broken


def test_approved_copy_is_in_the_library_and_with_its_campaign(office: Office) -> None:
    """Both pages show the copy with who signed it; the library can be searched."""
    browser, path = at_item(office, "bea")
    browser.send(f"{path}/approve")

    assert "signed by bea" in browser.open("/library?q=trail").text
    assert "No approved copy fits" in browser.open("/library?q=umbrella").text
    assert "signed by bea" in browser.open("/campaigns/spring").text
    assert "spring" in browser.open("/campaigns").text


def test_a_changed_brief_voids_on_the_page(office: Office) -> None:
    """The requester changes what is true, and what was signed on it is shown as void."""
    browser, path = at_item(office, "bea")
    browser.send(f"{path}/approve")
    other = Browser(office, "ada")
    other.open("/campaigns/spring")

    brief = yaml.safe_dump({**BRIEF, "offer": {**BRIEF["offer"], "value": 15}})
    page = other.send("/campaigns/spring/brief", brief=brief)

    assert "The brief is changed" in page.text
    assert "what it was signed for has changed" in page.text
    assert "0 approved 1 void" in page.text
    assert "1 piece of copy leaned on what changed: taken back at once" in page.text


def test_a_brief_that_changes_nothing_said_keeps_what_was_signed(office: Office) -> None:
    """The page tells that the copy is served on, as it leans on nothing that changed."""
    browser, path = at_item(office, "bea")
    browser.send(f"{path}/approve")
    other = Browser(office, "ada")
    other.open("/campaigns/spring")

    facts = [*BRIEF["facts"], {"id": "sole", "text": "Its sole is made in Porto"}]
    page = other.send("/campaigns/spring/brief", brief=yaml.safe_dump({**BRIEF, "facts": facts}))

    assert "No copy leaned on what changed." in page.text
    assert "1 piece of copy rests on nothing that changed, and is served on." in page.text


def test_a_campaign_names_the_tools_that_send_it(office: Office) -> None:
    """Who asks for copy ticks them on the page, where others read them."""
    office.generate()
    ada = Browser(office, "ada")
    assert "none named" in ada.open("/campaigns/spring").text
    page = ada.send("/campaigns/spring/dialects", **{"dialects.braze": "1"})

    assert (page.status, "The tools that send it are named" in page.text) == (200, True)
    assert office.desk.serving.campaign("spring", OPERATOR).dialects == ("braze",)
    rex = Browser(office, "rex").open("/campaigns/spring")
    assert "/campaigns/spring/dialects" not in rex.forms


def test_a_campaign_counts_what_machines_did_apart(office: Office) -> None:
    """Beside the opens of people stands how many events machines did, which no figure counts."""
    browser, path = at_item(office, "bea")
    browser.send(f"{path}/approve")
    with office.desk.store.transaction() as tx:
        (served,) = tx.library.served("spring")
        told = {"e1": "unknown", "e2": "no", "e3": "no"}
        opens = [an_outcome(name, variant_id=served.id, human=told[name]) for name in told]
        tx.outcomes.add(opens)

    page = browser.open("/campaigns/spring").text

    assert "1 open" in page
    assert "2 by machines" in page


def test_a_broken_brief_is_told_on_the_campaigns_page(office: Office) -> None:
    """The mistake is named with its line, and the text is kept."""
    office.generate()
    browser = Browser(office, "ada")
    browser.open("/campaigns/spring")

    page = browser.send("/campaigns/spring/brief", brief="goal: x\nkind: promo\n")

    assert page.status == 422
    assert "brief, line 2" in page.text
    assert page.forms["/campaigns/spring/brief"]["brief"] == "goal: x\nkind: promo\n"


def test_an_approver_signs_a_fallback_on_the_page(office: Office) -> None:
    """Whoever does not own the campaign and may sign sees the form, and it works."""
    office.generate()
    browser = Browser(office, "bea")
    browser.open("/campaigns/spring")

    page = browser.send(
        "/campaigns/spring/fallback", subject="Trail shoes", preheader="", body="Shop trail shoes."
    )

    assert "The fallback is signed." in page.text


def test_a_page_that_is_not_there_is_a_page(office: Office) -> None:
    """Errors are pages in a browser: what happened, and the way back."""
    page = Browser(office, "bea").open("/reviews/rev_none")

    assert page.status == 404
    assert "There is no review item rev_none." in page.text
    assert "/" in page.links


def test_an_item_shows_what_its_claims_rest_on(office: Office) -> None:
    """Words that lean on the brief are marked, and a list beside them names the places."""
    browser, _ = at_item(office, "bea")

    assert 'class="bound"' in browser.page.html
    assert "20% off rests on offer.value" in browser.page.text
    assert "6 mm rests on facts.drop 6 mm heel-to-toe drop" in browser.page.text


def test_a_claim_that_nothing_bears_is_told() -> None:
    """In a blocked variant the list beside the copy names the claim that nothing supports."""
    office = Office.opened(script=lambda _: [draft(FALSE_COPY)])
    office.let_in()
    with office.client:
        generation = office.generate(n=1)
        page = Browser(office, "ada").open(f"/generations/{generation['id']}")

    assert "4.9 rests on nothing in the brief" in page.text
