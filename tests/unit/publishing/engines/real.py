"""Engines that the tools are built on, or the nearest there are, fed as the tools feed them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import jinja2
import liquid
from django.template import Context, Engine, Library
from pydantic_handlebars import HandlebarsEnvironment

from copydesk.publishing import dialect_named
from copydesk.publishing.dialects.naming import tool_name
from tests.unit.publishing.engines.go import GoTemplates

Fields = Mapping[str, str]


def render(dialect: str, template: str, fields: Fields, *, html: bool = False) -> str:
    """Return what the tool makes of the template for a recipient with these fields, by our names.

    With `html`, engines that can escape values for HTML do.
    """
    named = {tool_name(dialect_named(dialect), name): value for name, value in fields.items()}
    if dialect in {"handlebars", "iterable", "sendgrid"}:
        return str(_handlebars(escape=html).render(template, _nested(named)))
    if dialect == "klaviyo":
        context = Context({**named, "person": named}, autoescape=html)
        return str(_django().from_string(template).render(context))
    if dialect == "listmonk":
        return _go().render(template, _subscriber(fields))
    if dialect == "jinja":
        return jinja2.Environment().from_string(template).render(named)
    if dialect == "hubspot":
        return _hubl(named).from_string(template).render()
    template = _plain(template) if dialect == "braze" else template
    return str(_liquid().from_string(template).render(**_data(dialect, named)))


REAL = (
    "braze",
    "customerio",
    "dittofeed",
    "handlebars",
    "hubspot",
    "iterable",
    "jinja",
    "keila",
    "klaviyo",
    "liquid",
    "listmonk",
    "sendgrid",
)
"""Dialects that `render` knows."""


@cache
def _liquid() -> liquid.Environment:
    return liquid.Environment()


def _plain(template: str) -> str:
    """Return Braze's Liquid as plain Liquid: `${name}` is documented to stand for an attribute."""
    template = re.sub(r"custom_attribute\.\$\{(.*?)\}", r'custom_attribute["\1"]', template)
    return re.sub(r"\$\{(.*?)\}", r'profile["\1"]', template)


def _data(dialect: str, named: Fields) -> dict[str, Any]:
    inside = _nested(named)
    roots = {"customerio": "customer", "dittofeed": "user"}
    if dialect == "braze":
        return {"profile": named, "custom_attribute": named}
    if dialect == "keila":
        return {"contact": {**inside, "data": inside}}
    return {roots[dialect]: inside} if dialect in roots else inside


def _nested(named: Fields) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for name, value in named.items():
        *path, last = name.split(".")
        place = data
        for part in path:
            place = place.setdefault(part, {})
        place[last] = value
    return data


def _hubl(named: Fields) -> jinja2.Environment:
    environment = jinja2.Environment(keep_trailing_newline=True)
    properties = {f"contact.{name}": value for name, value in named.items()}
    environment.globals["personalization_token"] = lambda name, default="": (
        properties.get(name) or default
    )
    return environment


@cache
def _handlebars(*, escape: bool) -> HandlebarsEnvironment:
    environment = HandlebarsEnvironment(auto_escape=escape)
    environment.register_helper("defaultIfEmpty", _default_if_empty)
    environment.register_helper("insert", _insert)
    return environment


def _default_if_empty(*args: object, **_: object) -> object:
    value, default = args
    return value or default


def _insert(*args: object, **_: object) -> object:
    value, default = args
    return value or str(default).removeprefix("default=")


@cache
def _django() -> Engine:
    library = Library()
    library.filter("lookup", lambda person, name: person.get(name))
    engine = Engine()
    engine.template_builtins = [*engine.template_builtins, library]
    return engine


_go = cache(GoTemplates)


def close() -> None:
    """End what was started."""
    if _go.cache_info().currsize:
        _go().close()
        _go.cache_clear()


def _subscriber(fields: Fields) -> dict[str, Any]:
    """Return the data of a subscriber; a field that is missing is null to this engine."""
    own = dialect_named("listmonk").fields
    named = {theirs: fields.get(ours) for ours, theirs in own.items()}
    attributes = dict.fromkeys(("loyalty_tier", "city")) | dict(fields)
    return {"Subscriber": {**named, "Attribs": attributes}}
