"""Copy as it stands in a tool, read back into Copydesk's own form."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk.errors import Conflict, InputError
from copydesk.publishing import DIALECTS, emit, must_write, parse, read
from copydesk.variants import Copy, MergeTag, Text, Words
from tests.unit.publishing.engines.texts import texts

NAMES = st.sampled_from(
    [
        *(
            "first_name",
            "last_name",
            "email",
            "city",
            "tier",
            "a",
            "a1",
            "a_1",
            "a_b_c",
            "a__b",
            "a_",
        ),
        *("order.total_price", "order.items.name", "name", "firstname", "fname", "x.y_z", "size"),
    ]
)
SAY_EVERYTHING = ["braze", "hubspot", "klaviyo", "keila", "listmonk", "liquid", "dittofeed"]


@pytest.mark.parametrize("dialect", DIALECTS)
@settings(max_examples=30)
@given(text=texts(NAMES))
def test_what_was_written_is_read_back(dialect: str, text: Text) -> None:
    """Copy written for a tool and read from it is the same copy, whatever it holds."""
    try:
        written = emit(text, dialect)
    except Conflict:
        return
    assert parse(written, dialect) == Text.of(text.nodes)


@pytest.mark.parametrize("dialect", SAY_EVERYTHING)
@settings(max_examples=30)
@given(text=texts(st.sampled_from(["first_name", "tier"])))
def test_a_tool_with_escapes_and_conditions_can_say_everything(dialect: str, text: Text) -> None:
    """Nothing that copy may hold is refused where the tool has a way to print it."""
    assert emit(text, dialect) is not None


@pytest.mark.parametrize("dialect", DIALECTS)
@settings(max_examples=30)
@given(
    words=st.text("abc ÄÖ🎉.,!?;&<>/-+=$#€1234567890'\"\n", max_size=30),
    fallback=st.text("abcÄÖ🎉.!", max_size=10),
)
def test_plain_copy_is_written_in_every_dialect(dialect: str, words: str, fallback: str) -> None:
    """Copy without any tool's code is refused by none."""
    text = Text.of([Words(words), MergeTag("first_name", fallback), Words(words)])
    assert parse(emit(text, dialect), dialect) == text


@pytest.mark.parametrize(
    ("dialect", "written", "ours"),
    [
        (
            "braze",
            "Hi {{ ${first_name} | default: 'you' }}",
            'Hi {{ first_name | fallback: "you" }}',
        ),
        ("braze", "{{custom_attribute.${Shoe Size}}}", "{{ shoe_size }}"),
        (
            "klaviyo",
            '{{person|lookup:"Hair Color"|default:"x"}}',
            '{{ hair_color | fallback: "x" }}',
        ),
        ("mailchimp", "Hi *|FNAME|*", "Hi {{ first_name }}"),
        ("iterable", "{{firstName}}", "{{ first_name }}"),
        ("sendgrid", '{{{insert firstName "you"}}}', '{{ first_name | fallback: "you" }}'),
        ("sendgrid", "{{#if a}}{{a}}{{else}}b{{/if}}", '{{ a | fallback: "b" }}'),
        ("customerio", "{{ customer.first_name }}", "{{ first_name }}"),
        (
            "customerio",
            "{% if customer.x != blank %}{{customer.x}}{% else %}y{% endif %}",
            '{{ x | fallback: "y" }}',
        ),
        (
            "hubspot",
            "{{ contact.firstname | default('you') }}",
            '{{ first_name | fallback: "you" }}',
        ),
        ("sfmc", "%%firstname%%", "{{ firstname }}"),
        ("sfmc", "%%=v( AttributeValue('City') )=%%", "{{ city }}"),
        ("marketo", "{{lead.First Name}}", "{{ first_name }}"),
        ("mautic", "{contactfield=firstname}", "{{ first_name }}"),
        ("activecampaign", "%FIRSTNAME%, 50% off", "{{ first_name }}, 50% off"),
        ("sailthru", "{profile.vars.a ?: 'b'} { c }", '{{ a | fallback: "b" }} { c }'),
        ("listmonk", "{{.Subscriber.Attribs.city}}", "{{ city }}"),
        ("jinja", "{{ city|default('x') }}", '{{ city | fallback: "x" }}'),
    ],
)
def test_copy_that_people_wrote_in_the_tool_is_read(dialect: str, written: str, ours: str) -> None:
    """Spacing, quotes and the tool's other ways do not matter; a missing fallback stays missing."""
    assert str(parse(written, dialect)) == ours


