"""Drafts for every occasion: as many as asked for, unlike each other, and of the right length."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import combinations
from typing import get_args

import pytest

from copydesk.briefs import Kind, Sector
from copydesk.generation.phrasebook import limits
from copydesk.generation.phrasebook.lexicon import lexicon
from copydesk.ranking.duplicates import near_duplicates
from copydesk.variants import Text
from tests.factories import BRIEF, a_brand, a_brief
from tests.unit.generation_phrasebook.asking import MINIMAL, answer, drafts, text, texts

ELSEWHERE = """
from tests.unit.generation_phrasebook.asking import text
print(text(seed=11))
"""


def test_the_same_request_gives_the_same_drafts() -> None:
    """Nothing but the request decides."""
    assert drafts(seed=11) == drafts(seed=11)


def test_another_seed_gives_other_drafts() -> None:
    """The seed is what varies the drafts of one brief."""
    assert texts(drafts(seed=11)) != texts(drafts(seed=12))


def test_another_process_gives_the_same_drafts() -> None:
    """Hashes are salted differently in each process, and change nothing."""
    environment = {**os.environ, "PYTHONHASHSEED": "42", "PYTHONPATH": "src:."}
    command = [sys.executable, "-c", ELSEWHERE]
    said = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)

    assert said.stdout.rstrip("\n") == text(seed=11)


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("full", [True, False], ids=["full", "minimal"])
@pytest.mark.parametrize("formality", ["casual", "neutral", "formal"])
def test_every_kind_is_written(kind: Kind, formality: str, *, full: bool) -> None:
    """Five drafts within the limits for every kind, whether the brief says much or little."""
    brief = a_brief(**{**({} if full else MINIMAL), "kind": kind})
    written = answer(brief, a_brand(formality=formality, voice=[])).drafts

    assert len(written) == 5
    for draft in written:
        assert 15 <= limits.visible(draft.subject) <= 70
        assert limits.preheader_fits(draft.preheader)
        assert limits.body_excess(draft.body) <= 3


@pytest.mark.parametrize("sector", get_args(Sector))
def test_every_sector_is_written(sector: str) -> None:
    """Every sector has scenes and questions of its own: a brief without facts still works."""
    written = drafts(sector=sector, n=5, **MINIMAL)

    assert len(written) == 5
    assert all(limits.body_excess(draft.body) <= 3 for draft in written)


@pytest.mark.parametrize("kind", list(Kind))
def test_no_two_drafts_are_alike(kind: Kind) -> None:
    """No near-duplicates by the ranking's measure, and no subject twice."""
    written = drafts(kind=kind, n=8)

    assert near_duplicates([draft.copy_ for draft in written]) == []
    assert len({draft.subject for draft in written}) == len(written)


def test_angles_differ_before_they_repeat() -> None:
    """Five drafts of a brief with an offer and a rating take five angles."""
    assert len({draft.angle for draft in drafts(n=5)}) == 5


def test_fewer_drafts_rather_than_repeats() -> None:
    """Asked for more than the grammar can tell apart, it gives what it has."""
    written = drafts(kind="transactional", n=20, **MINIMAL)

    assert 1 <= len(written) < 20
    assert all(one.subject != other.subject for one, other in combinations(written, 2))


def test_every_merge_tag_has_a_fallback() -> None:
    """A recipient without a first name reads a sentence all the same."""
    tags = [
        tag for kind in Kind for written in texts(drafts(kind=kind)) for tag in Text(written).tags
    ]

    assert {tag.name for tag in tags} == {"first_name"}
    assert all(tag.fallback for tag in tags)


def test_the_body_ends_with_the_call_to_action() -> None:
    """The words of the brief, with its link, come last."""
    for draft in drafts():
        assert " ".join(draft.body.split("\n\n")[-1].split()).endswith(BRIEF["links"][0])
        assert "Shop trail shoes" in draft.body.split("\n\n")[-1]


def test_preheaders_add_to_their_subjects() -> None:
    """Less than half of a preheader's words stand in the subject as well."""
    for kind in Kind:
        assert all(
            limits.adds(draft.preheader, draft.subject, lexicon().words["empty"])
            for draft in drafts(kind=kind)
        )


def test_the_language_is_named() -> None:
    """A language that is not offered is written in English, and provenance says so."""
    given = answer(a_brief(locale="it-IT"))

    assert given.parameters["language"] == "en"
    assert given.model == "phrasebook"


def test_long_names_do_not_stop_it() -> None:
    """With a name that fits no subject, subjects do without."""
    name = "Extraordinarily long product name with a great many words in it, " * 3
    for kind in Kind:
        written = drafts(kind=kind, n=3, product={"name": name})
        assert written
        assert all(limits.visible(draft.subject) <= 70 for draft in written)
