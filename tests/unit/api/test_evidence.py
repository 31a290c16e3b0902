"""The evidence of a variant, through the API and as a page."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

import copydesk.desk
from copydesk.desk.acting import PAST
from copydesk.desk.evidence import EvidencePack
from copydesk.desk.evidence.binding import SIGNING, SIGNING_NOTHING
from copydesk.desk.parts import sha256_of
from copydesk.publishing import approval_hash
from copydesk.review_queue import State
from copydesk.review_queue.items import Dismissal, Signature
from copydesk.review_queue.talk import Comment
from copydesk.variants import Slot
from tests.contract.nouns import an_event
from tests.factories import COPY
from tests.unit.api.browsing import Browser
from tests.unit.api.office import FALSE_COPY, HOSTILE_COPY, Office, draft
from tests.unit.review_queue.items import a_finding

OF_COPY = {"campaign", "copy", "generation", "policy", "review", "rules"}
"""What acts are about that a variant rests on; others are about people, keys and messages."""
LOGGED = {"generation.crashed"}
"""Names of lines of the log."""
EDITED = {**COPY, "preheader": "20% off with code TRAIL20, one per order"}


def signed(office: Office) -> dict[str, Any]:
    """Have rex edit the item and bea sign it; return it as it is then."""
    item = office.item()
    item = office.act("rex", "edit", item, copy=EDITED, note="Shorter").json()
    answer = office.act("bea", "approve", item, note="Fine")
    assert answer.status_code == 200, answer.text
    approved: dict[str, Any] = answer.json()
    return approved


def pack_of(office: Office, path: str, who: str = "rex") -> EvidencePack:
    answer = office.get(who, path)
    assert answer.status_code == 200, answer.text
    return EvidencePack.model_validate_json(answer.text)


def test_a_shipped_line_is_explained(office: Office) -> None:
    """Prompt, model, facts, edits, signature and records, by the id that a pull returns."""
    item = signed(office)
    pack = pack_of(office, f"/v1/variants/{item['variant']['id']}/evidence")

    assert pack.standing == "Approved, and served."
    assert pack.provenance.model == "scripted"
    assert "# Brand" in (pack.prompt.user or "")
    assert pack.written.preheader != pack.copy_.preheader
    assert [edit.by for edit in pack.edits] == ["rex"]
    assert [(one.by, one.role, one.holds) for one in pack.signatures] == [("bea", "approver", True)]
    assert pack.signatures[0].approval_hash == item["approval_hash"]
    assert pack.chain.fault is None
    assert "recipient" not in pack.audience.content


def test_a_review_item_has_the_same_evidence(office: Office) -> None:
    """By the id of the review item the same pack is found."""
    item = signed(office)
    one = pack_of(office, f"/v1/reviews/{item['id']}/evidence")
    other = pack_of(office, f"/v1/variants/{item['variant']['id']}/evidence", "root")

    assert one == other


def test_every_act_on_the_copy_is_among_the_records(office: Office) -> None:
    """From the request to the signature, with policy and rules in force, each with its hash."""
    item = signed(office)
    pack = pack_of(office, f"/v1/reviews/{item['id']}/evidence")

    acts = [entry.event.act for entry in pack.records]
    assert acts == [
        "campaign.opened",
        "generation.accepted",
        "policy.in_force",
        "rules.in_force",
        "review.opened",
        "generation.finished",
        "review.edited",
        "review.approved",
    ]
    assert pack.policy[0].content is not None
    assert pack.rules[0].in_force
    assert pack.brief.record == pack.brand.record == pack.records[0].number


def test_copy_that_a_policy_approved_has_evidence_too(office: Office) -> None:
    """Nobody reviewed it, so the policy's rule is who signed."""
    audience = {"id": "all", "description": "All subscribers"}
    done = office.generate(audience=audience)
    routed = next(one for one in done["variants"] if one["route"] == "approved")
    pack = pack_of(office, f"/v1/variants/{routed['variant']['id']}/evidence")

    assert pack.reviews == ()
    assert [(one.role, one.holds) for one in pack.signatures] == [("policy", True)]


