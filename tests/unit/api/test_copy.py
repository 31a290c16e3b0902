from __future__ import annotations

from tests.factories import BRIEF, COPY
from tests.unit.api.office import FALSE_COPY, OTHER_COPY, Office


def test_lawful_copy_passes(office: Office) -> None:
    """A check answers with the id that was sent, a verdict, findings and the engines."""
    answer = office.post("rex", "/v1/check", json={"id": "a1", "copy": COPY, "brief": BRIEF})

    said = answer.json()
    assert answer.status_code == 200
    assert (said["id"], said["verdict"], said["findings"]) == ("a1", "pass", [])
    assert "rules" in said["engines"]


def test_a_number_that_the_brief_does_not_give_is_found_in_its_place(office: Office) -> None:
    """A finding has rule, severity, place, match, message and reason; spans index the text."""
    said = office.post("rex", "/v1/check", json={"copy": FALSE_COPY, "brief": BRIEF}).json()

    found = next(one for one in said["findings"] if "4.9" in one["match"])
    assert said["verdict"] == "block"
    assert said["id"] is None
    assert found["slot"] == "preheader"
    assert FALSE_COPY["preheader"][found["start"] : found["end"]] == found["match"]
    assert found["category"] == "grounding.number"
    assert found["message"]
    assert found["why"]


def test_candidates_come_back_best_first_with_what_they_add_up_to(office: Office) -> None:
    """Ranking returns every candidate once, with an interval and its parts."""
    candidates = [{"id": "a", "copy": COPY}, {"id": "b", "copy": OTHER_COPY}]
    sent = {"id": "r1", "brief": BRIEF, "candidates": candidates}

    said = office.post("ada", "/v1/rank", json=sent).json()

    scores = [one["score"] for one in said["ranking"]]
    assert said["id"] == "r1"
    assert {one["id"] for one in said["ranking"]} == {"a", "b"}
    assert scores == sorted(scores, reverse=True)
    assert all(one["low"] <= one["score"] <= one["high"] for one in said["ranking"])
    assert said["ranking"][0]["breakdown"]
    assert "abstained" in said


def test_a_candidate_may_hold_a_subject_alone(office: Office) -> None:
    """Subjects can be ranked before there is anything else."""
    candidates = [{"id": one, "copy": {"subject": one}} for one in ("Mud season", "20% off")]

    answer = office.post("ada", "/v1/rank", json={"candidates": candidates})

    assert len(answer.json()["ranking"]) == 2


def test_a_check_says_what_each_claim_rests_on_when_it_is_asked(office: Office) -> None:
    """`?bindings=true` adds the bindings; without it the answer is as it always was."""
    sent = {"copy": FALSE_COPY, "brief": BRIEF}

    plain = office.post("rex", "/v1/check", json=sent).json()
    bound = office.post("rex", "/v1/check?bindings=true", json=sent).json()

    rests_on = {one["match"]: one["rests_on"] for one in bound.pop("bindings")}
    assert bound == plain
    assert rests_on["20% off"] == ["offer.value"]
    assert rests_on["4.9"] == []


def test_copy_of_a_tool_is_checked_in_its_own_dialect(office: Office) -> None:
    """A tag without a fallback is found where it stands in the tool, with what to write there."""
    sent = {"copy": {**COPY, "subject": "Hi {{${first_name}}}", "body": "Mud!"}, "dialect": "braze"}
    said = office.post("rex", "/v1/check", json=sent).json()

    found = next(one for one in said["findings"] if one["rule"] == "format.merge_tag.fallback")
    assert (found["start"], found["match"]) == (3, "{{${first_name}}}")
    assert found["suggestion"] == "{{${first_name} | default: 'there'}}"


def test_code_of_a_tool_that_cannot_be_read_is_an_error_with_its_place(office: Office) -> None:
    """Copy that cannot be read is not called clean."""
    sent = {"copy": {**COPY, "subject": "Hi {% x %}"}, "dialect": "braze"}
    answer = office.post("rex", "/v1/check", json=sent)

    assert answer.status_code == 422
    assert "copy.subject, line 1, column 4" in answer.text
