"""The tone score: calibrated on a brand's samples, and silent where it cannot tell."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
import pytest
from training.brand_voice.background import mail

from copydesk.brand_voice.tone import SENTENCES_LEAST, Tone, tone_score
from copydesk.brand_voice.tone.background import background
from copydesk.brand_voice.tone.fitting import told_apart
from copydesk.brand_voice.tone.meaning import Vectors, embedder
from copydesk.brand_voice.tone.symbols import PARTS, sentences
from copydesk.errors import ModelMisconfigured

PLACES = ("path", "ridge", "river", "moor", "gate", "stile", "ford", "valley", "beck", "fell")
WEATHER = ("wet", "cold", "steep", "muddy", "quiet", "long", "windy", "stony")
OWN = (
    "The {place} was {weather} before you got there.",
    "Your boots don't mind the {place}, and they've met worse than {weather}.",
    "It's {weather} up by the {place}, so take the other socks.",
    "We resole boots that have seen a {weather} {place} or two.",
    "Nobody told the {place} that it's meant to be dry; it stays {weather}.",
)


def own(seed: int, count: int) -> list[str]:
    """Return sentences in one dry voice."""
    rng = random.Random(seed)
    written = [
        pattern.format(place=place, weather=weather)
        for pattern in OWN
        for place in PLACES
        for weather in WEATHER
    ]
    return rng.sample(written, count)


TONE = Tone.of(own(1, 100))


def the_tone() -> Tone:
    assert isinstance(TONE, Tone)
    return TONE


def test_the_brands_own_sentences_score_above_those_of_others() -> None:
    """Sentences that were never samples are told from other senders' mail."""
    samples = set(own(1, 100))
    fresh = [text for text in own(2, 100) if text not in samples]

    scores = the_tone().scores(fresh)

    assert told_apart(scores, the_tone().scores(background().others)) > 0.95


def test_a_text_scores_as_its_sentences_do() -> None:
    """The score of a text lies between those of its sentences, and each is shown."""
    text = "The ridge was cold before you got there. Unlock exclusive savings on premium plans now!"

    tone = the_tone().score(text)

    first, second = tone.sentences
    assert tone.score is not None
    assert first.score > tone.score > second.score


def test_the_breakdown_names_every_part_and_the_worst_first() -> None:
    """Sentence length, person, punctuation and all the others say what they add, and why."""
    breakdown = the_tone().score("Unlock exclusive savings on premium plans now!").breakdown

    assert {part.name for part in breakdown} == {part.name for part in PARTS}
    assert [part.log_odds for part in breakdown] == sorted(part.log_odds for part in breakdown)
    assert "the brand's own" in next(p.why for p in breakdown if p.name == "sentence length")


def test_what_is_called_like_the_brand_stands_in_its_samples() -> None:
    """A word that shares a bucket with one of the brand's is not shown as the brand's."""
    words = next(
        p for p in the_tone().score("The ridge zxqj is wet.").breakdown if p.name == "words"
    )

    assert "zxqj" not in words.why.partition("; unlike")[0]


def test_too_few_samples_give_no_score_and_say_how_many_are_needed() -> None:
    """An abstention names what the brand has and what it lacks."""
    tone = tone_score("The ridge was cold.", tuple(own(1, 12)))

    assert tone.score is None
    assert tone.abstained == (
        f"the brand has 12 sentences of samples and {SENTENCES_LEAST} are needed: "
        f"add {SENTENCES_LEAST - 12} of approved copy"
    )


def test_samples_that_sound_like_anyones_give_no_score() -> None:
    """Where held-out samples are not told from other mail, a number would mean nothing."""
    ordinary = sorted(set(mail()) - set(background().others))
    others = random.Random(3).sample(ordinary, 100)

    tone = tone_score("The ridge was cold.", tuple(others))

    assert tone.score is None
    assert "sound like anyone's" in str(tone.abstained)


def test_samples_in_another_language_give_no_score() -> None:
    """The words it measures by are English."""
    german = tuple(
        f"Der Weg am {place} war nass, bevor ihr dort wart, Nummer {number} ebenso."
        for place in PLACES
        for number in range(10)
    )

    assert "not in English" in str(tone_score("Der Weg war nass.", german).abstained)


def test_a_text_without_a_sentence_has_no_score() -> None:
    """A word or two have no tone."""
    assert "three words" in str(the_tone().score("Sale!").abstained)


def test_the_same_samples_give_the_same_score() -> None:
    """Nothing is drawn: two calibrations agree to the digit."""
    again = Tone.of(own(1, 100))

    assert isinstance(again, Tone)
    assert again.score("Plain words for a plain path.") == the_tone().score(
        "Plain words for a plain path."
    )


class Counting:
    """An embedder that sees how many words stand in a sentence of walks, and nothing else."""

    def vectors(self, texts: Sequence[str]) -> Vectors:
        walks = np.array([[any(place in text for place in PLACES)] for text in texts])
        vectors = np.hstack([walks, ~walks]).astype(np.float32)
        return np.asarray(vectors, dtype=np.float32)


def test_an_embedding_model_takes_part_under_its_own_name() -> None:
    """With embeddings there is one part more, and it weighs for the brand."""
    tone = Tone.of(own(1, 100), Counting())

    assert isinstance(tone, Tone)
    meaning = next(p for p in tone.score("The ridge was cold.").breakdown if p.name == "meaning")
    assert meaning.log_odds > 0


@pytest.mark.ml
def test_an_embedding_model_that_is_not_there_is_named() -> None:
    """A directory that holds no model is a setting to mend."""
    with pytest.raises(ModelMisconfigured, match=r"no-such-model"):
        embedder("./no-such-model")


def test_sentences_of_a_word_or_two_are_not_measured() -> None:
    """Labels between sentences have no tone."""
    assert sentences("New in. The path was wet.\nShop now") == ["The path was wet."]
