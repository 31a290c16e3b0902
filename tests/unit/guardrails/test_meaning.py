"""The model of meanings: sentences scored by what they say, not only by their words."""

import subprocess
import sys
from pathlib import Path

import pytest

from copydesk.guardrails.case import Case
from copydesk.guardrails.cases import submission_of
from copydesk.guardrails.conditions import index_of
from copydesk.guardrails.kinds.meaning import MeaningRule
from copydesk.guardrails.meaning import Meaning, narrowed, sentences
from copydesk.guardrails.normalise import read_plain
from copydesk.guardrails.phrases import PhraseError
from copydesk.guardrails.rule import RuleCase

PRIZE = "Congratulations, you are our lucky winner and the trip is yours"


def scores(text: str) -> list[dict[str, float]]:
    rows = [sentence.words for sentence in sentences(read_plain(text))]
    return [dict(row) for row in Meaning.load().scores(rows)]


def test_a_claim_scores_above_a_sentence_with_the_same_words() -> None:
    """A win that is announced scores far above a talk about winners."""
    claim, other = scores(f"{PRIZE}. The lucky winner is announced in spring.")
    assert claim["legal.prize"] > other["legal.prize"] + 0.3


def test_masks_do_not_change_a_score() -> None:
    """Zero-width characters and look-alike letters leave the scores as they are."""
    masked = PRIZE.replace("winner", "w\u200binner").replace("lucky", "lu\u0441ky")
    assert scores(masked) == scores(PRIZE)


def test_a_sentence_scores_the_same_in_any_company() -> None:
    """The sentences around it do not touch a sentence's score."""
    alone = scores(PRIZE)[0]["legal.prize"]
    together = scores(f"Oak, walnut or ash. {PRIZE}. See the range of tables.")[1]["legal.prize"]
    assert together == pytest.approx(alone, abs=1e-4)


def test_text_without_a_word_has_no_sentence() -> None:
    """Figures, marks and nothing at all are not scored."""
    assert [scores(text) for text in ("", "...", "12 + 34!", "🎉")] == [[], [], [], []]


def test_unknown_words_are_scored_too() -> None:
    """Words that no table holds are read as unknown, and every score is a probability."""
    (found,) = scores("Zxqvthwomp brrzzelt quuxify")
    assert all(0 <= score <= 1 for score in found.values())


def test_a_long_sentence_is_read_in_pieces() -> None:
    """A text of thousands of words without a stop is scored piece by piece."""
    pieces = sentences(read_plain("word " * 500))
    assert len(pieces) > 5
    assert pieces[0].last + 1 == pieces[1].first


def test_a_finding_is_narrowed_to_the_part_that_claims() -> None:
    """Of a sentence with a claim in one half, that half is underlined, not the whole."""
    text = "Our oak table has a drawer for crayons and a shelf, and it clears up eczema in a week"
    (sentence,) = sentences(read_plain(text))
    first, last = narrowed(sentence, "legal.disease_claim")
    underlined = sentence.words[first : last + 1]
    assert "eczema" in underlined
    assert len(underlined) < len(sentence.words)


def test_sure_asks_for_more_than_likely() -> None:
    """No category has a lower bar for what is sure than for what is likely."""
    model = Meaning.load()
    for name in model.categories:
        assert 0 < model.threshold(name, "likely") <= model.threshold(name, "sure") <= 1


def test_the_model_says_what_it_is() -> None:
    """The state names the number of categories, the day of training and the corpus."""
    model = Meaning.load()
    assert model is Meaning.load()
    assert model.state.startswith(f"{len(model.categories)} categories, trained 20")
    assert model.card["corpus"][:12] in model.state


def test_the_core_starts_without_numpy() -> None:
    """Only a check loads numpy: the command line and the checks import without it."""
    code = "import copydesk.cli, copydesk.guardrails.kinds, sys; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_model_is_small() -> None:
    """What ships stays under four megabytes."""
    file = Path(sys.modules[Meaning.__module__].__file__ or "").with_name("model.npz")
    assert file.stat().st_size < 4_000_000


def rule_for(category: str, **fields: object) -> MeaningRule:
    shape = {
        "id": "house.meaning",
        "category": category,
        "kind": "meaning",
        "severity": "review",
        "message": "`{match}` makes the claim.",
        "why": "It needs a fact.",
        "must_flag": ["x"],
        "must_pass": ["y"],
    }
    return MeaningRule.model_validate({**shape, **fields})


def found(rule: MeaningRule, body: str, *facts: str) -> list[str]:
    """Return what the rule finds in a body, its lawful grounds looked at."""
    case = RuleCase.model_validate(
        {
            "text": body,
            "brief": {"facts": [{"id": f"f{i}", "text": f} for i, f in enumerate(facts)]},
        }
    )
    checked = Case.of(submission_of(rule, case))
    lawful = [condition.test({}, index_of((), {})) for condition in rule.unless]
    hits = [hit for hit in rule.finder({})(checked) if not any(t(checked, hit) for t in lawful)]
    return [body[hit.start : hit.end] for hit in hits]


def test_a_rule_for_an_unknown_category_is_refused() -> None:
    """The refusal names the categories that the model knows."""
    with pytest.raises(PhraseError, match=r"no `legal\.jousting`; it has .*legal\.prize"):
        rule_for("legal.prize", means="legal.jousting").finder({})


def test_a_rule_flags_the_claim_and_passes_the_same_words() -> None:
    """The match is a part of the source; a sentence about winners has none."""
    rule = rule_for("legal.prize")
    (match,) = found(rule, f"Hello and welcome. {PRIZE}.")
    assert match in PRIZE
    assert found(rule, "Winners of the school prize are announced in spring.") == []


def test_a_fact_of_the_same_meaning_makes_a_claim_lawful() -> None:
    """A guarantee passes beside a fact that gives one, and is found beside another fact."""
    rule = rule_for("legal.guarantee", unless=[{"fact_means": "legal.guarantee"}])
    claim = "Every order is backed by our money-back guarantee."
    assert found(rule, claim, "The top is oak")
    assert not found(rule, claim, "60-day money-back guarantee: full refund in any condition")