def test_copy_changed_behind_the_record_does_not_fit_its_signature(office: Office) -> None:
    """Who changes the stored item past Copydesk is found out: signature and seals do not fit."""
    item = signed(office)
    with office.desk.store.transaction() as tx:
        kept = tx.reviews.get(item["id"])
        forged = kept.copy_now.model_copy(update={"subject": kept.copy_now.body})
        tx.reviews.save(kept.model_copy(update={"copy_now": forged}), kept.version)
    pack = pack_of(office, f"/v1/reviews/{item['id']}/evidence")

    assert pack.signatures[0].holds is False
    assert [seal.holds for seal in pack.seals] == [True, False, False]
    assert "✗ A signature does not fit" in office.get("rex", _page(item)).text


def test_copy_changed_in_the_library_is_found(office: Office) -> None:
    """What is served lies in the library: it is shown, and held against what was signed."""
    item = signed(office)
    with office.desk.store.transaction() as tx:
        served = tx.library.of_variant(item["variant"]["id"])[0]
        forged = served.copy_.model_copy(update={"subject": served.copy_.body})
        tx.library.add(served.model_copy(update={"copy_": forged}))
    pack = pack_of(office, f"/v1/reviews/{item['id']}/evidence")

    assert pack.copy_.subject == pack.copy_.body
    broken = [seal.what for seal in pack.seals if not seal.holds]
    assert broken == ["The copy in the library"]
    assert pack.standing.startswith("Approved, and not served any more")


def test_pulls_are_counted_in_the_pack(office: Office) -> None:
    """Every pull counts, those answered from memory too."""
    item = signed(office)
    for _ in range(3):
        assert office.get("mailer", "/v1/pull/spring").status_code == 200

    assert pack_of(office, f"/v1/reviews/{item['id']}/evidence").pulls == 3


def test_outcomes_are_counted_in_the_pack(office: Office) -> None:
    """What recipients did with the copy is told by kind."""
    item = signed(office)
    variant = item["variant"]["id"]
    events = [
        {"event_id": f"e{i}", "kind": kind, "campaign": "spring", "variant_id": variant}
        | {"at": "2026-03-06T12:00:00Z"}
        for i, kind in enumerate(["click", "click", "open"])
    ]
    assert office.post("mailer", "/v1/outcomes", json={"outcomes": events}).status_code == 202

    assert pack_of(office, f"/v1/variants/{variant}/evidence").outcomes == {"click": 2, "open": 1}


@pytest.mark.parametrize("who", ["ada", "mailer"])
def test_evidence_is_for_reviewers_and_admins(office: Office, who: str) -> None:
    """A requester or a campaign tool may not read the record."""
    item = signed(office)

    assert office.get(who, f"/v1/reviews/{item['id']}/evidence").status_code == 403


def test_evidence_of_nothing_is_not_found(office: Office) -> None:
    """The answer says which ids there are evidence of."""
    answer = office.get("rex", "/v1/variants/var_nothing/evidence")

    assert answer.status_code == 404
    assert "as var_... from a pull" in answer.json()["detail"]


def _page(item: dict[str, Any]) -> str:
    return f"/v1/reviews/{item['id']}/evidence?format=html"


def test_the_page_needs_nothing_beside_itself(office: Office) -> None:
    """No script, no address of anything to load, and a policy that would stop it."""
    page = office.get("rex", _page(signed(office)))

    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'; style-src 'sha256-" in page.headers["content-security-policy"]
    for loading in ("<script", "src=", "url(", "@import", "<link"):
        assert loading not in page.text.replace("style-src=", "")


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html; charset=utf-8"),
        ("application/json", "application/json"),
        ("*/*", "application/json"),
        ("text/html;q=0.2, application/json;q=0.9", "application/json"),
        ("text/html;q=odd", "application/json"),
    ],
)
def test_accept_chooses_between_page_and_json(office: Office, accept: str, kind: str) -> None:
    """A browser gets the page, a program JSON."""
    item = signed(office)
    path = f"/v1/reviews/{item['id']}/evidence"

    assert office.get("rex", path, headers={"Accept": accept}).headers["content-type"] == kind


