from __future__ import annotations

from typing import Any

import pytest

from copydesk.errors import InvalidDraft
from copydesk.generation import Draft
from copydesk.generation.answers import ANGLES, answer_schema, bounded_schema, read_drafts
from copydesk.prompts import draft_prompt
from tests.factories import a_brand, a_brief
from tests.unit.generation.samples import a_draft, a_request, an_answer

FIRST, SECOND = a_draft(), a_draft(angle="question", subject="Ready for mud?")
BOTH = an_answer(FIRST, SECOND)


@pytest.mark.parametrize(
    "text",
    [
        BOTH,
        f"\n {BOTH}\n",
        f"```json\n{BOTH}\n```",
        f"Here you are:\n```\n{BOTH}\n```\nAnything else?",
        f"<think>Should I? {{}}</think>\n{BOTH}",
        an_answer(FIRST, SECOND, note="beside the variants"),
    ],
)
def test_an_answer_is_read(text: str) -> None:
    """JSON is read as it stands, from the one fenced block, or after a model's thoughts."""
    assert read_drafts(text, a_request()) == (FIRST, SECOND)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("<think>hm</think>", "is empty"),
        ("Sure! Here is your copy.", "is not JSON"),
        (BOTH[:-1], "is not JSON"),
        (BOTH + BOTH, "is not JSON"),
        (f"```\n{BOTH}\n```\nor\n```\n{BOTH}\n```", "is not JSON"),
        ("```json\n{'variants': []}\n```", "fenced block"),
        ("[" * 100_000, "is not JSON"),
        ('{"variants": []}', "variants: "),
        ('{"drafts": [{}]}', "variants: this field is required"),
        ("[1]", "does not fit"),
        ("null", "does not fit"),
        ('{"variants": ["buy"]}', "none of 1 drafts"),
    ],
)
def test_what_is_no_answer_is_refused(text: str, said: str) -> None:
    """Anything but one JSON object of the asked shape is an invalid draft, in words."""
    with pytest.raises(InvalidDraft, match=said):
        read_drafts(text, a_request())


@pytest.mark.parametrize(
    "wrong",
    [
        {"subject": ""},
        {"preheader": "   "},
        {"body": 12},
        {"body": "NUL \u0000 inside"},
        {"subject": "bell \u0007"},
        {"subject": "x" * 201},
        {"facts": "drop"},
        {"emoji": "none"},
    ],
)
def test_an_invalid_draft_is_left_out(wrong: dict[str, Any]) -> None:
    """Of a list where one draft is wrong, the valid ones are kept."""
    text = an_answer({**FIRST.model_dump(), **wrong}, SECOND)

    assert read_drafts(text, a_request()) == (SECOND,)


def test_the_reason_names_the_field() -> None:
    """When no draft is valid the message says what is wrong with the first."""
    with pytest.raises(InvalidDraft, match=r"none of 1 drafts .* body: this field is required"):
        read_drafts(an_answer({"angle": "a", "subject": "b", "preheader": "c"}), a_request())


def test_no_more_than_asked_for() -> None:
    """A model that writes more than was asked for is cut to the number."""
    assert read_drafts(an_answer(FIRST, SECOND, FIRST), a_request(n=1)) == (FIRST,)


def test_facts_that_are_not_there_are_not_cited() -> None:
    """Ids that the brief does not have are taken off, so that provenance names no phantom."""
    draft = a_draft(facts=["drop", "made-up"])

    assert read_drafts(an_answer(draft), a_request())[0].facts == ["drop"]


def test_rewrites_keep_their_order() -> None:
    """From the first invalid rewrite on, rewrites are left out: their order says whose they are."""
    text = an_answer(FIRST, {"angle": "broken"}, SECOND)

    assert read_drafts(text, a_request(n=3, repairs=3)) == (FIRST,)


@pytest.mark.parametrize("drafts", [[FIRST], [FIRST, SECOND, FIRST]])
def test_rewrites_must_all_be_there(drafts: list[Draft]) -> None:
    """Fewer or more rewrites than drafts cannot be told apart, so none is taken."""
    with pytest.raises(InvalidDraft, match="2 rewrites were asked for"):
        read_drafts(an_answer(*drafts), a_request(n=2, repairs=2))


def test_the_schema_is_strict_through_and_through() -> None:
    """Every object of the schema is closed and requires all its fields, as strict output asks."""
    schema = answer_schema()
    draft = schema["properties"]["variants"]["items"]

    for shape in (schema, draft):
        assert shape["additionalProperties"] is False
        assert shape["required"] == list(shape["properties"])
    assert set(draft["properties"]) == set(Draft.model_fields)


def test_the_bounded_schema_knows_the_request() -> None:
    """A decoder is held to the number of variants and to the ids of the brief's facts."""
    variants = bounded_schema(a_request(n=3))["properties"]["variants"]
    facts = variants["items"]["properties"]["facts"]

    assert (variants["minItems"], variants["maxItems"]) == (3, 3)
    assert facts["items"]["enum"] == ["reviews", "drop"]


def test_without_facts_none_can_be_cited() -> None:
    """A brief without facts leaves the list of facts empty."""
    fields = bounded_schema(a_request(facts=[]))["properties"]["variants"]["items"]["properties"]

    assert fields["facts"]["maxItems"] == 0


def test_angles_are_those_of_the_prompt() -> None:
    """The schema's angles and the prompt's list are the same, in the same order."""
    system = draft_prompt(a_brief(), a_brand(), (), 1).system
    listed = [line[2:].split(":")[0] for line in system.partition("# Angles")[2].splitlines()]

    assert [name for name in listed if name in ANGLES] == list(ANGLES)
