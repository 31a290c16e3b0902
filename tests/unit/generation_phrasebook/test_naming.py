"""How products are spoken of."""

from __future__ import annotations

import pytest

from copydesk.generation.phrasebook.lexicon import lexicon
from copydesk.generation.phrasebook.naming import Naming, name_product


def named(name: str) -> Naming:
    return name_product(name, lexicon())


@pytest.mark.parametrize(
    ("name", "inside", "number"),
    [
        ("Ridgeline trail shoe", "the Ridgeline trail shoe", "one"),
        ("Superstar Shoes", "the Superstar Shoes", "many"),
        ("Aria 3 headphones", "the Aria 3 headphones", "many"),
        ("Larkspur water filter 14-220", "the Larkspur water filter 14-220", "one"),
        ("Office plant set of six", "the office plant set of six", "one"),
        ("Book swap", "the book swap", "one"),
        ("Ledgerly Plus", "Ledgerly Plus", None),
        ("Bramble ginger tea", "Bramble ginger tea", None),
        ("Good Stead turkey kibble", "the Good Stead turkey kibble", "one"),
        ("The Salt Ledger", "The Salt Ledger", None),
        ("Return flights Dublin to Porto", "return flights Dublin to Porto", None),
    ],
)
def test_an_article_is_set_where_one_is_wanted(name: str, inside: str, number: str | None) -> None:
    """A countable thing has an article; what is not known for certain is left as it is."""
    assert (named(name).inside, named(name).number) == (inside, number)


def test_what_follows_a_comma_goes_into_brackets() -> None:
    """The label is short, and the whole name still reads inside a sentence."""
    naming = named("Kestrel espresso, 1 kg bag")

    assert naming.label == "Kestrel espresso"
    assert naming.full == "the Kestrel espresso (1 kg bag)"


def test_any_of_a_range_is_the_range() -> None:
    """An offer is on any of them; the rest of the copy is about them."""
    naming = named("Any Velour serum")

    assert (naming.inside, naming.full) == ("Velour serum", "any Velour serum")


def test_a_name_written_small_stays_small_at_the_start() -> None:
    """A sentence opens with a capital, a name as it is written."""
    assert named("adidas Terrex").at_start == "adidas Terrex"
    assert named("Garden club membership").at_start == "Garden club membership"
    assert named("adidas Runfalcon shoe").at_start == "The adidas Runfalcon shoe"


@pytest.mark.parametrize("name", [",", "a,", "{{ first_name }}", "\u200b", "- 12", "for two"])
def test_odd_names_do_no_harm(name: str) -> None:
    """Whatever the name is, its forms hold no braces and raise nothing."""
    naming = named(name)

    assert not set("{}") & set(naming.full + naming.label)
