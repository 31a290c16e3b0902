"""Rewrites of drafts that were stopped."""

from __future__ import annotations

from copydesk.generation import Draft, Repair
from tests.factories import a_brief
from tests.unit.generation_phrasebook.asking import answer, texts


def repaired(*repairs: Repair) -> tuple[Draft, ...]:
    return answer(a_brief(), n=len(repairs), repairs=repairs).drafts


def test_there_is_one_rewrite_for_each_repair() -> None:
    """In their order, and none of them twice."""
    stopped = answer(a_brief(), n=4).drafts
    written = repaired(*(Repair(draft, ("subject: too loud",)) for draft in stopped))

    assert len({draft.subject for draft in written}) == 4
    assert not set(texts(written)) & set(texts(stopped))


def test_the_words_objected_to_are_not_written_again() -> None:
    """What a problem quotes from the draft does not stand in the rewrite."""
    stopped = answer(a_brief(), n=1).drafts[0]
    opening = stopped.body.split(".")[0]
    problems = (f"body: “{opening}”: says too much", f"subject: `{stopped.subject}`: the same")

    (rewrite,) = repaired(Repair(stopped, problems))
    assert opening.casefold() not in "\n".join(texts([rewrite])).casefold()
    assert rewrite.subject != stopped.subject


def test_a_rewrite_comes_even_if_the_words_cannot_be_avoided() -> None:
    """The link is in every draft: then the nearest to clean is given."""
    stopped = answer(a_brief(), n=1).drafts[0]

    (rewrite,) = repaired(Repair(stopped, ("body: “https://northpeak.example/trail”: unknown",)))
    assert rewrite != stopped