@pytest.mark.parametrize(
    ("dialect", "written", "where"),
    [
        ("braze", "Hi\n  {% abort_message() %}", "line 2, column 3"),
        ("klaviyo", "{{ event.ProductName }}", "line 1, column 1"),
        ("iterable", "a {{#each items}}", "line 1, column 3"),
        ("mailchimp", "*|MC:SUBJECT|*", "line 1, column 1"),
        ("sfmc", "%%[ SET @x = 1 ]%%", "line 1, column 1"),
        ("mautic", "Bye {unsubscribe_url}", "line 1, column 5"),
        ("listmonk", "{{ UnsubscribeURL }}", "line 1, column 1"),
    ],
)
def test_code_that_is_no_merge_tag_is_told_with_its_place(
    dialect: str, written: str, where: str
) -> None:
    """What Copydesk cannot read it does not pass over: line, column and the code are named."""
    with pytest.raises(InputError, match="no merge tag that Copydesk reads") as caught:
        parse(written, dialect)
    assert caught.value.problems[0].field == where


def test_every_piece_that_is_not_understood_is_told_at_once() -> None:
    """Two problems make two entries, so that copy is mended in one go."""
    with pytest.raises(InputError) as caught:
        parse("{% a %} and {% b %}", "braze")
    assert [one.field for one in caught.value.problems] == ["line 1, column 1", "line 1, column 13"]


def test_what_prints_as_text_and_would_be_a_tag_of_ours_is_told() -> None:
    """Escaped braces that spell a merge tag of ours have no form in neutral copy."""
    with pytest.raises(InputError, match="would be a merge tag in Copydesk"):
        parse("{{ '{' }}{{ '{' }} first_name }}", "braze")


def test_places_lead_back_to_the_tools_text() -> None:
    """What is found in our text is shown where it stands in the tool's."""
    reading = read("a {{ '{' }} Hi {{${first_name} | default: 'you'}}, free!", "braze")
    ours = str(reading.text)

    def shown(piece: str) -> str:
        start = ours.index(piece)
        first, last = reading.place(start, start + len(piece))
        return reading.source[first:last]

    assert shown("free!") == "free!"
    assert shown("{ Hi") == "{{ '{' }} Hi"
    assert shown("you") == "{{${first_name} | default: 'you'}}"
    assert not reading.is_whole(ours.index("you"), ours.index("you") + 3)
    assert reading.is_whole(ours.index("free"), len(ours))


def test_what_dialects_cannot_say_is_told_by_slot_and_dialect() -> None:
    """The error names the slot, the dialect and the remedy, for each that fails."""
    copy = Copy(
        subject=Text('{{ first_name | fallback: "a | b" }}'), body=Text("{unsubscribe_url} is fine")
    )
    must_write(copy, ["braze", "neutral"])
    with pytest.raises(InputError, match="in the dialect mautic: Mautic cannot write") as caught:
        must_write(copy, ["mautic", "braze"])
    assert [one.field for one in caught.value.problems] == ["copy.subject", "copy.body"]


def test_not_more_than_twenty_problems_are_looked_for() -> None:
    """Copy that is code all through is refused without reading all of it."""
    with pytest.raises(InputError) as caught:
        parse("{% x %}" * 1_000, "braze")
    assert len(caught.value.problems) == 20
