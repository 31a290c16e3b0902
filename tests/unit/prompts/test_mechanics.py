"""What a style guide taught stands in the prompt."""

from __future__ import annotations

from copydesk.prompts import draft_prompt, judge_prompt
from tests.factories import a_brand, a_brief, a_copy


def test_a_brand_without_a_guide_makes_the_prompt_it_always_made() -> None:
    """Nothing is said of mechanics that nobody settled."""
    user = draft_prompt(a_brief(), a_brand(), (), 1).user

    assert "contractions" not in user
    assert "style guide" not in user


def test_what_a_guide_settles_is_told_to_the_model_and_to_the_judge() -> None:
    """Mechanics, spellings, pairs, words for care and guidance reach both prompts."""
    brand = a_brand(
        mechanics={"contractions": "expected", "oxford_comma": False, "sentence_words_max": 20},
        spellings=["e-bike"],
        careful_terms={"ninja": "unless a literal one"},
        pairs=[{"do": "The path is wet.", "dont": "Moisture may occur."}],
        guidance=["Write to one walker at a time."],
    )
    told = (
        "contractions: use them",
        "comma before the last of a list: no",
        "sentences: 20 words at most",
        "spelled so: <data>e-bike</data>",
        "- <data>ninja</data>: <data>unless a literal one</data>",
        "- <data>The path is wet.</data>, not <data>Moisture may occur.</data>",
        "- <data>Write to one walker at a time.</data>",
    )

    for prompt in (
        draft_prompt(a_brief(), brand, (), 1),
        judge_prompt([a_copy()], a_brief(), brand, sensitive=False),
    ):
        assert all(line in prompt.user for line in told)


def test_citations_never_reach_a_model() -> None:
    """The guide's sentences are for the person who confirms them."""
    cited = {
        "entry": "voice",
        "value": "plain",
        "says": "QUOTED",
        "file": "a.md",
        "place": "line 1",
    }

    assert "QUOTED" not in draft_prompt(a_brief(), a_brand(citations=[cited]), (), 1).user
