"""Copy as each campaign tool writes it."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from copydesk.errors import Conflict, InputError
from copydesk.publishing import DIALECTS, emit
from copydesk.variants import Slot, Text

HI = 'Hi {{ first_name | fallback: "there" }}!'
TIER = '{{ loyalty_tier | fallback: "friend" }}'
ESCAPING = ["braze", "customerio", "dittofeed", "hubspot", "jinja", "keila", "klaviyo", "liquid"]
REFUSING = ["iterable", "sendgrid", "handlebars", "mautic", "marketo"]


@pytest.mark.parametrize(
    ("dialect", "first_name", "tier"),
    [
        ("neutral", HI, TIER),
        (
            "braze",
            "Hi {{${first_name} | default: 'there'}}!",
            "{{custom_attribute.${loyalty_tier} | default: 'friend'}}",
        ),
        (
            "klaviyo",
            "Hi {{ first_name|default:'there' }}!",
            "{{ person|lookup:'loyalty_tier'|default:'friend' }}",
        ),
        (
            "mailchimp",
            "Hi *|IF:FNAME|**|FNAME|**|ELSE:|*there*|END:IF|*!",
            "*|IF:LOYALTY_TIER|**|LOYALTY_TIER|**|ELSE:|*friend*|END:IF|*",
        ),
        (
            "sfmc",
            'Hi %%=IIF(EMPTY(AttributeValue("FirstName")),"there",AttributeValue("FirstName"))=%%!',
            '%%=IIF(EMPTY(AttributeValue("LoyaltyTier")),"friend",AttributeValue("LoyaltyTier"))=%%',
        ),
        (
            "activecampaign",
            "Hi %IF !empty($FIRSTNAME)%%FIRSTNAME%%ELSE%there%/IF%!",
            "%IF !empty($LOYALTY_TIER)%%LOYALTY_TIER%%ELSE%friend%/IF%",
        ),
        (
            "sailthru",
            "Hi {profile.vars.first_name ? profile.vars.first_name : 'there'}!",
            "{profile.vars.loyalty_tier ? profile.vars.loyalty_tier : 'friend'}",
        ),
        (
            "handlebars",
            "Hi {{#if first_name}}{{first_name}}{{else}}there{{/if}}!",
            "{{#if loyalty_tier}}{{loyalty_tier}}{{else}}friend{{/if}}",
        ),
        (
            "jinja",
            'Hi {{ first_name | default("there", true) }}!',
            '{{ loyalty_tier | default("friend", true) }}',
        ),
        (
            "liquid",
            'Hi {{ first_name | default: "there" }}!',
            '{{ loyalty_tier | default: "friend" }}',
        ),
        (
            "iterable",
            'Hi {{defaultIfEmpty firstName "there"}}!',
            '{{defaultIfEmpty loyaltyTier "friend"}}',
        ),
        (
            "customerio",
            'Hi {{customer.first_name | default: "there"}}!',
            '{{customer.loyalty_tier | default: "friend"}}',
        ),
        (
            "hubspot",
            "Hi {{ personalization_token('contact.firstname', 'there') }}!",
            "{{ personalization_token('contact.loyalty_tier', 'friend') }}",
        ),
        (
            "sendgrid",
            'Hi {{insert firstName "default=there"}}!',
            '{{insert loyaltyTier "default=friend"}}',
        ),
        (
            "mautic",
            "Hi {contactfield=firstname|there}!",
            "{contactfield=loyalty_tier|friend}",
        ),
        (
            "keila",
            'Hi {{ contact.first_name | default: "there" }}!',
            '{{ contact.data.loyalty_tier | default: "friend" }}',
        ),
        (
            "dittofeed",
            'Hi {{ user.firstName | default: "there" }}!',
            '{{ user.loyaltyTier | default: "friend" }}',
        ),
        (
            "listmonk",
            'Hi {{ .Subscriber.FirstName | default "there" }}!',
            '{{ .Subscriber.Attribs.loyalty_tier | default "friend" }}',
        ),
        (
            "marketo",
            "Hi {{lead.First Name:default=there}}!",
            "{{lead.Loyalty Tier:default=friend}}",
        ),
    ],
)
def test_each_tool_gets_its_own_syntax(dialect: str, first_name: str, tier: str) -> None:
    """A standard field and one of the customer's own, with fallbacks, as the tool documents it."""
    assert emit(Text(HI), dialect) == first_name
    assert emit(Text(TIER), dialect) == tier


