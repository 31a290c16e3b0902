"""What the rules take from a guide."""

from __future__ import annotations

import re

import pytest

from copydesk.brand_voice import Brand
from copydesk.brand_voice.guides.brand_file import as_yaml, build, confirmed, without
from copydesk.brand_voice.guides.learning import learn
from copydesk.brand_voice.guides.reading import read_guide
from copydesk.documents import parse
from copydesk.errors import InputError
from tests.unit.brand_voice.guides import GUIDE, imported, taught


def letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)


def test_the_example_guide_becomes_a_brand_that_loads_again() -> None:
    """Written as YAML and read as a brand, nothing is lost."""
    made = build(learn(read_guide(GUIDE))).brand

    assert made.name == "Larkfell"
    assert parse(as_yaml(made), Brand) == made


def test_every_citation_stands_at_the_line_that_it_names() -> None:
    """Each sentence that an entry rests on is found on its line of the file."""
    lines = GUIDE.read_text(encoding="utf-8").splitlines()

    for citation in build(learn(read_guide(GUIDE))).brand.citations:
        line = lines[int(citation.place.removeprefix("line ")) - 1]
        assert letters(citation.says.rpartition(": ")[2]) in letters(line)


@pytest.mark.parametrize(
    ("says", "field", "value"),
    [
        ("Never use exclamation points.", "exclamations", "never"),
        ("Use exclamation marks sparingly.", "exclamations", "sparing"),
        ("Emoji are fun, but use them rarely and deliberately.", "emoji", "sparing"),
        ("Our tone is informal.", "formality", "casual"),
        ("Keep a formal tone.", "formality", "formal"),
        ("Aim for a reading level of grade 7.", "reading_grade_max", 7.0),
        ("Write for an eighth-grade reader.", "reading_grade_max", 8.0),
    ],
)
def test_a_sentence_settles_a_field(says: str, field: str, value: object) -> None:
    """Marks, formality and reading level are taken from the sentence that says them."""
    brand = taught(says)

    assert getattr(brand, field) == value
    assert [citation.says for citation in brand.citations if citation.entry == field] == [says]


@pytest.mark.parametrize(
    ("says", "field", "value"),
    [
        ("We use contractions.", "contractions", "expected"),
        ("Avoid contractions.", "contractions", "never"),
        ("Use the serial comma.", "oxford_comma", True),
        ("Don't use an Oxford comma.", "oxford_comma", False),
        ("Subject lines should be in sentence case.", "capitals", "sentence"),
        ("Write headlines in title case.", "capitals", "title"),
        ("Refer to Northpeak as “we,” not “it.”", "person", "we"),
        ("Address the reader as “you”.", "address_reader", True),
        ("Prefer the active voice.", "active_voice", True),
        ("Don't use ampersands.", "ampersands", "never"),
        ("Go easy on semicolons.", "semicolons", "sparing"),
        ("Never write in all caps.", "all_capitals", "never"),
        ("Keep sentences under 25 words.", "sentence_words_max", 25),
    ],
)
def test_a_sentence_settles_a_mechanic(says: str, field: str, value: object) -> None:
    """Mechanics are taken from the sentence that says them."""
    assert getattr(taught(says).mechanics, field) == value


def test_a_rule_about_alerts_settles_nothing_for_mail() -> None:
    """Never in error messages is not never: it is kept as guidance."""
    brand = taught("Never use exclamation points in failure messages or alerts.")

    assert brand.exclamations == "sparing"
    assert brand.guidance == ("Never use exclamation points in failure messages or alerts.",)


def test_a_heading_tells_what_a_pronoun_means() -> None:
    """They're great, under Contractions, is about contractions."""
    assert taught("## Contractions\n\nThey're great!").mechanics.contractions == "expected"


def test_a_ban_under_a_condition_is_a_word_for_care() -> None:
    """Only what is banned outright is banned: unless and when make a word one for care."""
    brand = taught("Avoid *cheap*. Don't say *ninja* unless you mean one.")

    assert brand.banned_terms == ("cheap",)
    assert brand.careful_terms == {"ninja": "Don't say ninja unless you mean one."}


def test_lists_under_words_to_avoid_are_split_and_their_tails_dropped() -> None:
    """Or other fluffy words names no word."""
    brand = taught(
        "## Words to avoid\n\n- leverage, synergy, or other fluffy words\n- game/changer\n"
    )

    assert brand.banned_terms == ("leverage", "synergy", "game", "changer")