def test_hostile_copy_is_escaped_on_the_page(office: Office) -> None:
    """What copy and notes hold is text, never markup, and what hides is shown."""
    item = office.item()
    note = "<script>alert(1)</script>"
    edited = office.act("rex", "edit", item, copy=HOSTILE_COPY, note=note)
    assert edited.status_code == 200, edited.text

    page = office.get("rex", _page(item)).text
    for markup in ("<script", "<img", "<b>bold"):
        assert markup not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "U+202E" in page


def test_the_json_is_canonical_enough_to_hash_again(office: Office) -> None:
    """The hash of each part is the SHA-256 of its canonical JSON, as the page says."""
    item = signed(office)
    raw = json.loads(office.get("rex", f"/v1/reviews/{item['id']}/evidence").text)

    for part in ("brief", "brand", "audience"):
        assert sha256_of(raw[part]["content"]) == raw[part]["sha256"]


def test_the_page_of_an_item_links_its_evidence(office: Office) -> None:
    """From the item in a browser to the whole of it on one page."""
    item = signed(office)
    browser = Browser(office, "rex")

    assert f"/reviews/{item['id']}/evidence" in browser.open(f"/reviews/{item['id']}").links
    page = browser.open(f"/reviews/{item['id']}/evidence")
    assert page.status == 200
    assert "✓ The record holds" in page.text
    assert "✓ 1 signature fits" in page.text


def test_comments_and_dismissals_are_in_the_pack(office: Office) -> None:
    """What was said of the copy, and which findings a person judged not to apply."""
    item = office.item()
    with office.desk.store.transaction() as tx:
        kept = tx.reviews.get(item["id"])
        said = {"id": "com_1", "item_id": kept.id, "by": "rex", "at": kept.created_at}
        tx.comments.add(Comment(**said, text="Is <this> so?", slot=Slot.BODY, version=1))
        judged = {"finding": a_finding(), "by": "bea", "at": kept.created_at, "reason": "in_fact"}
        update = {"dismissed": (Dismissal(**judged),), "version": 2}
        tx.reviews.save(kept.model_copy(update=update), 1)
    review = pack_of(office, f"/v1/reviews/{item['id']}/evidence").reviews[0]
    page = office.get("rex", _page(item)).text

    assert [one.text for one in review.comments] == ["Is <this> so?"]
    assert [one.by for one in review.dismissed] == ["bea"]
    assert "Is &lt;this&gt; so?" in page
    assert "Findings dismissed" in page


def test_one_of_several_signatures_is_told(office: Office) -> None:
    """A signature that the item keeps, where it needs more of them, is held against the copy."""
    item = office.item()
    with office.desk.store.transaction() as tx:
        kept = tx.reviews.get(item["id"])
        facts = (kept.brief, kept.brand, kept.audience)
        bound = approval_hash(kept.copy_now, *facts, office.desk.policy.sha256)
        given = {"by": "bea", "at": kept.created_at, "decision": "approve", "roles": ("legal",)}
        update = {"signatures": (Signature(**given, approval_hash=bound),), "version": 2}
        tx.reviews.save(kept.model_copy(update=update), 1)
    signatures = pack_of(office, f"/v1/reviews/{item['id']}/evidence").signatures

    assert [(one.by, one.role, one.holds) for one in signatures] == [("bea", "legal", True)]