def test_every_dialect_is_in_the_table_above() -> None:
    """A dialect that is added has to show its syntax here."""
    (mark,) = test_each_tool_gets_its_own_syntax.pytestmark  # type: ignore[attr-defined]

    assert {row[0] for row in mark.args[1]} == set(DIALECTS)


def test_an_unknown_dialect_is_told_from_the_known_ones() -> None:
    """The error repeats the name and lists every dialect there is."""
    with pytest.raises(
        InputError, match=r"give one of: activecampaign, braze, .*sendgrid"
    ) as caught:
        emit(Text(HI), "mailchump")

    assert caught.value.problems[0].holds == "'mailchump'"


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_tag_without_a_fallback_is_refused(dialect: str) -> None:
    """No dialect writes a tag that could print nothing, the neutral one neither."""
    with pytest.raises(Conflict, match="`first_name` has no fallback"):
        emit(Text("Hi {{ first_name }}"), dialect)


@pytest.mark.parametrize("dialect", DIALECTS)
@given(text=st.text(st.characters(exclude_characters="{}%[\\*\r"), max_size=40).map(str.strip))
def test_plain_text_is_left_alone(dialect: str, text: str) -> None:
    """Copy without braces is the same in every dialect, code point for code point."""
    assert emit(Text(text), dialect) == text


@pytest.mark.parametrize("dialect", ESCAPING)
@given(text=st.text("{}%$#' ab", max_size=20).filter(lambda text: not Text(text).tags))
@example(text="$${")
def test_escaped_text_has_no_code_but_the_escape(dialect: str, text: str) -> None:
    """Every brace is written by the escape, so that what is printed is what was written."""
    written = re.sub(r"\{\{ '(\$+)' \}\}", r"\1", emit(Text(text), dialect))
    brace = "{{ '{' }}"

    assert "{" not in written.replace(brace, "")
    assert written.replace(brace, "{") == text


@pytest.mark.parametrize(
    ("dialect", "text"),
    [
        ("iterable", "[[feed.secret]]"),
        ("iterable", "a backslash \\" + HI[3:]),
        ("sendgrid", "a backslash \\" + HI[3:]),
        ("handlebars", "two backslashes \\\\" + HI[3:]),
        ("mailchimp", "*|REWARDS|*"),
        ("mailchimp", HI[3:-1] + "| a bar"),
        ("sfmc", "{{#if vip}}now{{/if}}"),
        ("sfmc", '<script runat="server">Write(1)</script>'),
        ("sfmc", "<ctrl:eval>now</ctrl:eval>"),
        ("activecampaign", "%FIRSTNAME%"),
        ("activecampaign", "50%" + HI[3:]),
        ("sailthru", "{name}"),
        ("sailthru", "a brace {" + HI[3:]),
        ("mautic", "{unsubscribe_url}"),
        ("mautic", "%7Bcontactfield=email%7D"),
        ("marketo", "{{my.Token}}"),
        ("marketo", "a brace {" + HI[3:]),
    ],
)
def test_text_that_a_tool_would_run_is_refused_where_it_cannot_be_escaped(
    dialect: str, text: str
) -> None:
    """Without a safe escape the copy is not written, and the tool and the text are named."""
    with pytest.raises(Conflict, match="in this copy as code"):
        emit(Text(text), dialect)


@pytest.mark.parametrize("dialect", REFUSING)
def test_braces_that_mean_nothing_to_a_tool_are_text(dialect: str) -> None:
    """A lone brace, and another tool's percent tag, are printed as they are."""
    assert emit(Text("{ % } %%=x=%%"), dialect) == "{ % } %%=x=%%"


@pytest.mark.parametrize(
    ("dialect", "text", "written"),
    [
        ("iterable", "{{#if vip}}", '{{defaultIfEmpty "" "{{"}}#if vip}}'),
        ("sendgrid", "{{{X}}}", '{{insert copydeskLiteral "default={{{"}}X}}}'),
        ("handlebars", r"C:\{{x", r"""C:\\{{#with "{{"}}{{this}}{{/with}}x"""),
        ("braze", "${x}", "{{ '$' }}{{ '{' }}x}"),
        ("listmonk", "https://a.b@TrackLink", 'https://a.b{{ "@" }}TrackLink'),
        ("sfmc", "100%%!", '100%%=Concat("%","")=%%%%=Concat("%","")=%%!'),
        ("jinja", "a\n", "a{{ '\\n' }}"),
    ],
)
def test_what_a_tool_would_run_is_printed_by_its_own_means(
    dialect: str, text: str, written: str
) -> None:
    """Where the tool can print the text, it is told to, and only there."""
    assert emit(Text(text), dialect) == written


