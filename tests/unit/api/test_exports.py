"""`GET /v1/export/{campaign}`, and the marks and annotations that pull returns."""

from __future__ import annotations

import csv
import io

from tests.factories import COPY
from tests.unit.api.office import Office

URI = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"


def signed(office: Office) -> dict[str, str]:
    answer = office.act("bea", "approve", office.item(n=1))
    found: dict[str, str] = answer.json()
    assert answer.status_code == 200, found
    return found


def test_approved_copy_is_exported_as_json_and_csv(office: Office) -> None:
    """Both hold the copy with its signature; each is a file with a name, not to be kept."""
    bound = signed(office)["approval_hash"]
    answer = office.get("mailer", "/v1/export/spring", params={"dialect": "braze"})
    table = office.get("ada", "/v1/export/spring", params={"format": "csv"})

    row = answer.json()["rows"][0]
    assert (row["subject"], row["approval_hash"]) == (COPY["subject"], bound)
    assert answer.headers["content-disposition"] == 'attachment; filename="spring-braze.json"'
    assert answer.headers["cache-control"] == "no-store"
    assert next(csv.DictReader(io.StringIO(table.text)))["approval_hash"] == bound


def test_what_was_exported_can_no_longer_be_undone(office: Office) -> None:
    """An export counts as served: to take the approval back is refused, and the record has it."""
    item = signed(office)
    office.get("mailer", "/v1/export/spring")

    undone = office.act("bea", "undo", item)
    with office.desk.store.transaction() as tx:
        acts = [(event.act, event.actor) for event in tx.audit.about("spring")]
    assert undone.status_code == 409
    assert ("campaign.exported", "mailer") in acts


def test_who_may_not_pull_may_not_export(office: Office) -> None:
    """A reviewer is refused, nobody comes in without a key, and nothing is not found."""
    signed(office)

    assert office.get("rex", "/v1/export/spring").status_code == 403
    assert office.get(None, "/v1/export/spring").status_code == 401
    assert office.get("mailer", "/v1/export/nowhere").status_code == 404
    assert office.get("mailer", "/v1/export/spring?format=xls").status_code == 422
    other = office.get("mailer", "/v1/export/spring?audience=nobody")
    assert (other.status_code, "name one of spring: lapsed-runners" in other.text) == (422, True)


def test_a_pull_says_by_machine_who_wrote_the_copy(office: Office) -> None:
    """The answer and a header name the term, on the long way and from memory alike."""
    signed(office)
    answers = [office.get("mailer", "/v1/pull/spring") for _ in range(3)]

    assert {answer.headers["x-copydesk-source-type"] for answer in answers} == {URI}
    mark = {"origin": "model", "edited": False, "generated": True, "source_type": URI}
    assert all(answer.json()["mark"] == mark for answer in answers)


def test_a_pull_adds_annotations_only_when_asked(office: Office) -> None:
    """Without asking there is no such field; asked, it is the offer of the brief."""
    signed(office)
    asked = office.get("mailer", "/v1/pull/spring?annotations=gmail").json()["annotations"]

    assert "annotations" not in office.get("mailer", "/v1/pull/spring").json()
    assert asked[0]["@type"] == "DiscountOffer"
    assert asked[0]["discountCode"] == "TRAIL20"


def test_copy_that_a_person_edited_says_so(office: Office) -> None:
    """After an edit the mark is the one for a model's text with a person's changes."""
    item = office.item(n=1)
    copy = {**COPY, "subject": "20% off trail shoes until March 8"}
    edited = office.act("rex", "edit", item, copy=copy).json()
    assert office.act("bea", "approve", edited).status_code == 200

    mark = office.get("mailer", "/v1/pull/spring").json()["mark"]
    assert (mark["edited"], mark["source_type"].rpartition("/")[2]) == (
        True, "compositeWithTrainedAlgorithmicMedia",
    )  # fmt: skip
