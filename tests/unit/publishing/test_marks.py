"""What is said by machine of where copy came from."""

from __future__ import annotations

import pytest

from copydesk.publishing.marks import SCHEME, Mark, mail_headers, mark_of, told, wrote
from tests.contract.nouns import an_approved
from tests.factories import a_copy, a_provenance, a_variant

TERMS = {
    ("openai:gpt-5-mini", False): "trainedAlgorithmicMedia",
    ("openai:gpt-5-mini", True): "compositeWithTrainedAlgorithmicMedia",
    ("transformers:tiny", False): "trainedAlgorithmicMedia",
    ("phrasebook", False): "algorithmicMedia",
    ("phrasebook", True): "humanEdits",
}


def marked(written_by: str | None, *, edited: bool = False, generation: str | None = "g") -> Mark:
    return mark_of(an_approved(written_by=written_by, edited=edited, generation_id=generation))


@pytest.mark.parametrize(("model", "edited"), TERMS)
def test_each_origin_has_the_term_of_the_vocabulary(model: str, edited: bool) -> None:
    """A model, the phrase book, and either of them edited, are told apart in the IPTC's terms."""
    mark = marked(model, edited=edited)

    assert mark.source_type == SCHEME + TERMS[model, edited]
    assert mark.generated is (model != "phrasebook")
    assert mark.edited is edited


def test_the_phrase_book_is_not_called_a_model() -> None:
    """Copy in which no model took part says so, to machines and to people."""
    mark = marked("phrasebook")

    assert (mark.origin.value, mark.generated) == ("phrasebook", False)
    assert "no model took part" in told(mark)


def test_a_fallback_is_a_persons() -> None:
    """Copy from no generation was typed in by who signed it."""
    mark = marked(None, generation=None)

    assert (mark.origin.value, mark.generated) == ("person", False)
    assert mark.source_type == SCHEME + "digitalCreation"


def test_what_was_not_recorded_is_marked_as_generated() -> None:
    """Copy approved before its writer was kept claims no less than a model's, and says why."""
    mark = marked(None)

    assert (mark.origin.value, mark.generated) == ("unrecorded", True)
    assert "Not recorded" in told(mark)


def test_an_approval_keeps_the_model_and_whether_a_person_changed_the_words() -> None:
    """The model's name is kept as provenance has it; the same words again are no edit."""
    variant = a_variant().model_copy(update={"provenance": a_provenance(model="phrasebook")})

    assert wrote(variant, a_copy()) == ("phrasebook", False)
    assert wrote(variant, a_copy(subject="Another one")) == ("phrasebook", True)


def test_headers_for_the_mail_are_plain_tokens() -> None:
    """Suggested fields hold printable ASCII on one line, and name the term and the approval."""
    headers = mail_headers(marked("phrasebook"), "var_1", "0" * 64)

    assert headers["X-Copydesk-Source-Type"].startswith(SCHEME)
    assert headers["X-Copydesk-Approval"] == "0" * 64
    assert all(v.isascii() and v.isprintable() for pair in headers.items() for v in pair)