@pytest.mark.parametrize("dialect", ["handlebars", "iterable", "sendgrid"])
def test_a_subject_is_no_html(dialect: str) -> None:
    """In a subject the value is printed by three braces, so that O'Brien keeps the apostrophe."""
    assert "{{{" in emit(Text(HI), dialect, Slot.SUBJECT)
    assert "{{{" not in emit(Text(HI), dialect, Slot.BODY)


@pytest.mark.parametrize(
    ("dialect", "fallback", "written"),
    [
        ("neutral", r"\"you\" \\ me", r'{{ city | fallback: "\"you\" \\ me" }}'),
        ("customerio", "it's you", """{{customer.city | default: "it's you"}}"""),
        ("liquid", r"\"you\"", """{{ city | default: '"you"' }}"""),
        ("hubspot", "it's you", """{{ personalization_token('contact.city', "it's you") }}"""),
        ("listmonk", r"\"you\" \\", r'{{ .Subscriber.Attribs.city | default "\"you\" \\" }}'),
        ("mautic", "it's you", "{contactfield=city|it's you}"),
        ("marketo", "", "{{lead.City:default=}}"),
        ("liquid", "NAME", '{{ city | default: "NAME" }}'),
    ],
)
def test_a_fallback_is_quoted_so_that_it_ends_where_it_should(
    dialect: str, fallback: str, written: str
) -> None:
    """Quotes and backslashes in a fallback neither end the tag nor get lost."""
    assert emit(Text(f'{{{{ city | fallback: "{fallback}" }}}}'), dialect) == written


@pytest.mark.parametrize(
    ("dialect", "fallback"),
    [
        ("marketo", "a }} b"),
        ("marketo", " you"),
        ("mautic", "a } b"),
        ("mautic", "a | b"),
        ("mautic", "true"),
        ("mautic", "date"),
        ("mautic", "%7d"),
    ],
)
def test_a_fallback_that_a_tool_cannot_say_is_refused(dialect: str, fallback: str) -> None:
    """What would end the tag early, or is a command to the tool, is named and not written."""
    with pytest.raises(Conflict, match="cannot write the fallback"):
        emit(Text(f'{{{{ city | fallback: "{fallback}" }}}}'), dialect)


@pytest.mark.parametrize(
    ("dialect", "fallback", "written"),
    [
        ("braze", "a }} b", "{% else %}a }} b{% endif %}"),
        ("braze", "it's you", "{% else %}it's you{% endif %}"),
        ("liquid", r"it's \"you\"", """{% else %}it's "you"{% endif %}"""),
        ("hubspot", r"a \\ b", r"{% else %}a \ b{% endif %}"),
        ("iterable", "a {{ b", '{{else}}a {{defaultIfEmpty "" "{{"}} b{{/if}}'),
        ("sendgrid", r"\"you\"", '{{else}}"you"{{/if}}'),
        ("sailthru", "a } b", "{else}a } b{/if}"),
        ("sfmc", "5%", 'THEN ]%%5%%=Concat("%","")=%%%%[ ELSE ]%%'),
    ],
)
def test_a_fallback_that_no_tag_can_hold_stands_in_a_condition(
    dialect: str, fallback: str, written: str
) -> None:
    """A tool that knows conditions says any fallback, as literal text."""
    assert written in emit(Text(f'{{{{ city | fallback: "{fallback}" }}}}'), dialect)


@pytest.mark.parametrize(
    ("dialect", "name", "why"),
    [
        ("jinja", "order.total", "can have no field called `order.total`"),
        ("liquid", "empty", "`empty` in a merge tag is no field"),
        ("customerio", "jacket.size", "`size` in a merge tag is no field"),
        ("hubspot", "firstname", "write `first_name` in place of `firstname`"),
        ("marketo", "a__b", "can have no field called `a__b`"),
    ],
)
def test_a_field_that_a_tool_cannot_have_is_refused(dialect: str, name: str, why: str) -> None:
    """A name that means something else to the tool would print that, and is told."""
    with pytest.raises(Conflict, match=why):
        emit(Text(f'{{{{ {name} | fallback: "x" }}}}'), dialect)


@pytest.mark.parametrize(
    ("dialect", "name"),
    [
        ("iterable", "order.totalPrice"),
        ("liquid", "order.total_price"),
    ],
)
def test_a_dotted_name_follows_the_tools_names(dialect: str, name: str) -> None:
    """A path into a record is named as the tool names fields."""
    assert re.search(rf"\b{name}\b", emit(Text('{{ order.total_price | fallback: "" }}'), dialect))
