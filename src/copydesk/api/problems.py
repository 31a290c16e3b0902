"""Errors on the wire: every one is `application/problem+json` (RFC 9457), none shows its stack."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from copydesk import documents
from copydesk.briefs import CONTRADICTION, Noun
from copydesk.errors import Contradiction, CopydeskError, InputError, Problem, Unauthenticated

PROBLEM_JSON = "application/problem+json"
TYPE_PREFIX = "urn:copydesk:problem:"
CHALLENGE = 'Bearer realm="copydesk", Basic realm="copydesk", charset="UTF-8"'
PLACES = frozenset({"body", "query", "path", "header", "cookie"})


class FieldProblem(Noun):
    """One thing wrong with the request."""

    field: str
    """Dotted path, as `offer.value` or `facts[2].id`; empty for the whole request."""
    holds: str
    """What was found there, shortened."""
    remedy: str
    """What would be right."""


class ProblemDetails(Noun):
    """An error, in the shape of RFC 9457."""

    type: str
    """Stable name of the kind of error, as `urn:copydesk:problem:stale-version`."""
    title: str
    """The kind of error in words, the same for every error of this type."""
    status: int
    detail: str
    """What happened this time, and what to do about it."""
    problems: tuple[FieldProblem, ...] | None = None
    """For input errors: every field that is wrong."""


class HttpError(CopydeskError):
    """An error of HTTP itself, as an unknown path or method."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def as_error(error: Exception, request: Request) -> CopydeskError:
    """Return what Copydesk says of any exception that reached the edge."""
    if isinstance(error, CopydeskError):
        return error
    if isinstance(error, RequestValidationError):
        return _invalid(error, request)
    if isinstance(error, HTTPException):
        return _http_error(error, request)
    message = "An error inside Copydesk stopped this request; the server's log has the details."
    return HttpError(HTTPStatus.INTERNAL_SERVER_ERROR, message)


def details_of(error: CopydeskError) -> ProblemDetails:
    """Return the problem document of an error."""
    problems = None
    if isinstance(error, InputError):
        problems = tuple(_field_problem(problem) for problem in error.problems)
    return ProblemDetails(
        type=TYPE_PREFIX + slug_of(error),
        title=_title(error),
        status=error.status,
        detail=error.message,
        problems=problems,
    )


def slug_of(error: CopydeskError) -> str:
    """Return the kind of error as a slug, as `stale-version` or `not-found`."""
    if isinstance(error, HttpError):
        return HTTPStatus(error.status).phrase.lower().replace(" ", "-")
    return error.slug()


def problem_response(error: CopydeskError, headers: Mapping[str, str] | None = None) -> Response:
    """Return the answer to a request that ended in `error`."""
    sent = dict(headers or {})
    if isinstance(error, Unauthenticated):
        sent["WWW-Authenticate"] = CHALLENGE
    body = details_of(error).model_dump_json(exclude_none=True)
    return Response(body, status_code=error.status, headers=sent, media_type=PROBLEM_JSON)


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI entries of these error statuses."""
    schema = {"$ref": "#/components/schemas/ProblemDetails"}
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {PROBLEM_JSON: {"schema": schema}},
        }
        for status in statuses
    }


def _title(error: CopydeskError) -> str:
    if isinstance(error, HttpError):
        return HTTPStatus(error.status).phrase
    return inspect.cleandoc(type(error).__doc__ or "").splitlines()[0]


def _field_problem(problem: Problem) -> FieldProblem:
    return FieldProblem(field=problem.field, holds=problem.holds, remedy=problem.remedy)


def _without_secrets(problem: Problem) -> Problem:
    return replace(problem, holds="") if problem.field == "password" else problem


def _http_error(error: HTTPException, request: Request) -> CopydeskError:
    path, method = request.url.path, request.method
    if error.status_code == HTTPStatus.BAD_REQUEST:
        return InputError("The body cannot be read: send it whole, in UTF-8.")
    said = {
        HTTPStatus.UNAUTHORIZED: "Send an API key as `Authorization: Bearer KEY`.",
        HTTPStatus.NOT_FOUND: f"There is nothing at {path}. /openapi.json lists what there is.",
        HTTPStatus.METHOD_NOT_ALLOWED: f"{path} does not answer to {method}.",
    }
    return HttpError(error.status_code, said.get(HTTPStatus(error.status_code), error.detail))


def _invalid(error: RequestValidationError, request: Request) -> CopydeskError:
    if isinstance(error.body, bytes):
        remedy = "Send the body as JSON, with the header `Content-Type: application/json`."
        return HttpError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, remedy)
    details = [_placed(detail) for detail in error.errors()]
    # A contradiction is 409: the schema that the caller was given cannot say it.
    kinds = {detail["type"] for detail in details}
    error_of = Contradiction if kinds == {CONTRADICTION} else InputError
    problems = documents.problems_in(details, _body_shape(request))
    return error_of([_without_secrets(problem) for problem in problems])


def _placed(detail: Mapping[str, Any]) -> dict[str, Any]:
    """Return pydantic's detail without the place, which is no part of the field's path."""
    location: Sequence[int | str] = detail["loc"]
    if detail["type"] == "json_invalid":
        message = f"send valid JSON: {detail['ctx']['error']} at character {location[1]}"
        return {"type": "json_invalid", "loc": (), "input": "", "msg": message}
    if tuple(location) == ("body",) and detail["type"] == "missing":
        return {**detail, "type": "body_missing", "loc": (), "input": "", "msg": "send a JSON body"}
    return {**detail, "loc": location[1:] if location[0] in PLACES else location}


def _body_shape(request: Request) -> type[BaseModel] | None:
    field = getattr(request.scope.get("route"), "body_field", None)
    annotation = field.field_info.annotation if field is not None else None
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return None