def test_a_word_that_is_banned_and_used_is_for_care() -> None:
    """A guide that bans a word and says how to use it gets neither a block nor nothing."""
    brand = taught("Use *blind* as an adjective.\n\n## Words to avoid\n\n- blind\n")

    assert brand.banned_terms == ()
    assert brand.careful_terms == {"blind": "Use blind as an adjective."}
    assert len([c for c in brand.citations if c.value == "blind"]) == 2


def test_the_plural_of_a_spelling_is_never_banned() -> None:
    """The check takes a plural for its word, so a ban of internets would be one of internet."""
    brand = taught("## Spelling\n\n- internet\n\n## Words to avoid\n\n- internets\n")

    assert brand.spellings == ("internet",)
    assert brand.banned_terms == ()


@pytest.mark.parametrize(
    "says",
    [
        "Use *help* instead of *assist*.",
        "Say “help,” not “assist.”",
        "We prefer *help* to *assist*.",
        "Instead of *assist*, use *help*.",
        "Don't use *assist*; use *help*.",
        "## Terms\n\n- help, not assist\n",
        "| Use | Avoid |\n|---|---|\n| help | assist |\n",
    ],
)
def test_preferred_terms_are_known_however_they_are_said(says: str) -> None:
    """Sentences, items and tables name the word and the one in its place."""
    assert taught(says).preferred_terms == {"assist": "help"}


def test_two_pairs_in_a_sentence_are_not_mixed_up() -> None:
    """Each word gets its own replacement."""
    brand = taught("Use “server” instead of “waitress” and “firefighter” instead of “fireman.”")

    assert brand.preferred_terms == {"waitress": "server", "fireman": "firefighter"}


def test_lines_of_yes_and_no_make_a_pair() -> None:
    """The pair cites both of its lines."""
    brand = taught("## Passive\n\n- Yes: Marti wrote it.\n- No: It was written by Marti.\n")

    [pair] = brand.pairs
    assert (pair.do, pair.dont) == ("Marti wrote it.", "It was written by Marti.")
    assert [citation.place for citation in brand.citations] == ["line 3", "line 4"]


@pytest.mark.parametrize(
    ("says", "voice"),
    [
        ("Our voice is plain, warm and direct.", ("plain", "warm", "direct")),
        (
            "## Our voice\n\nOur voice is:\n\n- Plain\n- Dry, never mean\n",
            ("plain", "dry, never mean"),
        ),
        ("## Voice\n\n1. **We are genuine.** We get small shops.\n", ("genuine",)),
        ("## Voice\n\nOur humour is dry.", ("dry humour",)),
        ("## Voice\n\nWe're smart but not snobbish.", ("smart but not snobbish",)),
        ("We speak in a friendly, straightforward way.", ("friendly", "straightforward")),
    ],
)
def test_traits_of_the_voice_are_known_however_they_are_said(
    says: str, voice: tuple[str, ...]
) -> None:
    """Sentences, lists and words in bold name traits."""
    assert taught(says).voice == voice


def test_what_others_might_sound_like_is_no_trait() -> None:
    """An example of a tone is not the brand's."""
    assert taught("## Tone\n\nAn author might use a somber, serious tone of voice.").voice == ()


def test_sentences_against_each_other_are_shown_and_the_first_is_taken() -> None:
    """Nothing is dropped in silence: the other sentence is a dispute for a person."""
    made = imported("Avoid emoji.\n\nUse emoji sparingly.")

    assert made.brand.emoji == "never"
    assert [dispute.says for dispute in made.disputes] == ["Use emoji sparingly."]


def test_a_guide_that_names_nobody_asks_for_a_name() -> None:
    """The error says which field is missing."""
    with pytest.raises(InputError, match="name"):
        build(learn(read_guide(GUIDE))[1:])


def test_an_entry_that_a_person_drops_goes_with_its_citation() -> None:
    """Dropping one word leaves the others; confirming one marks it and no other."""
    brand = taught("Avoid *cheap* and *epic*.")
    first, second = brand.citations

    kept = confirmed(without(brand, first), second)

    assert kept.banned_terms == ("epic",)
    assert [(one.value, one.confirmed) for one in kept.citations] == [("epic", True)]
