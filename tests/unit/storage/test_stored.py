"""How nouns are kept as documents."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.errors import CopydeskError, InputError
from copydesk.publishing import ApprovedCopy
from copydesk.storage.stored import kept, read, searchable, written
from tests.factories import NOW, a_copy

TEXTS = st.text(st.characters(blacklist_characters="\x00", blacklist_categories=["Cs"]))


def an_approved(subject: str) -> ApprovedCopy:
    return ApprovedCopy(
        id="var_1",
        campaign="spring",
        audience_id="runners",
        copy_=a_copy(subject=subject),
        approval_hash="0" * 64,
        approved_by="rob",
        approved_at=NOW,
    )


@given(TEXTS)
def test_a_noun_reads_back_as_it_was_written(subject: str) -> None:
    """Any text survives, read from JSON text or from what a database made of it."""
    approved = an_approved(subject)
    document = written(approved)

    assert kept(approved) == approved
    assert read(ApprovedCopy, json.loads(document)) == approved


@given(TEXTS, TEXTS)
def test_a_character_that_postgresql_cannot_hold_is_found(before: str, after: str) -> None:
    """U+0000 is refused wherever it stands, whatever backslashes stand around it."""
    with pytest.raises(InputError, match=r"U\+0000"):
        written(an_approved(f"{before}\x00{after}"))


def test_a_document_of_another_shape_is_named() -> None:
    """The error says which noun, and every field that is wrong."""
    with pytest.raises(CopydeskError, match="ApprovedCopy in the store") as raised:
        read(ApprovedCopy, '{"id": "var_1", "colour": "red"}')

    assert "campaign" in raised.value.message
    assert "colour" in raised.value.message


def test_a_search_looks_at_all_three_texts_in_one_case() -> None:
    """Subject, preheader and body are searched, casefolded."""
    copy = an_approved("STRASSE").model_copy(
        update={"copy_": a_copy(subject="Straße", preheader="ZWEI", body="Drei")}
    )

    assert searchable(copy) == "strasse\nzwei\ndrei"