def test_a_signature_that_was_taken_back_is_no_forgery(office: Office) -> None:
    """Copy that is open again may change: the old signature is superseded, not false."""
    item = signed(office)
    with office.desk.store.transaction() as tx:
        kept = tx.reviews.get(item["id"])
        changed = kept.copy_now.model_copy(update={"subject": kept.copy_now.body})
        update = {"copy_now": changed, "state": State.WAITING, "version": kept.version + 1}
        tx.reviews.save(kept.model_copy(update=update), kept.version)
    found = pack_of(office, f"/v1/reviews/{item['id']}/evidence").signatures[0]

    assert found.holds is None
    assert "taken back" in found.says


def test_a_blocked_draft_has_evidence_too() -> None:
    """What blocked it is told, and that it was never served; the page of the request links it."""
    blocked = Office.opened(script=lambda _: [draft(FALSE_COPY)] * 2)
    blocked.let_in()
    with blocked.client:
        done = blocked.generate()
    variant = next(one for one in done["variants"] if one["route"] == "blocked")["variant"]
    path = f"/variants/{variant['id']}/evidence"
    pack = pack_of(blocked, f"/v1{path}")
    browser = Browser(blocked, "rex")

    assert pack.standing.startswith("Blocked when it was written, so it was never served")
    assert "copy.blocked" in [entry.event.act for entry in pack.records]
    assert [seal.holds for seal in pack.seals] == [True]
    assert path in browser.open(f"/generations/{done['id']}").links
    assert "Blocked when it was written" in browser.open(path).text


@pytest.mark.parametrize(("kind", "media"), [("json", "application/json"), ("html", "text/html")])
def test_a_pack_is_kept_as_a_file(office: Office, kind: str, media: str) -> None:
    """Both files are attachments named for the variant; a page that is kept links to nothing."""
    item = signed(office)
    browser = Browser(office, "rex")
    page = browser.open(f"/reviews/{item['id']}/evidence")
    sent = browser.client.get(f"/reviews/{item['id']}/evidence?download={kind}")

    assert f"?download={kind}" in page.links
    assert sent.headers["content-type"].startswith(media)
    name = f'attachment; filename="evidence-{item["variant"]["id"]}.{kind}"'
    assert sent.headers["content-disposition"] == name
    assert "<a href" not in sent.text


@pytest.mark.parametrize("path", ["/library", "/campaigns/spring"])
def test_what_is_served_links_its_evidence(office: Office, path: str) -> None:
    """One click from the library and from the campaign; a requester, who may not, sees no link."""
    link = f"/variants/{signed(office)['variant']['id']}/evidence"

    assert link in Browser(office, "rex").open(path).links
    assert link not in Browser(office, "ada").open(path).links


def test_a_pack_of_a_long_record_walks_part_of_it(office: Office) -> None:
    """It says how much was walked; the whole is walked when that is asked for."""
    item = signed(office)
    with office.desk.store.transaction() as tx:
        for number in range(400):
            tx.audit.append(an_event(f"rev_other{number}"))
    path = f"/v1/reviews/{item['id']}/evidence"
    part, whole = pack_of(office, path).chain, pack_of(office, f"{path}?whole=true").chain
    page = Browser(office, "rex").open(f"/reviews/{item['id']}/evidence")

    assert part.walked < part.events == whole.events == whole.walked
    assert part.sha256 == whole.sha256
    assert f"{part.walked} of {part.events} events walked" in page.text


def test_every_act_of_the_services_is_known_to_sign_or_not() -> None:
    """A new act has to be put on one of two lists, so that no signature is left out of a pack."""
    desk = Path(copydesk.desk.__file__).parent
    named = {
        act
        for file in desk.glob("*.py")
        for act in re.findall(r'"([a-z]+\.[a-z_]+)"', file.read_text(encoding="utf-8"))
        if act.partition(".")[0] in OF_COPY and act not in LOGGED
    }

    assert named == {*SIGNING, *SIGNING_NOTHING}
    assert {*PAST.values()} <= named
