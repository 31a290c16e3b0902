"""What recipients read where merge tags are met with nothing, with much, and with mischief."""

from __future__ import annotations

from copydesk.review_queue import cuts, previews
from copydesk.review_queue.renderings import HOSTILE, Rendering, renderings
from tests.factories import a_copy, an_audience

GREETED = 'Hi {{ first_name | fallback: "there" }}'


def named(name: str, found: tuple[Rendering, ...]) -> Rendering:
    return next(one for one in found if one.name == name)


def test_copy_without_tags_is_read_one_way() -> None:
    """Nothing differs between recipients, and that is said."""
    found = renderings(a_copy(body="Shop."))

    assert [one.name for one in found] == ["Everyone"]
    assert "everyone reads the same" in found[0].told


def test_copy_with_tags_is_read_in_three_ways_at_least() -> None:
    """By fallback, with the longest value, with a hostile one; own values only where there are."""
    copy = a_copy(subject=GREETED)
    known = an_audience(recipient="r1", fields={"first_name": "Ada", "plan": "Gold"})

    assert [one.name for one in renderings(copy, an_audience())] == [
        "No values", "Longest", "Hostile",
    ]  # fmt: skip
    assert named("Own values", renderings(copy, known)).fields == {"first_name": "Ada"}
    assert "this recipient" in named("Own values", renderings(copy, known)).told


def test_a_tag_without_fallback_leaves_a_gap_that_is_told() -> None:
    """Whoever has no value reads nothing there, and the tag is named."""
    copy = a_copy(subject="Hi {{ first_name }}, {{ plan }}")
    known = an_audience(fields={"plan": "Gold"})

    assert named("No values", renderings(copy)).gaps == ("first_name", "plan")
    assert named("Own values", renderings(copy, known)).gaps == ("first_name",)


def test_the_longest_values_are_those_that_cuts_are_told_for() -> None:
    """What the preview shows cut is what the remarks name as cut for the longest values."""
    copy = a_copy(subject='Your new trail shoes, {{ first_name | fallback: "there" }}')
    longest = named("Longest", renderings(copy))
    shown = {one.client for one in previews(copy, longest.fields) if one.subject.is_cut}
    said = {one.client for one in cuts(copy) if one.slot.value == "subject"}

    assert shown
    assert shown <= said


def test_a_tag_that_stands_twice_takes_its_longest_value() -> None:
    """One recipient has one name, wherever it stands."""
    copy = a_copy(subject='{{ tier }} {{ tier | fallback: "a valued member of ours" }}')

    assert named("Longest", renderings(copy)).fields["tier"] == "n" * 23


def test_hostile_values_come_out_as_they_are() -> None:
    """Nothing of a value is taken for a tag: what is shown is what was typed."""
    copy = a_copy(subject=GREETED)

    assert copy.subject.render(named("Hostile", renderings(copy)).fields) == f"Hi {HOSTILE}"
