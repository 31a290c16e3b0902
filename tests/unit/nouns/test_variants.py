import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from copydesk.variants import Copy, MergeTag, Slot, Text, Variant, Words
from tests.factories import a_copy, a_variant

tag_names = st.from_regex(r"[a-z][a-z0-9_.]{0,20}", fullmatch=True)
tags = st.builds(
    MergeTag, tag_names, st.text(max_size=40).map(lambda text: text.replace("\n", " "))
)


@given(st.text())
def test_any_text_reads_back_code_point_for_code_point(source: str) -> None:
    """Reading never fails and never changes the text."""
    text = Text(source)

    assert source == str(text)
    assert source == "".join(str(node) for node in text.nodes)


@given(st.lists(st.one_of(tags, st.text(alphabet="ab ", min_size=1).map(Words)), max_size=6))
def test_tags_survive_writing_and_reading(nodes: list[Words | MergeTag]) -> None:
    """A tag written into text is the same tag when it is read again."""
    expected = [node for node in nodes if isinstance(node, MergeTag)]

    assert expected == list(Text.of(nodes).tags)


@given(st.text())
def test_every_node_knows_where_it_begins(source: str) -> None:
    """The start of a node indexes the source in code points."""
    text = Text(source)

    for node, start in zip(text.nodes, text.starts, strict=True):
        assert source.startswith(str(node), start) or isinstance(node, MergeTag)


def test_a_recipient_without_the_field_reads_the_fallback() -> None:
    """A missing or blank field falls back; a given one is used."""
    text = Text('Hi {{ first_name | fallback: "there" }}!')

    assert text.render() == "Hi there!"
    assert text.render({"first_name": "  "}) == "Hi there!"
    assert text.render({"first_name": "Ana"}) == "Hi Ana!"


@pytest.mark.parametrize(
    "source",
    ["{{ first_name", "{% if x %}", "*|FNAME|*", "%%=v(@n)=%%", "{{ First Name }}", "}} {{"],
)
def test_what_only_looks_like_a_tag_stays_words(source: str) -> None:
    """Another tool's code and broken braces are kept as words, for the format guard to find."""
    assert Text(source).tags == ()
    assert source == Text(source).render()


def test_copy_goes_over_the_wire_as_text() -> None:
    """Slots are trees in memory and plain strings in JSON."""
    wire = a_copy().model_dump(mode="json")

    assert wire["subject"] == "20% off trail shoes through March 8"
    assert a_copy() == Copy.model_validate(wire)
    assert TypeAdapter(Text).json_schema()["type"] == "string"


def test_a_slot_is_found_by_its_name() -> None:
    """Copy is indexed by slot, and slots come in inbox order."""
    copy = a_copy()

    assert copy[Slot.SUBJECT] == copy.subject
    assert [slot for slot, _ in copy.slots()] == [Slot.SUBJECT, Slot.PREHEADER, Slot.BODY]


def test_a_fingerprint_tells_slots_apart() -> None:
    """Moving words from one slot to the next gives another fingerprint."""
    one = Copy(subject=Text("ab"), preheader=Text("c"))
    other = Copy(subject=Text("a"), preheader=Text("bc"))

    assert one.fingerprint != other.fingerprint


def test_a_variant_keeps_its_id_when_a_step_runs_again() -> None:
    """The id depends on the generation and the copy alone."""
    assert Variant.id_for("gen_1", a_copy()) == Variant.id_for("gen_1", a_copy())
    assert Variant.id_for("gen_1", a_copy()) != Variant.id_for("gen_2", a_copy())


def test_a_variant_is_written_with_the_word_copy() -> None:
    """The wire says `copy`, and reads it back."""
    wire = a_variant().model_dump(mode="json")

    assert "copy" in wire
    assert a_variant() == Variant.model_validate(wire)
