"""The OpenAPI document: FastAPI's own, with what it cannot know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

from copydesk import __version__
from copydesk.api.problems import ProblemDetails

TAGS = [
    {"name": "copy", "description": "Checking and ranking copy. Stores nothing."},
    {"name": "generations", "description": "Asking for variants."},
    {"name": "reviews", "description": "The queue, and the acts of those who decide."},
    {"name": "outside", "description": "For people from outside, who come by a link."},
    {"name": "campaigns", "description": "What is true of a campaign now."},
    {"name": "experiments", "description": "Which variant recipients get, and what is learned."},
    {"name": "serving", "description": "Approved copy out, outcomes in."},
    {"name": "ranker", "description": "What was learned from your own sends."},
    {"name": "people", "description": "Who may do what."},
    {"name": "operation", "description": "For whoever runs it."},
]

DESCRIPTION = """\
Copydesk writes marketing e-mail copy, checks every line, ranks it, has a person sign what needs
signing, and serves only what was approved.

Send an API key as `Authorization: Bearer KEY`, or as the password of basic authentication. Errors
are `application/problem+json`: `type` is stable, `detail` says what to do, `problems` names every
field that is wrong. What can be changed has an `ETag`; a change sends it back as `If-Match`.
"""

STORABLE = r"^[^\u0000]*$"
"""Any text without the NUL character, which no database keeps."""
PRECISE = frozenset({"pattern", "enum", "const"})


def describe(app: FastAPI) -> dict[str, Any]:
    """Return the document, made once. Takes the place of `app.openapi`."""
    if app.openapi_schema is None:
        document = FastAPI.openapi(app)
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        problem = ProblemDetails.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas |= {**problem.pop("$defs"), "ProblemDetails": problem}
        _say_that_text_is_storable(document)
        _say_that_parameters_are_never_null(document)
        app.openapi_schema = document
    return app.openapi_schema


def methods_at(routers: Iterable[APIRouter], path: str) -> list[str]:
    """Return the methods that the documented path template answers to.

    Not read from the document: to write that takes seconds, in which no pull would be answered.
    """
    routes = [route for router in routers for route in router.routes]
    at = [one for one in routes if isinstance(one, APIRoute) and one.path == path]
    return sorted({method for one in at if one.include_in_schema for method in one.methods or ()})


def about() -> dict[str, Any]:
    """Return what the document says of the whole API."""
    return {
        "title": "Copydesk",
        "version": __version__,
        "description": DESCRIPTION,
        "openapi_tags": TAGS,
        "license_info": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    }


def _say_that_text_is_storable(document: dict[str, Any]) -> None:
    for schema in _schemas(document):
        if _is_any_text(schema):
            schema["pattern"] = STORABLE
        if isinstance(schema.get("additionalProperties"), dict):
            schema["propertyNames"] = {"type": "string", "pattern": STORABLE}


def _is_any_text(schema: dict[str, Any]) -> bool:
    said = PRECISE & schema.keys() or schema.get("format", "password") != "password"
    return schema.get("type") == "string" and not said


def _say_that_parameters_are_never_null(document: dict[str, Any]) -> None:
    """Take null out of optional parameters: in an address or a header it cannot be written."""
    for path in document["paths"].values():
        for operation in path.values():
            for parameter in operation.get("parameters", ()):
                schema = parameter["schema"]
                kinds = [one for one in schema.pop("anyOf", ()) if one.get("type") != "null"]
                for kind in kinds:
                    schema |= kind


def _schemas(node: object) -> Iterator[dict[str, Any]]:
    """Yield every object of the document; those that are schemas are told by their keys."""
    if isinstance(node, dict):
        yield node
        children = [child for name, child in node.items() if name not in {"examples", "example"}]
    else:
        children = node if isinstance(node, list) else []
    for child in children:
        yield from _schemas(child)
