"""What a tool makes of copy that was written for it is what Copydesk shows of it."""

from __future__ import annotations

import html
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk.errors import Conflict
from copydesk.publishing import DIALECTS, emit
from copydesk.variants import Slot, Text
from tests.unit.publishing.engines import documented, real
from tests.unit.publishing.engines.texts import texts

HI = 'Hi {{ first_name | fallback: "there" }}, you are {{ loyalty_tier | fallback: "a friend" }}!'
TOOLS = [name for name in DIALECTS if name != "neutral"]
VALUES = {
    "present": {"first_name": "Ada", "loyalty_tier": "gold"},
    "missing": {},
    "empty": {"first_name": "", "loyalty_tier": ""},
    "quotes": {"first_name": """A'd"a\\""", "loyalty_tier": "`x`"},
    "braces": {"first_name": "{{ x }} {% y %} {z} ${q}", "loyalty_tier": "}}{{"},
    "percent": {"first_name": "%%=v(@x)=%% *|FNAME|* %FIRSTNAME%", "loyalty_tier": "50%"},
    "html": {"first_name": "<b>Ada</b> & Co", "loyalty_tier": "<script>"},
    "newline": {"first_name": "A\nd\r\na", "loyalty_tier": "x\ty"},
    "unicode": {"first_name": "Zoë 🎉 אדה", "loyalty_tier": "金"},
    "very long": {"first_name": "x" * 50_000, "loyalty_tier": "y"},
}


@pytest.fixture(autouse=True, scope="module")
def _engines() -> Iterator[None]:
    yield
    real.close()


def render(dialect: str, template: str, fields: dict[str, str]) -> str:
    if dialect in documented.RULES:
        return documented.render(dialect, template, fields)
    return real.render(dialect, template, fields)


def test_every_dialect_has_something_that_renders_it() -> None:
    """A dialect that is added needs an engine, or its documented rule, to be held to."""
    assert {*real.REAL, *documented.RULES} == set(TOOLS)


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("dialect", TOOLS)
def test_a_tool_prints_what_copydesk_shows(dialect: str, value: str) -> None:
    """Whatever a recipient's fields hold, the tool prints our own rendering, code point for it."""
    fields = VALUES[value]
    assert render(dialect, emit(Text(HI), dialect), fields) == Text(HI).render(fields)


@pytest.mark.parametrize("dialect", TOOLS)
def test_a_tools_own_code_in_a_field_is_printed(dialect: str) -> None:
    """A person called `{{ ... }}` is greeted so: no tool reads a value again."""
    written = emit(Text(HI), dialect)
    fields = {"first_name": emit(Text(HI[:-1]), dialect), "loyalty_tier": "gold"}
    if dialect == "mautic":  # replaces tokens in the whole text, one after the other
        fields["first_name"] = "{contactfield=firstname|there}"
    assert render(dialect, written, fields) == Text(HI).render(fields)


@pytest.mark.parametrize("value", ["present", "missing", "quotes", "html"])
@pytest.mark.parametrize("dialect", ["handlebars", "iterable", "sendgrid", "klaviyo"])
def test_in_html_a_reader_sees_what_copydesk_shows(dialect: str, value: str) -> None:
    """Engines that escape values for HTML show the same text in the body of an e-mail."""
    shown = real.render(dialect, emit(Text(HI), dialect, Slot.BODY), VALUES[value], html=True)
    assert html.unescape(shown) == Text(HI).render(VALUES[value])


@pytest.mark.parametrize("dialect", ["handlebars", "iterable", "sendgrid"])
def test_a_subject_is_not_escaped_for_html(dialect: str) -> None:
    """In a subject O'Brien keeps the apostrophe, though the engine escapes for HTML."""
    fields = {"first_name": "O'Brien & <Co>"}
    written = emit(Text(HI), dialect, Slot.SUBJECT)
    assert real.render(dialect, written, fields, html=True) == Text(HI).render(fields)


@pytest.mark.parametrize("dialect", TOOLS)
@settings(max_examples=40)
@given(
    text=texts(st.sampled_from(["first_name", "loyalty_tier", "city"])),
    fields=st.dictionaries(
        st.sampled_from(["first_name", "loyalty_tier", "city"]),
        st.sampled_from(["Ada", "", "{{ x }}", "O'Brien", "50%", "a|b"]),
    ),
)
def test_what_a_tool_is_given_it_never_prints_otherwise(
    dialect: str, text: Text, fields: dict[str, str]
) -> None:
    """Copy full of the tools' own code is printed as text, or refused, and never run."""
    try:
        written = emit(text, dialect)
    except Conflict:
        return
    assert render(dialect, written, fields) == text.render(fields)
